/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Makes the visits of one workload in turns: A B C, A B C, ... A round that is not counted comes first. */
record Rounds(List<Contender> contenders, Workload workload, Set<Phase> phases, int rounds, long milliseconds) {
    /** Above this a sample says more of the hypervisor than of the contender, and its visit is made again. */
    static final double STOLEN_PERCENT_MAX = 3;
    /** On a machine that is never quiet the run has to end, too; the least disturbed try counts then. */
    static final int TRIES_MAX = 3;

    private static final int WARM_UP_ROUND = 0;
    /** The warm-up compiles Java code and loads programs; more of it does not help. */
    private static final long WARM_UP_MILLIS_MAX = 2000;

    /** Something that is measured once. */
    @FunctionalInterface
    interface Try {
        List<Sample> run(int attempt) throws BenchFailure;
    }

    List<Sample> run() throws BenchFailure {
        List<Sample> samples = new ArrayList<>();
        List<Contender> taking = contenders.stream().filter(this::takesPart).toList();
        for (int round = WARM_UP_ROUND; round <= rounds; round++) {
            // Standard output is for results; this says that something happens.
            System.err.println("bench: " + workload.name() + ", "
                    + (round == WARM_UP_ROUND ? "warm-up" : "round " + round + " of " + rounds));
            for (Contender contender : taking) {
                boolean counted = round != WARM_UP_ROUND;
                long time = counted ? milliseconds : Math.min(milliseconds, WARM_UP_MILLIS_MAX);
                Visit visit = new Visit(contender, workload, phases, round, time);
                List<Sample> visited = repeat(visit::run, counted ? TRIES_MAX : 1);
                if (counted) {
                    samples.addAll(visited);
                }
            }
        }
        for (Contender contender : taking) {
            if (contender.type().live()) {
                contender.compareLive(workload.name());
            }
        }
        return samples;
    }

    private boolean takesPart(Contender contender) {
        return phases.stream().anyMatch(phase -> contender.type().has(workload, phase));
    }

    /**
     * Tries until little enough was stolen from all samples, but not more often than allowed. Nothing is dropped afterwards:
     * what counts is the first try within the limit, or the one with the least stolen.
     */
    static List<Sample> repeat(Try measured, int triesMax) throws BenchFailure {
        List<List<Sample>> tries = new ArrayList<>();
        List<Sample> best;
        do {
            tries.add(measured.run(tries.size()));
            best = tries.stream()
                    .min(Comparator.comparingDouble(Rounds::stolen))
                    .orElseThrow();
        } while (stolen(best) > STOLEN_PERCENT_MAX && tries.size() < triesMax);
        int made = tries.size();
        return best.stream().map(sample -> sample.after(made)).toList();
    }

    private static double stolen(List<Sample> samples) {
        return samples.stream()
                .mapToDouble(sample -> sample.values().getOrDefault(Metric.STOLEN, 0.0))
                .max()
                .orElse(0);
    }
}
