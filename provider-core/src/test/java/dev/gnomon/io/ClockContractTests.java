/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What every {@link Clock} does. */
public abstract class ClockContractTests {
    /** Returns the clock under test. */
    protected abstract Clock clock();

    @Test
    void nanosecondsNeverGoBack() {
        Clock clock = clock();
        long last = clock.nanoTime();
        for (int i = 0; i < 1000; i++) {
            long now = clock.nanoTime();
            assertThat(now - last).isNotNegative();
            last = now;
        }
    }

    @Test
    void theWallClockShowsThisAge() {
        assertThat(clock().now()).isAfter("2025-01-01T00:00:00Z").isBefore("2100-01-01T00:00:00Z");
    }
}
