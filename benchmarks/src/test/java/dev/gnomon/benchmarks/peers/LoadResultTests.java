/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import org.junit.jupiter.api.Test;

final class LoadResultTests {
    /** As load.c prints it. */
    private static final String OUTPUT = """
            {"requests":62055,"flushes":3,"ackNanos":1000172480,"durableNanos":1279313803,"p50Nanos":364544,\
            "p99Nanos":4325376,"p999Nanos":5832704,"maxNanos":22909839,"untilAck":{"serverCpuNanos":496368084,\
            "clientCpuNanos":314327407,"busyTicks":200,"stolenTicks":4,"totalTicks":204},"untilDurable":\
            {"serverCpuNanos":560000000,"clientCpuNanos":310000000,"busyTicks":247,"stolenTicks":5,"totalTicks":250},\
            "perSecond":[62023,32]}
            """;

    @Test
    void everyValueIsRead() throws BenchFailure {
        LoadResult result = LoadResult.parse(OUTPUT);

        assertThat(result.requests()).isEqualTo(62_055);
        assertThat(result.ackNanos()).isEqualTo(1_000_172_480);
        assertThat(result.durableNanos()).isEqualTo(1_279_313_803);
        assertThat(result.p50Nanos()).isEqualTo(364_544);
        assertThat(result.p99Nanos()).isEqualTo(4_325_376);
        assertThat(result.p999Nanos()).isEqualTo(5_832_704);
        assertThat(result.maxNanos()).isEqualTo(22_909_839);
        assertThat(result.perSecond()).containsExactly(62_023L, 32L);
    }

    @Test
    void processorTimeIsThatUntilDurableAndTheRestIsOfOthers() throws BenchFailure {
        LoadResult result = LoadResult.parse(OUTPUT);

        assertThat(result.serverCpuNanos()).isEqualTo(560_000_000);
        assertThat(result.clientCpuNanos()).isEqualTo(310_000_000);
        assertThat(result.stolenPercent()).isCloseTo(2.0, within(1e-9));
        // 247 busy ticks of 10 ms, 87 of them of server and load generator.
        assertThat(result.othersPercent()).isCloseTo(64.0, within(1e-9));
    }

    @Test
    void nothingRequestedIsRefused() {
        String output = OUTPUT.replace("\"requests\":62055", "\"requests\":0");

        assertThatThrownBy(() -> LoadResult.parse(output))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("0 requests in 1000172480 ns");
    }

    @Test
    void missingNumberIsNamed() {
        String output = OUTPUT.replace("p999Nanos", "p998Nanos");

        assertThatThrownBy(() -> LoadResult.parse(output))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("'p999Nanos'");
    }

    @Test
    void messageInsteadOfJsonIsShown() {
        assertThatThrownBy(() -> LoadResult.parse("load: a request failed: Input/output error"))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("Input/output error");
    }
}
