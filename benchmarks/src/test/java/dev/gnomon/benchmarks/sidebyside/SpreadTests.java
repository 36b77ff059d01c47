/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpreadTests {
    @Test
    void medianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Spread(4, 1, 9));
    }

    @Test
    void medianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0, 5.0))).isEqualTo(new Spread(4.5, 1, 9));
    }

    @Test
    void nothingHasNoSpread() {
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void percentileIsTheNearestRank() {
        long[] sorted = new long[200];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = i + 1L;
        }
        assertThat(Spread.percentile(sorted, 0.5)).isEqualTo(100);
        assertThat(Spread.percentile(sorted, 0.99)).isEqualTo(198);
        assertThat(Spread.percentile(sorted, 1)).isEqualTo(200);
        assertThat(Spread.percentile(new long[] {7}, 0.01)).isEqualTo(7);
    }

    @Test
    void percentilesOutsideTheValuesAreRefused() {
        assertThatThrownBy(() -> Spread.percentile(new long[0], 0.5)).hasMessageContaining("0.5 of 0 values");
        assertThatThrownBy(() -> Spread.percentile(new long[] {1}, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Spread.percentile(new long[] {1}, 1.1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textLeavesOutARangeThatDoesNotShow() {
        assertThat(new Spread(1.001, 1.0, 1.002).text(1)).isEqualTo("1.0");
        assertThat(new Spread(12345.6, 9.2, 20000).text(0)).isEqualTo("12,346 (9-20,000)");
    }
}
