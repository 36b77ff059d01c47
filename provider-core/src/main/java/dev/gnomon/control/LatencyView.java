/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/**
 * How long one kind of thing took since the service started; percentiles are exact to a hundredth.
 *
 * @param name such as {@code nbd.read}
 * @param count how many there were; if none, everything else is 0
 */
public record LatencyView(
        String name, long count, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {

    /** Returns the latencies as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("name", name)
                .put("count", count)
                .put("p50Nanos", p50Nanos)
                .put("p90Nanos", p90Nanos)
                .put("p99Nanos", p99Nanos)
                .put("p999Nanos", p999Nanos)
                .put("maxNanos", maxNanos);
    }

    static LatencyView from(Fields in) throws ControlException {
        return new LatencyView(
                in.text("name"),
                in.count("count"),
                in.count("p50Nanos"),
                in.count("p90Nanos"),
                in.count("p99Nanos"),
                in.count("p999Nanos"),
                in.count("maxNanos"));
    }
}
