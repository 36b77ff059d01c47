/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/** Counters of the engine since it was opened, and sizes now; units are in the names. */
public record StatsView(
        long reads,
        long directWrites,
        long firstTouchWrites,
        long flushes,
        long preservedBytes,
        long batches,
        long logForces,
        long originForces,
        long logUsedBytes,
        long logAllocatedBytes,
        long limitBytes,
        long liveBytes,
        long deadBytes,
        long freeBytes,
        int fillPercent,
        long secondsToFull,
        long indexBytes,
        long stagingBytes,
        long exceptions,
        long recoveryNanos,
        long recoveredBatches) {

    /** Returns the counters as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("reads", reads)
                .put("directWrites", directWrites)
                .put("firstTouchWrites", firstTouchWrites)
                .put("flushes", flushes)
                .put("preservedBytes", preservedBytes)
                .put("batches", batches)
                .put("logForces", logForces)
                .put("originForces", originForces)
                .put("logUsedBytes", logUsedBytes)
                .put("logAllocatedBytes", logAllocatedBytes)
                .put("limitBytes", limitBytes)
                .put("liveBytes", liveBytes)
                .put("deadBytes", deadBytes)
                .put("freeBytes", freeBytes)
                .put("fillPercent", fillPercent)
                .put("secondsToFull", secondsToFull)
                .put("indexBytes", indexBytes)
                .put("stagingBytes", stagingBytes)
                .put("exceptions", exceptions)
                .put("recoveryNanos", recoveryNanos)
                .put("recoveredBatches", recoveredBatches);
    }

    static StatsView from(Fields in) throws ControlException {
        return new StatsView(
                in.count("reads"),
                in.count("directWrites"),
                in.count("firstTouchWrites"),
                in.count("flushes"),
                in.count("preservedBytes"),
                in.count("batches"),
                in.count("logForces"),
                in.count("originForces"),
                in.count("logUsedBytes"),
                in.count("logAllocatedBytes"),
                in.count("limitBytes"),
                in.count("liveBytes"),
                in.count("deadBytes"),
                in.count("freeBytes"),
                (int) in.integer("fillPercent", 0, 100),
                in.count("secondsToFull"),
                in.count("indexBytes"),
                in.count("stagingBytes"),
                in.count("exceptions"),
                in.count("recoveryNanos"),
                in.count("recoveredBatches"));
    }
}
