/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

/**
 * A mutual exclusion lock with conditions, not reentrant by contract.
 *
 * <p>Held only over memory operations unless its owner's javadoc says otherwise: no lock is held across I/O that another
 * request needs. Always used as {@code lock(); try { … } finally { unlock(); }}.
 */
public interface Mutex {
    /** Waits until the mutex is free and takes it. */
    void lock();

    /** Releases the mutex; must be held by the calling task. */
    void unlock();

    /** Returns a new condition bound to this mutex. */
    Condition newCondition();

    /** A queue of tasks that wait for something guarded by the mutex. Spurious wake-ups happen: wait in a loop. */
    interface Condition {
        /** Releases the mutex, waits for a signal, and takes the mutex again. */
        void await();

        /**
         * As {@link #await()}, for at most the given time.
         *
         * @param timeoutNanos zero or less returns at once
         * @return whether it returned before the time was up
         */
        boolean await(long timeoutNanos);

        /** Wakes all waiting tasks; the mutex must be held. */
        void signalAll();
    }
}
