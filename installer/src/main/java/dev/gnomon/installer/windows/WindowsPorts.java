/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import dev.gnomon.cli.LocalCommands;
import dev.gnomon.installer.port.Engine;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsStorage;
import java.nio.file.Path;

/** This Windows. */
public final class WindowsPorts {
    private WindowsPorts() {}

    /**
     * Returns its ports.
     *
     * @param local reaches the engine
     * @param serviceState state directory of the engine
     */
    public static Ports of(LocalCommands local, Path serviceState) {
        return of(new ControlEngine(local, serviceState));
    }

    /** Returns its ports, with another engine. */
    public static Ports of(Engine engine) {
        WindowsRegistry registry = new WindowsRegistry();
        return new Ports(
                new OsStorage(),
                new OsClock(),
                new DiskFolders(),
                registry,
                new WindowsServices(),
                new WindowsPrograms(),
                JacobCatalog::open,
                new JnaVssAdmin(),
                new WindowsMachine(registry),
                engine);
    }
}
