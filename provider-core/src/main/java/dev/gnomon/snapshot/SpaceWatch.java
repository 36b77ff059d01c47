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
 * Tells when a diff area with a limit passes a threshold of its fill, and estimates when it will be full. Thread-safe.
 *
 * <p>The rate is an average of what was appended to the log, in which a time ten minutes ago weighs a third of now.
 */
final class SpaceWatch {
    private static final int[] THRESHOLDS_PERCENT = {75, 90};

    /** So far below a threshold the fill must fall before that is told again. */
    private static final int CALM_PERCENT = 5;

    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final double AVERAGE_SECONDS = 600;

    private final Store store;
    private final Clock clock;
    private final Events events;
    private final Mutex mutex;

    // Guarded by the mutex.
    private long lookedAt;
    private long writtenBytes;
    private double bytesPerSecond;
    private int told;

    /** How full it is, and how fast it fills. */
    record Outlook(int fillPercent, long leftBytes, long bytesPerSecond, long secondsToFull) {}

    SpaceWatch(Store store, Clock clock, Scheduler scheduler, Events events) {
        this.store = store;
        this.clock = clock;
        this.events = events;
        this.mutex = scheduler.newMutex();
        this.lookedAt = clock.nanoTime();
        this.writtenBytes = store.writtenBytes();
    }

    /** Looks whether a threshold was passed, once a second at most; called when something was preserved. */
    void look() {
        Event event = null;
        mutex.lock();
        try {
            if (clock.nanoTime() - lookedAt < LOOK_NANOS) {
                return;
            }
            Outlook outlook = update();
            int passed = 0;
            for (int threshold : THRESHOLDS_PERCENT) {
                boolean counts = outlook.fillPercent >= threshold
                        || (told >= threshold && outlook.fillPercent > threshold - CALM_PERCENT);
                passed = counts ? threshold : passed;
            }
            if (passed > told) {
                event = Event.of(
                        EventId.DIFF_AREA_FILLING,
                        "the diff area is full to " + outlook.fillPercent + " %, " + outlook.leftBytes
                                + " bytes are left" + when(outlook));
            }
            told = passed;
        } finally {
            mutex.unlock();
        }
        if (event != null) {
            events.tell(event);
        }
    }

    private static String when(Outlook outlook) {
        return outlook.secondsToFull == 0 ? "" : "; at this rate it is full in " + outlook.secondsToFull + " s";
    }

    /** Returns how full it is now. */
    Outlook outlook() {
        mutex.lock();
        try {
            return update();
        } finally {
            mutex.unlock();
        }
    }

    private Outlook update() {
        long now = clock.nanoTime();
        long written = store.writtenBytes();
        double seconds = Math.max(0, now - lookedAt) / 1e9;
        bytesPerSecond = bytesPerSecond * Math.exp(-seconds / AVERAGE_SECONDS)
                + (written - writtenBytes) / AVERAGE_SECONDS;
        lookedAt = now;
        writtenBytes = written;
        long most = store.preservableAtMostBytes();
        if (most <= 0) {
            return new Outlook(0, 0, (long) bytesPerSecond, 0);
        }
        long left = Math.min(most, store.room().availableBytes());
        long rate = (long) bytesPerSecond;
        return new Outlook((int) (100 - 100 * left / most), left, rate, rate == 0 ? 0 : left / rate + 1);
    }
}
