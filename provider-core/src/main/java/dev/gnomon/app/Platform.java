/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.ipc.LinkServer;
import dev.gnomon.vss.DiskVolumes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What the service and the command line do differently from system to system. Thread-safe. */
interface Platform {
    /** Returns that of this machine. */
    static Platform current() {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        return windows ? new WindowsPlatform() : new UnixPlatform();
    }

    /** What is done before native code is used for the first time. */
    void prepare(Path stateDirectory) throws IOException;

    /** Makes sure that nobody else can enter a state directory: an empty one is closed, one with files in it is judged. */
    void requirePrivate(Path stateDirectory) throws IOException, ControlException;

    /**
     * Says who may enter a state directory.
     *
     * @return words for people, and what the owner has to do about it, empty if nothing
     */
    Privacy privacy(Path stateDirectory) throws IOException;

    /** Who may enter, and what to do about it. */
    record Privacy(String found, String advice) {}

    /** Listens for control clients of a state directory. */
    LinkServer listenForControl(Path stateDirectory) throws IOException;

    /** Connects to the service of a state directory. */
    ControlClient connect(Path stateDirectory) throws ControlException;

    /** Returns where NBD is served if nothing else is said. */
    String usualNbd(Path stateDirectory);

    /**
     * Listens for the COM shim on a named pipe.
     *
     * @throws ControlException if the system has none
     */
    LinkServer listenForShim(String pipeName) throws IOException, ControlException;

    /** Returns the root of the volume that the system runs from, such as {@code C:\}; empty where there is no VSS. */
    String systemRoot();

    /** Returns what can be asked for the volumes and disks of VSS; none where there is no VSS. */
    Optional<DiskVolumes> diskVolumes();

    /** Returns the state directory that an installation noted; empty if none did. */
    default String installedState() {
        return "";
    }

    /** Returns a text that stays until the system is booted again; empty if the storage finds out by itself. */
    String bootId();
}
