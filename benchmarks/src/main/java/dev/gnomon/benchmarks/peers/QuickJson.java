/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What {@code gnomon bench quick --json} wrote of sets, recovery and memory, as samples of their scenarios. */
final class QuickJson {
    /** Its figures, by their names, and what they are here. */
    private static final Map<String, Metric> METRICS = Map.ofEntries(
            Map.entry("stallP99Millis", Metric.STALL_P99),
            Map.entry("cuts", Metric.CUTS),
            Map.entry("pieces", Metric.PIECES),
            Map.entry("firstReadMillis", Metric.FIRST_READ),
            Map.entry("openedReadMillis", Metric.OPENED_READ),
            Map.entry("heapMebibytes", Metric.HEAP),
            Map.entry("residentMebibytes", Metric.RESIDENT),
            Map.entry("growthMebibytesPerTebibyte", Metric.GROWTH),
            Map.entry("bytesPerException", Metric.PER_EXCEPTION),
            Map.entry("stolenPercent", Metric.STOLEN));

    private static final List<Workload> SCENARIOS = List.of(Workload.SET, Workload.RECOVERY, Workload.MEMORY);

    private QuickJson() {}

    /** Returns whether it is a run of {@code bench quick}. */
    static boolean is(JsonNode json) {
        return json.path("scenarios").isArray();
    }

    /** Returns its facts and its samples of Gnomon with one copy. */
    static PeersRun read(JsonNode json) {
        Map<String, String> facts = new LinkedHashMap<>();
        json.path("facts")
                .properties()
                .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asString()));
        List<Sample> samples = new ArrayList<>();
        for (JsonNode scenario : json.path("scenarios")) {
            for (Workload workload : SCENARIOS) {
                if (scenario.path("name").asString().equals(workload.name())) {
                    samples.addAll(samples(workload, scenario));
                }
            }
        }
        return new PeersRun(List.of(facts), List.of(), new Samples(samples));
    }

    private static List<Sample> samples(Workload workload, JsonNode scenario) {
        List<Sample> samples = new ArrayList<>();
        for (JsonNode point : scenario.path("points")) {
            String contender = point.path("contender").asString();
            if (contender.equals(PeerTypes.GNOMON) || contender.equals(PeerTypes.GNOMON + ", 1 copy")) {
                Map<Metric, Double> values = new EnumMap<>(Metric.class);
                METRICS.forEach((name, metric) -> {
                    if (point.path("figures").path(name).isNumber()) {
                        values.put(metric, point.path("figures").path(name).asDouble());
                    }
                });
                int round = point.path("round").asInt();
                samples.add(new Sample(workload.name(), Phase.WHOLE, PeerTypes.GNOMON, round, 1, values));
            }
        }
        return samples;
    }
}
