/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A task that serves a crowd waits for it to be complete, but not long, and who is alone waits for nobody. */
class GatheringTests {
    private static final long STEP = 400_000;
    private static final long PATIENCE = STEP / 2;

    private final ManualClock clock = new ManualClock();
    private final Gathering gathering = new Gathering(clock);

    /** A step that served some while others came. */
    private void step(int served, int waiting, long nanos) {
        long began = gathering.now();
        pass(nanos);
        gathering.served(served, waiting, began);
    }

    private void pass(long nanos) {
        clock.advance(Duration.ofNanos(nanos));
    }

    @Test
    void whoComesFirstIsServedAtOnce() {
        assertThat(gathering.tells(1)).isTrue();
        assertThat(gathering.patience(1)).isZero();
    }

    @Test
    void whoIsAloneNeverWaits() {
        for (int i = 0; i < 5; i++) {
            step(1, 0, STEP);
            pass(1000);
            assertThat(gathering.patience(1)).isZero();
        }
    }

    @Test
    void theTaskWaitsForThoseThatItServedAndThoseThatCameMeanwhile() {
        step(10, 6, STEP);
        assertThat(gathering.patience(6)).isEqualTo(PATIENCE);
        pass(50_000);
        assertThat(gathering.patience(12)).isEqualTo(PATIENCE - 50_000);
        assertThat(gathering.tells(13)).as("woken for one of many").isFalse();
        assertThat(gathering.tells(14)).as("woken for nearly the last").isTrue();
        assertThat(gathering.patience(14)).isZero();
    }

    @Test
    void itWaitsAMillisecondAtMost() {
        step(10, 6, 1_000_000_000);
        assertThat(gathering.patience(6)).isEqualTo(1_000_000);
    }

    @Test
    void afterItWaitedInVainItDoesNotForSomeRounds() {
        step(2, 1, STEP);
        assertThat(gathering.patience(1)).isPositive();
        pass(PATIENCE);
        assertThat(gathering.patience(1)).isZero();
        for (int round = 0; round < 15; round++) {
            step(2, 1, STEP);
            assertThat(gathering.patience(1)).as("round " + round).isZero();
        }
        step(2, 1, STEP);
        assertThat(gathering.patience(1)).as("tried again").isPositive();
    }

    @Test
    void whoComesAfterAPauseDoesNotWaitAndIsNoVainWait() {
        step(2, 1, STEP);
        pass(10 * STEP);
        assertThat(gathering.patience(1)).isZero();
        step(2, 1, STEP);
        assertThat(gathering.patience(1)).isPositive();
    }
}
