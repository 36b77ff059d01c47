/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.io.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Counts wrong proofs: after {@link #FREE} within a minute, each further challenge waits. Thread-safe. */
final class FailureGate {
    static final int FREE = 5;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final Deque<Long> failures = new ArrayDeque<>();

    FailureGate(Clock clock) {
        this.clock = clock;
    }

    void failed() {
        lock.lock();
        try {
            if (failures.size() == FREE) {
                failures.removeFirst();
            }
            failures.addLast(clock.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Returns how long the next challenge has to wait, often 0. */
    long delayNanos() {
        lock.lock();
        try {
            return failures.size() == FREE && clock.nanoTime() - failures.getFirst() < WINDOW_NANOS ? DELAY_NANOS : 0;
        } finally {
            lock.unlock();
        }
    }
}
