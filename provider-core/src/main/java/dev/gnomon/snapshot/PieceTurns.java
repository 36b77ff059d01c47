/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;

/**
 * Lets requests that change the same pieces come one after the other. A turn is held across I/O: only who changes the
 * same pieces waits for it. Thread-safe.
 */
final class PieceTurns {
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private long[] firsts = new long[8];
    private long[] lasts = new long[8];
    private int count;

    PieceTurns(Scheduler scheduler) {
        mutex = scheduler.newMutex();
        changed = mutex.newCondition();
    }

    /** Waits until nobody is on any of the pieces, and takes them. */
    void take(long first, long last) {
        mutex.lock();
        try {
            while (isTaken(first, last)) {
                changed.await();
            }
            if (count == firsts.length) {
                firsts = java.util.Arrays.copyOf(firsts, 2 * count);
                lasts = java.util.Arrays.copyOf(lasts, 2 * count);
            }
            firsts[count] = first;
            lasts[count++] = last;
        } finally {
            mutex.unlock();
        }
    }

    private boolean isTaken(long first, long last) {
        for (int i = 0; i < count; i++) {
            if (firsts[i] <= last && lasts[i] >= first) {
                return true;
            }
        }
        return false;
    }

    /** Gives back what was taken with the same numbers. */
    void give(long first, long last) {
        mutex.lock();
        try {
            for (int i = 0; i < count; i++) {
                if (firsts[i] == first && lasts[i] == last) {
                    firsts[i] = firsts[--count];
                    lasts[i] = lasts[count];
                    break;
                }
            }
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Waits until nobody has a turn. */
    void awaitNone() {
        mutex.lock();
        try {
            while (count > 0) {
                changed.await();
            }
        } finally {
            mutex.unlock();
        }
    }
}
