/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/** Contexts and attributes of VSS (provider contract 3.1 and 3.2). */
final class Contexts {
    /** VSS_CTX_ALL: for looking, not for making. */
    static final int ALL = 0xFFFFFFFF;

    static final int PERSISTENT = 0x1;
    static final int NO_AUTORECOVERY = 0x2;
    static final int NO_AUTO_RELEASE = 0x8;
    static final int NOT_SURFACED = 0x40;
    static final int DIFFERENTIAL = 0x20000;
    static final int EXPOSED_LOCALLY = 0x100000;
    static final int EXPOSED_REMOTELY = 0x200000;

    /** What SetSnapshotProperty may change of the attributes (4.7). */
    static final int CHANGEABLE = NOT_SURFACED | EXPOSED_LOCALLY | EXPOSED_REMOTELY;

    /** The bits that BeginPrepareSnapshot takes (3.1). */
    private static final int ACCEPTED = 0x03C2009B;

    /** The bits that make a context, as against modifiers (3.2). */
    private static final int CONTEXT_BITS = 0x1D;

    private Contexts() {}

    /** Returns whether copies can be made in that context: known bits, and persistent if and only if not released by itself. */
    static boolean isSupported(int context) {
        return (context & ~ACCEPTED) == 0 && ((context & PERSISTENT) != 0) == ((context & NO_AUTO_RELEASE) != 0);
    }

    /** Returns whether copies of that context outlive a start of the operating system. */
    static boolean isPersistent(int context) {
        return (context & PERSISTENT) != 0;
    }

    /** Returns whether copies of that context get no window in which they are written to. */
    static boolean isReadOnlyAtOnce(int context) {
        return (context & NO_AUTORECOVERY) != 0;
    }

    /** Returns whether who looks in one context sees a copy made in another. */
    static boolean sees(int looker, int made) {
        return looker == ALL || (looker & CONTEXT_BITS) == (made & CONTEXT_BITS);
    }

    /** Returns the attributes that a copy has from the start (4.1). */
    static int attributes(int context) {
        return context | DIFFERENTIAL | NOT_SURFACED;
    }
}
