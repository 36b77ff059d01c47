/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

/** The size and the seed of a run, as {@code ./gnomon verify} passes them. */
final class Size {
    private static final long DEFAULT_SEED = 1;

    private Size() {}

    /** Returns the seed of the run; another on each run would make a red build that nobody can read. */
    static long seed() {
        String given = System.getProperty("gnomon.seed", "");
        return given.isBlank() ? DEFAULT_SEED : Long.parseLong(given.strip());
    }

    /** Returns one of two numbers. */
    static int of(int ci, int full) {
        return "long".equals(System.getProperty("gnomon.size", "ci")) ? full : ci;
    }
}
