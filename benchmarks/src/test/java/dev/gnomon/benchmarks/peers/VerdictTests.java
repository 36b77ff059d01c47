/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class VerdictTests {
    private static final Goal AT_LEAST_TWICE = goal(Metric.OPERATIONS, 2, 3);
    private static final Goal AT_MOST_NINE_TENTHS = goal(Metric.CPU, 0.9, 0.5);

    private static Goal goal(Metric metric, double must, double aim) {
        Goal.Against nbdkit = new Goal.Against.Best(List.of("nbdkit", "qemu"));
        return new Goal("a cell", "gnomon", "4k-qd32", Phase.LIVE, metric, nbdkit, must, aim);
    }

    @Nested
    final class Outcomes {
        @Test
        void numberIsMetWithinTheAllowanceOnly() {
            assertThat(Verdict.outcome(AT_LEAST_TWICE, 2.0, 7, 0)).isEqualTo(Verdict.Outcome.MET);
            assertThat(Verdict.outcome(AT_LEAST_TWICE, 1.91, 7, 0.05)).isEqualTo(Verdict.Outcome.MET);
            assertThat(Verdict.outcome(AT_LEAST_TWICE, 1.89, 7, 0.05)).isEqualTo(Verdict.Outcome.MISSED);
        }

        @Test
        void lessIsBetterForCosts() {
            assertThat(Verdict.outcome(AT_MOST_NINE_TENTHS, 0.9, 7, 0)).isEqualTo(Verdict.Outcome.MET);
            assertThat(Verdict.outcome(AT_MOST_NINE_TENTHS, 0.94, 7, 0.05)).isEqualTo(Verdict.Outcome.MET);
            assertThat(Verdict.outcome(AT_MOST_NINE_TENTHS, 0.95, 7, 0.05)).isEqualTo(Verdict.Outcome.MISSED);
            assertThat(Verdict.outcome(AT_MOST_NINE_TENTHS, 0.5, 7, 0)).isEqualTo(Verdict.Outcome.AIM);
        }

        @Test
        void aimIsReachedWithoutAllowance() {
            assertThat(Verdict.outcome(AT_LEAST_TWICE, 3.0, 7, 0.1)).isEqualTo(Verdict.Outcome.AIM);
            assertThat(Verdict.outcome(AT_LEAST_TWICE, 2.9, 7, 0.1)).isEqualTo(Verdict.Outcome.MET);
        }

        @Test
        void fewRoundsAndNoiseGiveNoVerdict() {
            assertThat(Verdict.outcome(AT_LEAST_TWICE, 9, 6, 0)).isEqualTo(Verdict.Outcome.FEW_ROUNDS);
            assertThat(Verdict.outcome(AT_LEAST_TWICE, 9, 7, 0.16)).isEqualTo(Verdict.Outcome.NOISY);
        }
    }

    @Nested
    final class Comparisons {
        private final List<Sample> samples = new ArrayList<>();

        private void add(String peer, Phase phase, Metric metric, double... byRound) {
            for (int i = 0; i < byRound.length; i++) {
                samples.add(new Sample("4k-qd32", phase, peer, i + 1, 1, Map.of(metric, byRound[i])));
            }
        }

        private Verdict verdict(Goal goal) {
            return Verdict.of(goal, new Samples(samples)).orElseThrow();
        }

        @Test
        void otherIsTheBestByItsMedian() {
            add("gnomon", Phase.LIVE, Metric.OPERATIONS, 100, 100, 100);
            add("nbdkit", Phase.LIVE, Metric.OPERATIONS, 50, 50, 500);
            add("qemu", Phase.LIVE, Metric.OPERATIONS, 80, 80, 80);

            Verdict verdict = verdict(AT_LEAST_TWICE);

            assertThat(verdict.against()).isEqualTo("qemu");
            assertThat(verdict.reached().median()).isEqualTo(1.25);
            assertThat(verdict.rounds()).isEqualTo(3);
        }

        @Test
        void bestOfCostsIsTheLeast() {
            add("gnomon", Phase.LIVE, Metric.CPU, 4);
            add("nbdkit", Phase.LIVE, Metric.CPU, 8);
            add("qemu", Phase.LIVE, Metric.CPU, 16);

            assertThat(verdict(AT_MOST_NINE_TENTHS).against()).isEqualTo("nbdkit");
            assertThat(verdict(AT_MOST_NINE_TENTHS).reached().median()).isEqualTo(0.5);
        }

        @Test
        void ownOtherPhaseOfTheSameRoundCounts() {
            Goal rewrite = new Goal(
                    "rewrite",
                    "gnomon",
                    "4k-qd32",
                    Phase.REWRITE,
                    Metric.OPERATIONS,
                    new Goal.Against.Own(Phase.LIVE),
                    0.95,
                    1.0);
            add("gnomon", Phase.LIVE, Metric.OPERATIONS, 100, 200, 400);
            add("gnomon", Phase.REWRITE, Metric.OPERATIONS, 90, 180, 360);

            assertThat(verdict(rewrite).reached().median()).isEqualTo(0.9);
            assertThat(verdict(rewrite).against()).isEqualTo("own live");
        }

        @Test
        void valueCountsAsItIsWhereThereIsNoOther() {
            Goal moved = new Goal(
                    "moved", "gnomon", "4k-qd32", Phase.FIRST, Metric.MOVED, new Goal.Against.Itself(), 4.3, 4.1);
            add("gnomon", Phase.FIRST, Metric.MOVED, 4.2, 4.4, 4.25);

            assertThat(verdict(moved).reached().median()).isEqualTo(4.25);
        }

        @Test
        void scenarioThatDidLessThanTheNumberIsAboutIsTooSmall() {
            Goal stall =
                    new Goal("stall", "gnomon", "set", Phase.WHOLE, Metric.STALL_P99, new Goal.Against.Itself(), 5, 1);
            samples.add(set(1, 999));
            assertThat(verdict(stall).outcome()).isEqualTo(Verdict.Outcome.SMALL);
            samples.clear();
            samples.add(set(1, 1000));
            assertThat(verdict(stall).outcome()).isEqualTo(Verdict.Outcome.MET);
            samples.add(set(2, 10));
            assertThat(verdict(stall).outcome()).isEqualTo(Verdict.Outcome.SMALL);
        }

        private static Sample set(int round, double cuts) {
            return new Sample("set", Phase.WHOLE, "gnomon", round, 1, Map.of(Metric.STALL_P99, 4.0, Metric.CUTS, cuts));
        }

        @Test
        void withoutTheOtherThereIsNoVerdict() {
            add("gnomon", Phase.LIVE, Metric.OPERATIONS, 100);

            assertThat(Verdict.of(AT_LEAST_TWICE, new Samples(samples))).isEmpty();
        }

        @Test
        void pairOfTheCellGivesTheAllowance() {
            add("gnomon", Phase.LIVE, Metric.OPERATIONS, 100);
            add("nbdkit", Phase.LIVE, Metric.OPERATIONS, 50);
            add("nbdkit-again", Phase.LIVE, Metric.OPERATIONS, 45);

            assertThat(verdict(AT_LEAST_TWICE).allowance())
                    .isCloseTo(0.1, org.assertj.core.api.Assertions.within(1e-9));
        }
    }

    @Test
    void everyGoalNamesACellThatIsMeasured() {
        for (Goal goal : Goals.ALL) {
            Workload workload = Workload.of(goal.workload())
                    .orElseThrow(() -> new AssertionError(goal.cell() + ": no workload " + goal.workload()));
            assertThat(workload.phases()).as(goal.cell()).contains(goal.phase());
            if (goal.against() instanceof Goal.Against.Best best) {
                assertThat(PeerTypes.ALL).extracting(PeerType::id).containsAll(best.peers());
            }
            // The aim is never below what must be.
            assertThat(goal.reaches(goal.aim(), goal.must(), 0)).as(goal.cell()).isTrue();
        }
    }
}
