/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Work that somebody waits for, on a task of its own, but not for ever: it may be given up, or be late, while a device that
 * hangs keeps the work where it is. Who waits learns of it in time; what the work did after that is undone by itself.
 */
final class Pending {
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final Clock clock;
    private boolean ended;
    private boolean abandoned;
    private @Nullable Throwable failure;

    private Pending(Scheduler scheduler, Clock clock) {
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.clock = clock;
    }

    /** What is done. */
    interface Body {
        void run() throws Exception;
    }

    /** How waiting ended. */
    enum End {
        /** The work is done, or has failed with {@link #failure}. */
        ENDED,
        /** The deadline passed. */
        LATE,
        /** Somebody gave it up. */
        GIVEN_UP
    }

    /**
     * Starts work.
     *
     * @param undo run after the work if nobody waits for it any more by then, whether it succeeded or not
     */
    static Pending start(Scheduler scheduler, Clock clock, Body body, Runnable undo) {
        Pending pending = new Pending(scheduler, clock);
        scheduler.start("gnomon-vss-call", () -> pending.run(body, undo));
        return pending;
    }

    private void run(Body body, Runnable undo) {
        Throwable thrown = null;
        try {
            body.run();
        } catch (Exception e) {
            thrown = e;
        }
        boolean nobodyWaits;
        mutex.lock();
        try {
            ended = true;
            failure = thrown;
            nobodyWaits = abandoned;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        if (nobodyWaits) {
            undo.run();
        }
    }

    /** Waits for the end of the work until a deadline, in nanoseconds of the clock; called once. */
    End await(long deadlineNanos) {
        mutex.lock();
        try {
            long left = deadlineNanos - clock.nanoTime();
            while (!ended && !abandoned && left > 0) {
                changed.await(left);
                left = deadlineNanos - clock.nanoTime();
            }
            if (abandoned) {
                return End.GIVEN_UP; // even if the work has ended since: it is undone
            }
            abandoned = !ended;
            return ended ? End.ENDED : End.LATE;
        } finally {
            mutex.unlock();
        }
    }

    /** Lets who waits go on at once. */
    void giveUp() {
        mutex.lock();
        try {
            abandoned |= !ended;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns what the work failed with, or null. */
    @Nullable
    Throwable failure() {
        mutex.lock();
        try {
            return failure;
        } finally {
            mutex.unlock();
        }
    }
}
