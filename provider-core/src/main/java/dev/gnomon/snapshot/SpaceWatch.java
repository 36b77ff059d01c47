/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Store;

/**
 * Tells when the diff area passes a threshold of its fill, and estimates when it will be full. Thread-safe; costs a look at
 * the clock but once a second.
 *
 * <p>Full is where the limit ends, or the file system, whichever is nearer. The rate is an average of what first overwrites
 * appended to the log, in which a time ten minutes ago weighs a third of now: what the cleaner appends again is given back
 * soon.
 */
final class SpaceWatch {
    private static final int[] THRESHOLDS_PERCENT = {75, 90};

    /** So far below a threshold the fill must fall before that is told again: cleaning makes it go up and down. */
    private static final int CALM_PERCENT = 5;

    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final double AVERAGE_SECONDS = 600;

    private final Store store;
    private final Clock clock;
    private final Events events;
    private final Mutex mutex;

    // Guarded by the mutex.
    private long nextLook;
    private long countedAt;
    private long grownBytes;
    private double weighedBytes;
    private double weighedSeconds;
    private int told;

    /**
     * How full it is, and how fast it fills.
     *
     * @param fillPercent 0 to 100, of what first overwrites may take, dead space among what they took
     * @param leftBytes of that
     * @param bytesPerSecond that they took lately, on average
     * @param secondsToFull at that rate; 0 if it does not grow
     */
    record Outlook(int fillPercent, long leftBytes, long bytesPerSecond, long secondsToFull) {}

    SpaceWatch(Store store, Clock clock, Scheduler scheduler, Events events) {
        this.store = store;
        this.clock = clock;
        this.events = events;
        this.mutex = scheduler.newMutex();
        this.countedAt = clock.nanoTime();
        this.nextLook = countedAt;
        this.grownBytes = store.diffArea().grownBytes();
    }

    /** Looks whether a threshold was passed, once a second at most; called when something was preserved. */
    void look() {
        mutex.lock();
        try {
            long now = clock.nanoTime();
            if (now - nextLook < 0) {
                return;
            }
            nextLook = now + LOOK_NANOS;
        } finally {
            mutex.unlock();
        }
        Outlook outlook = outlook();
        if (passes(outlook.fillPercent)) {
            events.tell(Event.of(
                    EventId.DIFF_AREA_FILLING,
                    "the diff area is full to " + outlook.fillPercent + " %, " + outlook.leftBytes + " bytes are left"
                            + when(outlook)));
        }
    }

    private static String when(Outlook outlook) {
        return outlook.secondsToFull == 0 ? "" : "; at this rate it is full in " + outlook.secondsToFull + " s";
    }

    /** Returns whether a threshold is passed upwards, and notes which are. */
    private boolean passes(int fillPercent) {
        mutex.lock();
        try {
            int before = told;
            told = passed(fillPercent, before);
            return told > before;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the highest threshold that counts as passed, 0 for none, if {@code before} did until now. */
    static int passed(int fillPercent, int before) {
        int passed = 0;
        for (int threshold : THRESHOLDS_PERCENT) {
            if (fillPercent >= threshold || (before >= threshold && fillPercent > threshold - CALM_PERCENT)) {
                passed = threshold;
            }
        }
        return passed;
    }

    /** Returns how full it is now. */
    Outlook outlook() {
        long left = store.diffArea().leftBytes(); // asks the file system: not under the mutex
        long most = store.diffArea().usedBytes() + left;
        long rate = bytesPerSecond();
        int percent = most == 0 ? 0 : (int) (100 - 100.0 * left / most);
        return new Outlook(percent, left, rate, rate == 0 ? 0 : left / rate + 1);
    }

    private long bytesPerSecond() {
        mutex.lock();
        try {
            long now = clock.nanoTime();
            long grown = store.diffArea().grownBytes();
            double seconds = Math.max(0, now - countedAt) / 1e9;
            double decay = Math.exp(-seconds / AVERAGE_SECONDS);
            weighedBytes = weighedBytes * decay + (grown - grownBytes);
            weighedSeconds = weighedSeconds * decay + seconds;
            countedAt = now;
            grownBytes = grown;
            return (long) (weighedBytes / Math.max(1, weighedSeconds));
        } finally {
            mutex.unlock();
        }
    }
}
