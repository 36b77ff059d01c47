/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.installer.plan.SetupException;

/**
 * One thing that is found out.
 *
 * @param name short, for programs
 * @param shows what it shows, with the numbers of assertions and open points that it answers
 * @param needs what it cannot do without
 */
record SelfCheck(String name, String shows, Needs needs, Deed deed) {
    /** What a check cannot do without. */
    enum Needs {
        /** Nothing: it also runs under Wine. */
        NOTHING,
        /** A real Windows. */
        WINDOWS,
        /** A real Windows, and the permission to change it for a while. */
        CHANGES
    }

    /** What a check does. */
    @FunctionalInterface
    interface Deed {
        /** Does it; whatever it changes, it puts back. */
        Outcome on(Bench bench) throws SetupException;
    }

    /** Makes the check, if the machine is one for it. */
    Outcome run(Bench bench) {
        if (needs != Needs.NOTHING && !bench.realWindows()) {
            return new Outcome.NotHere("this is Wine, not Windows");
        }
        if (needs == Needs.CHANGES && !bench.options().allowChanges()) {
            return new Outcome.NotHere("it changes the machine for a while; allow that with --allow-changes");
        }
        try {
            return deed.on(bench);
        } catch (SetupException e) {
            return new Outcome.Fail("an answer", e.text());
        } catch (RuntimeException | LinkageError e) {
            return new Outcome.Fail("an answer", e.toString());
        }
    }
}
