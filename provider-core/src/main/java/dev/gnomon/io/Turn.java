/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

/**
 * Lets one task at a time do what takes I/O, such as an administrative operation or an append; others queue. Unlike a
 * {@link Mutex} it may be held across I/O, and may be released by another task than took it. Thread-safe.
 */
public final class Turn {
    private final Mutex mutex;
    private final Mutex.Condition free;
    private boolean taken;

    /** Makes one that is free. */
    public Turn(Scheduler scheduler) {
        mutex = scheduler.newMutex();
        free = mutex.newCondition();
    }

    /** Takes it, and waits for as long as another has it. */
    public void take() {
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

    /** Takes it if it is free now; returns whether it has. Waits for nobody. */
    public boolean tryTake() {
        mutex.lock();
        try {
            boolean may = !taken;
            taken = true;
            return may;
        } finally {
            mutex.unlock();
        }
    }

    /** Takes it if it is free by then, in nanoseconds of the clock; returns whether it has. */
    public boolean takeBefore(Clock clock, long deadlineNanos) {
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

    /** Lets another take it. */
    public void release() {
        mutex.lock();
        try {
            taken = false;
            free.signalAll();
        } finally {
            mutex.unlock();
        }
    }
}
