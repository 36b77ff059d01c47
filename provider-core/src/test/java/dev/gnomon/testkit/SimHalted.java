/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/** Thrown by every port call of a simulated process that died, to unwind its tasks. Never catch it. */
public final class SimHalted extends Error {
    private static final long serialVersionUID = 1L;

    SimHalted() {
        super("the simulated process is dead", null, false, false);
    }
}
