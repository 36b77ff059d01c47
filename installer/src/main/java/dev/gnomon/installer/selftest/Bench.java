/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.installer.Installed;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What checks work with.
 *
 * @param installed what is to be tested
 * @param realWindows whether this is Windows, and not Wine
 * @param commands other programs
 * @param engine the engine that is installed
 * @param vss registrations with VSS that setup itself never makes
 * @param evidence where what was seen is kept for the report
 */
record Bench(
        Installed installed,
        boolean realWindows,
        Options options,
        Commands commands,
        Engine engine,
        Registrar vss,
        Evidence evidence) {

    /**
     * What was asked for.
     *
     * @param allowChanges whether the machine may be changed for a while
     * @param harness the conformance harness
     * @param volumes of Gnomon, by their Windows names
     * @param foreign a volume that is not Gnomon's
     * @param failingMsi a package that is known to fail
     */
    record Options(
            boolean allowChanges,
            Optional<Path> harness,
            List<String> volumes,
            String foreign,
            Optional<Path> failingMsi) {
        /** Copies the list. */
        Options {
            volumes = List.copyOf(volumes);
        }
    }

    /** The engine. */
    interface Engine {
        /** Returns whether it answers. */
        boolean answers();

        /** Returns who uses volumes on this machine, in a few words each. */
        List<String> users() throws SetupException;

        /** Returns the calls of VSS that it remembers, a line each; empty if it does not answer. */
        List<String> trace() throws SetupException;

        /** Returns whether copies are made visible as devices, as its configuration says. */
        boolean makesCopiesVisible() throws SetupException;

        /** Takes the provider out of VSS, COM+, the class keys and the event sources, as an uninstall does. */
        Report unregister() throws SetupException;

        /** Repairs the installation. */
        Report repair() throws SetupException;
    }

    /** Registers with VSS what is registered already. */
    @FunctionalInterface
    interface Registrar {
        /** Calls RegisterProvider with our identities; returns the HRESULT. */
        int registerAgain() throws SetupException;
    }

    /** Waits until something is so, looking every half second; returns whether it was in time. */
    boolean await(int seconds, Condition condition) throws SetupException {
        long limitMs = installed.ports().machine().uptimeMs() + seconds * 1_000L;
        while (!condition.holds()) {
            if (installed.ports().machine().uptimeMs() > limitMs) {
                return false;
            }
            installed.ports().machine().pause(500);
        }
        return true;
    }

    /** Something that becomes so. */
    @FunctionalInterface
    interface Condition {
        /** Returns whether it is. */
        boolean holds() throws SetupException;
    }
}
