/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.benchmarks.sidebyside.LatencyLog.Window;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LatencyLogTests {
    private static final List<Window> WINDOW = List.of(new Window(2000, 2010));

    @Test
    void writeUnderWayInTheWindowIsInside() throws BenchFailure {
        LatencyLog log = LatencyLog.parse(Stream.of(
                "1998, 500000, 1, 4096, 0, 0", // ended before
                "2005, 700000, 1, 4096, 0, 0", // ended within
                "2050, 45000000, 1, 4096, 0, 0", // spans it
                "2050, 600000, 1, 4096, 0, 0")); // began behind it

        assertThat(log.inside(WINDOW)).containsExactly(700_000, 45_000_000);
        assertThat(log.outside(WINDOW)).containsExactly(500_000, 600_000);
        assertThat(log.lastMillis()).isEqualTo(2050);
    }

    @Test
    void eachOfManyWindowsIsFound() throws BenchFailure {
        List<Window> windows = List.of(new Window(1000, 1010), new Window(2000, 2010), new Window(3000, 3010));
        LatencyLog log = LatencyLog.parse(Stream.of(
                "1005, 1, 1, 4096, 0, 0",
                "1500, 2, 1, 4096, 0, 0",
                "2010, 3, 1, 4096, 0, 0", // begins at the very end
                "2011, 4, 1, 4096, 0, 0",
                "2999, 5, 1, 4096, 0, 0", // as fio rounds
                "2998, 6, 1, 4096, 0, 0",
                "3011, 2000007, 1, 4096, 0, 0"));

        assertThat(log.inside(windows)).containsExactly(1, 3, 5, 2_000_007);
        assertThat(log.outside(windows)).containsExactly(2, 4, 6);
    }

    @Test
    void otherLinesAreRefused() {
        assertThatThrownBy(() -> LatencyLog.parse(Stream.of("1998"))).hasMessageContaining("'1998'");
    }
}
