/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;

/**
 * Lets one administrative operation run at a time; others queue. Unlike a {@link Mutex} it may be held across I/O, for
 * no request of a client needs it, and may be released by another task than took it.
 */
final class Turn {
    private final Mutex mutex;
    private final Mutex.Condition free;
    private boolean taken;

    Turn(Scheduler scheduler) {
        mutex = scheduler.newMutex();
        free = mutex.newCondition();
    }

    void take() {
        mutex.lock();
        try {
            while (taken) {
                free.await();
            }
            taken = true;
        } finally {
            mutex.unlock();
        }
    }

    /** Takes it if it is free by then, in nanoseconds of the clock; returns whether it has. */
    boolean takeBefore(Clock clock, long deadlineNanos) {
        mutex.lock();
        try {
            long left = deadlineNanos - clock.nanoTime();
            while (taken && left > 0) {
                free.await(left);
                left = deadlineNanos - clock.nanoTime();
            }
            boolean may = !taken;
            taken = true;
            return may;
        } finally {
            mutex.unlock();
        }
    }

    void release() {
        mutex.lock();
        try {
            taken = false;
            free.signalAll();
        } finally {
            mutex.unlock();
        }
    }
}
