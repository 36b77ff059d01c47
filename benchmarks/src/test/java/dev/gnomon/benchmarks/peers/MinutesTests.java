/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MinutesTests {
    private static final long MINUTE = 60_000;

    private static Minutes of(long... perSecondOfMinute) {
        Minutes minutes = new Minutes(MINUTE);
        for (int i = 0; i < perSecondOfMinute.length; i++) {
            minutes.add(i * MINUTE, Collections.nCopies(60, perSecondOfMinute[i]));
        }
        return minutes;
    }

    @Test
    void secondsCountInTheMinuteTheyAreIn() {
        Minutes minutes = new Minutes(MINUTE);

        minutes.add(58_500, List.of(60L, 120L, 180L));

        assertThat(minutes.rate(0)).isEqualTo(3.0);
        assertThat(minutes.rate(1)).isEqualTo(3.0);
        assertThat(minutes.rate(2)).isZero();
    }

    @Test
    void timeWithoutRequestsLowersTheRate() {
        Minutes minutes = new Minutes(MINUTE);

        minutes.add(0, Collections.nCopies(30, 100L));

        assertThat(minutes.rate(0)).isEqualTo(50.0);
    }

    @Test
    void meanIsOverAllMinutes() {
        assertThat(of(10, 20, 60).rateOver(3)).isEqualTo(30.0);
    }

    @Test
    void collapseShowsWhereTheRawFileDoesNotSlowDown() {
        assertThat(of(100, 80, 40).kept(of(100, 100, 100), 3)).isEqualTo(0.5);
        assertThat(of(100, 80, 40).kept(of(100, 100, 50), 3)).isEqualTo(1.0);
    }
}
