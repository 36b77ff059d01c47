/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * What all background work of a store goes through, a part at a time: it keeps to a rate, to a fourth of it while clients
 * work, and stands still while a snapshot set is being cut. Thread-safe.
 *
 * <p>Work is done between {@link #begin} and {@link #end}, in parts of about a mebibyte, so that a pause never waits for
 * more than one part.
 */
final class Throttle {
    /** Longest debt that is waited for at once; a change of the rate is noticed after it. */
    private static final long LONGEST_WAIT_NANOS = 1_000_000_000L;

    /** How many times longer a part is paid for if a client asked for anything meanwhile. */
    private static final int GIVE_WAY = 4;

    private final Clock clock;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final long bytesPerSecond;
    private int pauses;
    private int active;
    private long freeAt;
    private boolean unlimited;
    private int urgent;
    private volatile LongSupplier requests = () -> 0;
    private long requestsSeen;

    /** Starts unpaused; {@code bytesPerSecond} is at least 1. */
    Throttle(Clock clock, Scheduler scheduler, long bytesPerSecond) {
        this.clock = clock;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.bytesPerSecond = bytesPerSecond;
        this.freeAt = clock.nanoTime();
    }

    /** Returns one that lets everything pass, for work that nobody shares the machine with. */
    static Throttle none(Scheduler scheduler) {
        Throttle none = new Throttle(new StoppedClock(), scheduler, Long.MAX_VALUE);
        none.hurry();
        return none;
    }

    private static final class StoppedClock implements Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    }

    /** Waits until no pause is on and the work done before is paid for. */
    void begin() {
        mutex.lock();
        try {
            while (pauses > 0 || owed() > 0) {
                if (pauses > 0) {
                    changed.await();
                } else {
                    changed.await(Math.min(owed(), LONGEST_WAIT_NANOS));
                }
            }
            active++;
        } finally {
            mutex.unlock();
        }
    }

    /** As {@link #begin}, but waits at most so long; returns whether the part may begin. */
    boolean beginWithin(long timeoutNanos) {
        mutex.lock();
        try {
            boolean inTime = true;
            while ((pauses > 0 || owed() > 0) && inTime) {
                inTime = changed.await(pauses > 0 ? timeoutNanos : Math.min(owed(), timeoutNanos)) || owed() <= 0;
            }
            boolean may = pauses == 0 && owed() <= 0;
            active += may ? 1 : 0;
            return may;
        } finally {
            mutex.unlock();
        }
    }

    private long owed() {
        return unlimited || urgent > 0 ? 0 : freeAt - clock.nanoTime();
    }

    /** Names how many requests clients have made until now; called now and then, from any task. */
    void giveWayTo(LongSupplier clients) {
        requests = clients;
    }

    /** Ends a part in which so many bytes were read or written. */
    void end(long bytes) {
        long seen = requests.getAsLong();
        mutex.lock();
        try {
            active--;
            long now = clock.nanoTime();
            int share = seen == requestsSeen ? 1 : GIVE_WAY;
            requestsSeen = seen;
            freeAt = Math.max(freeAt, now) + (long) (bytes * 1e9 / bytesPerSecond * share);
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Stops background work, and waits for the part that is going on. Pauses nest. */
    void pause() {
        mutex.lock();
        try {
            pauses++;
            while (active > 0) {
                changed.await();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Ends one pause. */
    void resume() {
        mutex.lock();
        try {
            pauses--;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether a pause is on. */
    boolean paused() {
        mutex.lock();
        try {
            return pauses > 0;
        } finally {
            mutex.unlock();
        }
    }

    /** Lifts the limit while a client waits for the work to be done, or ends that. Nests. */
    void urgent(boolean begins) {
        mutex.lock();
        try {
            urgent += begins ? 1 : -1;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Lifts the limit for good: somebody waits for the end of the work. */
    void hurry() {
        mutex.lock();
        try {
            unlimited = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }
}
