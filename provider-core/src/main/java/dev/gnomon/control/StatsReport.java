/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Everything that the service counts and measures, as {@code gnomon stats} shows it. */
public record StatsReport(StatsView engine, NbdStatsView nbd, List<LatencyView> latencies) {
    /** Copies the list. */
    public StatsReport {
        latencies = List.copyOf(latencies);
    }

    /** Returns the report as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.set("engine", engine.toJson());
        json.set("nbd", nbd.toJson());
        ArrayNode array = json.putArray("latencies");
        latencies.forEach(latency -> array.add(latency.toJson()));
        return json;
    }

    static StatsReport from(Fields in) throws ControlException {
        List<LatencyView> latencies = new ArrayList<>();
        for (Fields each : in.objects("latencies")) {
            latencies.add(LatencyView.from(each));
        }
        return new StatsReport(StatsView.from(in.object("engine")), NbdStatsView.from(in.object("nbd")), latencies);
    }
}
