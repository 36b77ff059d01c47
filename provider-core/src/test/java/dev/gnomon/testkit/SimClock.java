/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.Clock;
import java.time.Duration;
import java.time.Instant;

/** The virtual time of a scheduler, with a wall clock that can be made to jump. */
public final class SimClock implements Clock {
    private static final Instant BIRTH = Instant.parse("2026-01-01T00:00:00Z");

    private final SimScheduler scheduler;
    private Duration wallOffset = Duration.ZERO;

    /** Shows the time of a scheduler. */
    public SimClock(SimScheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public long nanoTime() {
        return scheduler.nowNanos();
    }

    @Override
    public Instant now() {
        return BIRTH.plusNanos(scheduler.nowNanos()).plus(wallOffset);
    }

    /** Moves the wall clock only, forwards or back. */
    public void jumpWallClock(Duration by) {
        wallOffset = wallOffset.plus(by);
    }
}
