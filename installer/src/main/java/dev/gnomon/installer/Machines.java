/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.cli.Session;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.step.Layout;
import dev.gnomon.installer.windows.WindowsPorts;
import java.util.Locale;

/** The machine that setup runs on. */
final class Machines {
    private Machines() {}

    static Ports ports(Session session, Layout layout) throws SetupException {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
            throw new SetupException(
                    SetupException.Reason.WRONG_STATE,
                    "setup is for Windows; on Linux the Debian package installs Gnomon: apt install ./gnomon_VERSION_amd64.deb",
                    "");
        }
        NativeLibraries.pin(layout.source());
        return WindowsPorts.of(session.local(), layout.serviceState());
    }
}
