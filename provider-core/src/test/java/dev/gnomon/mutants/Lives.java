/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the simulated machines that were started, in one loader's world. */
public final class Lives {
    private static final AtomicLong COUNT = new AtomicLong();

    private Lives() {}

    /** Counts one. */
    public static void count() {
        COUNT.incrementAndGet();
    }

    static long get() {
        return COUNT.get();
    }
}
