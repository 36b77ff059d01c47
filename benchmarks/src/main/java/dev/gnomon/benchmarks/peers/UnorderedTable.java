/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gnomon in both modes beside the peers that force nothing for a copy. Nothing in it is a number to reach. */
final class UnorderedTable {
    /** The heading of the table in every form of the report. */
    static final String TITLE = "With and without order";

    private static final List<Metric> METRICS = List.of(Metric.OPERATIONS, Metric.DURABLE, Metric.CPU, Metric.P99);

    private UnorderedTable() {}

    /** Returns headings and rows; headings alone if the volatile mode was not measured beside anybody. */
    static List<List<String>> of(Samples samples) {
        List<List<String>> rows = new ArrayList<>();
        List<String> headings = new ArrayList<>(List.of("cell", "of", "against"));
        METRICS.forEach(metric -> headings.add(metric.heading()));
        rows.add(headings);
        for (Samples.Cell cell : samples.cells()) {
            if (samples.of(cell, PeerTypes.GNOMON_VOLATILE).isEmpty()) {
                continue;
            }
            for (String other : PeerTypes.UNORDERED) {
                add(rows, samples, cell, PeerTypes.GNOMON, other);
                add(rows, samples, cell, PeerTypes.GNOMON_VOLATILE, other);
            }
            add(rows, samples, cell, PeerTypes.GNOMON_VOLATILE, PeerTypes.GNOMON);
        }
        return rows;
    }

    /** Returns how to read the table. */
    static String note() {
        return "Medians (least-greatest) of one's value divided by the other's in the same round; not judged. Gnomon as it is"
                + " keeps old bytes durable before new ones reach the origin, the others do not, and "
                + PeerTypes.GNOMON_VOLATILE + " is the same service whose copies are never forced. What is left of its"
                + " distance to them is the engine's, the rest is the price of copies that survive a power cut.";
    }

    private static void add(List<List<String>> rows, Samples samples, Samples.Cell cell, String own, String other) {
        List<String> row =
                new ArrayList<>(List.of(cell.workload() + "/" + cell.phase().id(), own, other));
        boolean any = false;
        for (Metric metric : METRICS) {
            Map<Integer, Double> others = samples.values(cell, other, metric);
            List<Double> ratios = Samples.ratios(samples.values(cell, own, metric), others);
            row.add(ratios.isEmpty() ? "-" : Spread.of(ratios).text(2));
            any |= !ratios.isEmpty();
        }
        if (any) {
            rows.add(row);
        }
    }
}
