/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** The samples of a run, and what can be asked of them. */
record Samples(List<Sample> all) {
    private static final double LOWER_QUARTILE = 0.25;
    private static final double UPPER_QUARTILE = 0.75;

    /** Copies the list. */
    Samples {
        all = List.copyOf(all);
    }

    /** One kind of load in one phase: what is compared with each other. */
    record Cell(String workload, Phase phase) {}

    /** Returns these and newer ones, which take the place of older ones of the same cell. */
    Samples with(Collection<Sample> newer) {
        Set<Cell> replaced = new LinkedHashSet<>();
        newer.forEach(sample -> replaced.add(new Cell(sample.workload(), sample.phase())));
        List<Sample> merged = new ArrayList<>();
        for (Sample sample : all) {
            if (!replaced.contains(new Cell(sample.workload(), sample.phase()))) {
                merged.add(sample);
            }
        }
        merged.addAll(newer);
        return new Samples(merged);
    }

    /** Returns the cells, in the order of the workloads and phases. */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Workload workload : Workload.REPORTED) {
            for (Phase phase : workload.phases()) {
                Cell cell = new Cell(workload.name(), phase);
                if (all.stream().anyMatch(sample -> in(sample, cell))) {
                    cells.add(cell);
                }
            }
        }
        return cells;
    }

    /** Returns the peers that have samples in a cell, in the order of the tables. */
    List<PeerType> peers(Cell cell) {
        return PeerTypes.ALL.stream()
                .filter(type -> all.stream()
                        .anyMatch(sample -> in(sample, cell) && sample.peer().equals(type.id())))
                .toList();
    }

    /** Returns the samples of a peer in a cell. */
    List<Sample> of(Cell cell, String peer) {
        return all.stream()
                .filter(sample -> in(sample, cell) && sample.peer().equals(peer))
                .toList();
    }

    /** Returns the values of a metric, by round. */
    Map<Integer, Double> values(Cell cell, String peer, Metric metric) {
        Map<Integer, Double> values = new TreeMap<>();
        for (Sample sample : of(cell, peer)) {
            Double value = sample.values().get(metric);
            if (value != null) {
                values.put(sample.round(), value);
            }
        }
        return values;
    }

    /** Returns median and range of a metric, if a peer has it. */
    Optional<Spread> spread(Cell cell, String peer, Metric metric) {
        List<Double> values = List.copyOf(values(cell, peer, metric).values());
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** Returns one value divided by the other for each round that has both. */
    static List<Double> ratios(Map<Integer, Double> numerators, Map<Integer, Double> denominators) {
        List<Double> ratios = new ArrayList<>();
        numerators.forEach((round, numerator) -> {
            Double denominator = denominators.get(round);
            if (denominator != null && denominator != 0) {
                ratios.add(numerator / denominator);
            }
        });
        return ratios;
    }

    /**
     * Returns how far the same program is from itself in a cell: how far the median of the ratios of a pair is from 1, or half
     * of what the middle half of them spans, whichever is more. Empty if the cell holds no pair.
     */
    OptionalDouble disagreement(Cell cell, Metric metric) {
        OptionalDouble most = OptionalDouble.empty();
        for (PeerType type : peers(cell)) {
            if (!type.again().isEmpty()) {
                List<Double> ratios = ratios(values(cell, type.id(), metric), values(cell, type.again(), metric));
                if (!ratios.isEmpty()) {
                    most = OptionalDouble.of(Math.max(most.orElse(0), disagreement(ratios)));
                }
            }
        }
        return most;
    }

    /** Does that for the ratios of one pair. */
    static double disagreement(List<Double> ratios) {
        double[] sorted =
                ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double middleHalf = quantile(sorted, UPPER_QUARTILE) - quantile(sorted, LOWER_QUARTILE);
        return Math.max(Math.abs(Spread.of(ratios).median() - 1), middleHalf / 2);
    }

    /** Between two values it is in proportion. */
    private static double quantile(double[] sorted, double part) {
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    private static boolean in(Sample sample, Cell cell) {
        return sample.workload().equals(cell.workload()) && sample.phase() == cell.phase();
    }
}
