/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.Spread;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a goal came out.
 *
 * @param against with whom Gnomon was compared, for people
 * @param reached ratio (or value) of the rounds
 * @param rounds how many
 * @param allowance how far the same program was from itself in the cell; 0 if no pair ran
 * @param cpu of Gnomon, microseconds of server processor time an operation
 * @param otherCpu the same of the other side
 */
record Verdict(
        Goal goal,
        String against,
        Spread reached,
        int rounds,
        double allowance,
        Outcome outcome,
        OptionalDouble cpu,
        OptionalDouble otherCpu) {
    /** Fewer rounds say nothing. */
    static final int ROUNDS_MIN = 7;
    /** If the same program differs from itself by more, the run was too disturbed to say anything. */
    static final double ALLOWANCE_MAX = 0.15;

    /** How much each round of a scenario must have done for its number to be about what it is to be about. */
    private static final Map<String, Map.Entry<Metric, Double>> SIZES_MIN = Map.of(
            Workload.SET.name(), Map.entry(Metric.CUTS, 1000.0),
            Workload.RECOVERY.name(), Map.entry(Metric.PIECES, 1e7));

    /** The order is from best to worst. */
    enum Outcome {
        AIM("aim"),
        MET("met"),
        MISSED("MISSED"),
        /** The same program was too far from itself. */
        NOISY("too noisy"),
        FEW_ROUNDS("too few rounds"),
        /** A scenario ran with less than what the number is about. */
        SMALL("too small");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Judges a goal; empty if something that it needs was not measured. */
    static Optional<Verdict> of(Goal goal, Samples samples) {
        Samples.Cell cell = new Samples.Cell(goal.workload(), goal.phase());
        Map<Integer, Double> own = samples.values(cell, goal.peer(), goal.metric());
        return switch (goal.against()) {
            case Goal.Against.Itself itself ->
                judge(goal, samples, "-", List.copyOf(own.values()), OptionalDouble.empty());
            case Goal.Against.Own other -> {
                Samples.Cell otherCell = new Samples.Cell(goal.workload(), other.phase());
                List<Double> ratios = Samples.ratios(own, samples.values(otherCell, goal.peer(), goal.metric()));
                OptionalDouble cpu = median(samples, otherCell, goal.peer());
                yield judge(goal, samples, "own " + other.phase().id(), ratios, cpu);
            }
            case Goal.Against.Best best ->
                best(goal, samples, best.peers()).flatMap(peer -> {
                    List<Double> ratios = Samples.ratios(own, samples.values(cell, peer, goal.metric()));
                    return judge(goal, samples, peer, ratios, median(samples, cell, peer));
                });
        };
    }

    /** Returns the one of the peers with the best median. */
    private static Optional<String> best(Goal goal, Samples samples, List<String> peers) {
        Samples.Cell cell = new Samples.Cell(goal.workload(), goal.phase());
        Comparator<String> byMedian = Comparator.comparingDouble(
                peer -> samples.spread(cell, peer, goal.metric()).orElseThrow().median());
        return peers.stream()
                .filter(peer -> samples.spread(cell, peer, goal.metric()).isPresent())
                .max(goal.metric().moreIsBetter() ? byMedian : byMedian.reversed());
    }

    private static Optional<Verdict> judge(
            Goal goal, Samples samples, String against, List<Double> values, OptionalDouble otherCpu) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        Samples.Cell cell = new Samples.Cell(goal.workload(), goal.phase());
        Spread reached = Spread.of(values);
        double allowance = samples.disagreement(cell, goal.metric()).orElse(0);
        return Optional.of(new Verdict(
                goal,
                against,
                reached,
                values.size(),
                allowance,
                small(samples, cell, goal.peer())
                        ? Outcome.SMALL
                        : outcome(goal, reached.median(), values.size(), allowance),
                median(samples, cell, goal.peer()),
                otherCpu));
    }

    private static boolean small(Samples samples, Samples.Cell cell, String peer) {
        Map.Entry<Metric, Double> least = SIZES_MIN.get(cell.workload());
        return least != null
                && samples.spread(cell, peer, least.getKey())
                        .filter(spread -> spread.min() >= least.getValue())
                        .isEmpty();
    }

    /** Decides by the median; the aim is only reached without any allowance. */
    static Outcome outcome(Goal goal, double median, int rounds, double allowance) {
        if (rounds < goal.roundsMin()) {
            return Outcome.FEW_ROUNDS;
        }
        if (allowance > ALLOWANCE_MAX) {
            return Outcome.NOISY;
        }
        if (goal.reaches(median, goal.aim(), 0)) {
            return Outcome.AIM;
        }
        return goal.reaches(median, goal.must(), allowance) ? Outcome.MET : Outcome.MISSED;
    }

    private static OptionalDouble median(Samples samples, Samples.Cell cell, String peer) {
        return samples.spread(cell, peer, Metric.CPU)
                .map(spread -> OptionalDouble.of(spread.median()))
                .orElse(OptionalDouble.empty());
    }
}
