/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RoundsTests {
    private final List<Integer> attempts = new ArrayList<>();

    @Test
    void quietVisitIsMadeOnce() throws BenchFailure {
        List<Sample> samples = Rounds.repeat(stealing(Rounds.STOLEN_PERCENT_MAX), 3);

        assertThat(attempts).containsExactly(0);
        assertThat(samples).singleElement().extracting(Sample::tries).isEqualTo(1);
    }

    @Test
    void disturbedVisitIsMadeAgainUntilItIsQuiet() throws BenchFailure {
        List<Sample> samples = Rounds.repeat(stealing(9, 1, 0), 3);

        assertThat(attempts).containsExactly(0, 1);
        assertThat(samples).singleElement().satisfies(sample -> {
            assertThat(sample.tries()).isEqualTo(2);
            assertThat(sample.values()).containsEntry(Metric.STOLEN, 1.0);
        });
    }

    @Test
    void triesAreBoundedAndTheLeastDisturbedCounts() throws BenchFailure {
        List<Sample> samples = Rounds.repeat(stealing(9, 5, 7, 0), 3);

        assertThat(attempts).containsExactly(0, 1, 2);
        assertThat(samples).singleElement().satisfies(sample -> {
            assertThat(sample.tries()).isEqualTo(3);
            assertThat(sample.values()).containsEntry(Metric.STOLEN, 5.0);
        });
    }

    @Test
    void oneDisturbedSampleRepeatsTheWholeVisit() throws BenchFailure {
        List<Sample> samples = Rounds.repeat(
                attempt -> {
                    attempts.add(attempt);
                    return List.of(sample(0), sample(attempt == 0 ? 50 : 0));
                },
                3);

        assertThat(attempts).containsExactly(0, 1);
        assertThat(samples).hasSize(2).allMatch(sample -> sample.tries() == 2);
    }

    @Test
    void warmUpGoesOnWithThePhasesInWhichAServerCompilesMuch() throws BenchFailure {
        List<Set<Phase>> rounds = new ArrayList<>();
        Rounds.warmUp(
                (cold, attempt) -> {
                    rounds.add(cold);
                    return List.of(
                            compiling("nbdkit", Phase.LIVE, OptionalDouble.empty()),
                            compiling("gnomon", Phase.LIVE, OptionalDouble.of(attempt == 0 ? 60 : 0)),
                            compiling("gnomon", Phase.READ, OptionalDouble.of(Rounds.COMPILING_PERCENT_MAX)),
                            compiling("gnomon", Phase.FIRST, OptionalDouble.of(attempt < 2 ? 20 : 4)));
                },
                Set.of(Phase.LIVE, Phase.READ, Phase.FIRST),
                10);

        assertThat(rounds)
                .containsExactly(
                        Set.of(Phase.LIVE, Phase.READ, Phase.FIRST),
                        Set.of(Phase.LIVE, Phase.FIRST),
                        Set.of(Phase.FIRST));
    }

    @Test
    void warmUpIsBounded() throws BenchFailure {
        Rounds.warmUp(
                (cold, attempt) -> {
                    attempts.add(attempt);
                    return List.of(compiling("gnomon", Phase.FIRST, OptionalDouble.of(50)));
                },
                Set.of(Phase.FIRST),
                3);

        assertThat(attempts).containsExactly(0, 1, 2);
    }

    @Test
    void oneWarmUpIsEnoughIfNobodyCompiles() throws BenchFailure {
        Rounds.warmUp(
                (cold, attempt) -> {
                    attempts.add(attempt);
                    return List.of(compiling("nbdkit", Phase.LIVE, OptionalDouble.empty()));
                },
                Set.of(Phase.LIVE),
                3);

        assertThat(attempts).containsExactly(0);
    }

    private static Sample compiling(String peer, Phase phase, OptionalDouble percent) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        percent.ifPresent(value -> values.put(Metric.COMPILING, value));
        return new Sample("4k-qd32", phase, peer, 0, 1, values);
    }

    private Rounds.Try stealing(double... percent) {
        return attempt -> {
            attempts.add(attempt);
            return List.of(sample(percent[attempt]));
        };
    }

    private static Sample sample(double stolen) {
        return new Sample("4k-qd32", Phase.LIVE, "nbdkit", 1, 1, Map.of(Metric.STOLEN, stolen));
    }
}
