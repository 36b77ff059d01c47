/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes the visits of one workload in turns: A B C, A B C, ... Visits that are not counted come first: one of each, and more of
 * a server that still compiles.
 *
 * @param warmUps at most so many visits of each are not counted
 */
record Rounds(
        List<Contender> contenders, Workload workload, Set<Phase> phases, int warmUps, int rounds, long milliseconds) {
    /** Above this a sample says more of the hypervisor than of the contender, and its visit is made again. */
    static final double STOLEN_PERCENT_MAX = 3;
    /** On a machine that is never quiet the run has to end, too; the least disturbed try counts then. */
    static final int TRIES_MAX = 3;

    /**
     * A server that spends more of its processor time on compiling its own code is not warm: what is measured then is not what it
     * is like a minute later. Less is never reached, because some code always becomes frequent at last.
     */
    static final double COMPILING_PERCENT_MAX = 5;

    private static final int WARM_UP_ROUND = 0;
    /** However short the phases are that count: what is called once for many requests has to become frequent, too. */
    private static final long WARM_UP_MILLIS = 5000;

    /** Something that is measured once. */
    @FunctionalInterface
    interface Try {
        List<Sample> run(int attempt) throws BenchFailure;
    }

    List<Sample> run() throws BenchFailure {
        List<Sample> samples = new ArrayList<>();
        List<Contender> taking = contenders.stream().filter(this::takesPart).toList();
        for (Contender contender : taking) {
            warmUp((cold, attempt) -> warmUpVisit(contender, cold, attempt), phases, warmUps);
        }
        for (int round = 1; round <= rounds; round++) {
            say("round " + round + " of " + rounds);
            for (Contender contender : taking) {
                Visit visit = new Visit(contender, workload, phases, round, milliseconds);
                samples.addAll(repeat(visit::run, TRIES_MAX));
            }
        }
        for (Contender contender : taking) {
            if (contender.type().live()) {
                contender.compareLive(workload.name());
            }
        }
        return samples;
    }

    private List<Sample> warmUpVisit(Contender contender, Set<Phase> cold, int attempt) throws BenchFailure {
        List<Sample> samples = new Visit(contender, workload, cold, WARM_UP_ROUND, warmUpMillis()).run(attempt);
        double compiling = most(samples, Metric.COMPILING);
        say("warm-up of " + contender.type().id()
                + (compiling > 0 ? String.format(Locale.ROOT, ", compiling took %.1f %% at most", compiling) : ""));
        return samples;
    }

    /** When only trying whether all works, the phases are shorter than any that says something. */
    private long warmUpMillis() {
        return warmUps == 1 ? milliseconds : WARM_UP_MILLIS;
    }

    /** A visit that is not counted. */
    @FunctionalInterface
    interface WarmUp {
        /** Makes some phases, and returns their samples. */
        List<Sample> run(Set<Phase> cold, int attempt) throws BenchFailure;
    }

    /**
     * Makes all phases again in which the server still compiles much: a JVM does so on the processors that are measured, and only
     * what ran often. How long that takes differs with the workload and the machine, so it is looked at.
     *
     * @param visitsMax on a machine that is too slow for it the run has to go on; the samples say how much was compiled
     */
    static void warmUp(WarmUp visit, Set<Phase> phases, int visitsMax) throws BenchFailure {
        Set<Phase> cold = phases;
        for (int made = 0; made < visitsMax && !cold.isEmpty(); made++) {
            cold = visit.run(cold, made).stream()
                    .filter(sample -> compiling(sample) > COMPILING_PERCENT_MAX)
                    .map(Sample::phase)
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    private static double compiling(Sample sample) {
        return sample.values().getOrDefault(Metric.COMPILING, 0.0);
    }

    /** Standard output is for results; this says that something happens. */
    private void say(String what) {
        System.err.println("bench: " + workload.name() + ", " + what);
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
        return most(samples, Metric.STOLEN);
    }

    private static double most(List<Sample> samples, Metric metric) {
        return samples.stream()
                .mapToDouble(sample -> sample.values().getOrDefault(metric, 0.0))
                .max()
                .orElse(0);
    }
}
