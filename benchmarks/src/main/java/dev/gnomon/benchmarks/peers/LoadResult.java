/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the load generator printed.
 *
 * @param requests without flushes
 * @param ackNanos from the start to the last acknowledgement
 * @param durableNanos the same, and one FLUSH; equal to {@code ackNanos} for reads
 * @param serverCpuNanos processor time of the servers until durable
 * @param clientCpuNanos the same of the load generator
 * @param stolenPercent what the hypervisor gave to others, of all processors' time
 * @param othersPercent what neither servers nor load generator used, of all processors' time
 * @param perSecond requests acknowledged in each second
 */
record LoadResult(
        long requests,
        long ackNanos,
        long durableNanos,
        long p50Nanos,
        long p99Nanos,
        long p999Nanos,
        long maxNanos,
        long serverCpuNanos,
        long clientCpuNanos,
        double stolenPercent,
        double othersPercent,
        List<Long> perSecond) {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final double PERCENT = 100;
    private static final double NANOS_PER_TICK = 1e7;

    /** Copies the list. */
    LoadResult {
        perSecond = List.copyOf(perSecond);
    }

    /**
     * Parses the one line of JSON.
     *
     * @throws BenchFailure if it is none, or nothing was requested
     */
    static LoadResult parse(String output) throws BenchFailure {
        try {
            JsonNode json = MAPPER.readTree(output);
            long requests = number(json, "requests");
            long ackNanos = number(json, "ackNanos");
            if (requests == 0 || ackNanos == 0) {
                throw new BenchFailure("the load generator made " + requests + " requests in " + ackNanos
                        + " ns; expected some of both");
            }
            JsonNode usage = json.path("untilDurable");
            long serverNanos = number(usage, "serverCpuNanos");
            long clientNanos = number(usage, "clientCpuNanos");
            double ticks = Math.max(1, number(usage, "totalTicks"));
            double own = (serverNanos + clientNanos) / NANOS_PER_TICK;
            List<Long> perSecond = new ArrayList<>();
            json.path("perSecond").forEach(second -> perSecond.add(second.asLong()));
            return new LoadResult(
                    requests,
                    ackNanos,
                    number(json, "durableNanos"),
                    number(json, "p50Nanos"),
                    number(json, "p99Nanos"),
                    number(json, "p999Nanos"),
                    number(json, "maxNanos"),
                    serverNanos,
                    clientNanos,
                    PERCENT * number(usage, "stolenTicks") / ticks,
                    PERCENT * Math.max(0, number(usage, "busyTicks") - own) / ticks,
                    perSecond);
        } catch (JacksonException e) {
            throw new BenchFailure("the load generator printed no JSON: '" + output.strip() + "'", e);
        }
    }

    private static long number(JsonNode json, String name) throws BenchFailure {
        JsonNode value = json.path(name);
        if (!value.isIntegralNumber()) {
            throw new BenchFailure("the load generator's output: expected a number '" + name + "' in " + json);
        }
        return value.asLong();
    }
}
