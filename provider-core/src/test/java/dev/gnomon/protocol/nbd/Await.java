/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Polls a condition until it holds or a generous deadline has passed. */
final class Await {
    private static final long DEADLINE_NANOS = 20_000_000_000L;
    private static final long STEP_NANOS = 1_000_000;

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError("waited 20 s in vain until " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
