/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.EnumMap;
import java.util.Map;

/**
 * What one peer did in one phase of one visit.
 *
 * @param round 1 or more; 0 in the warm-up, whose samples are not kept
 * @param tries how often the visit was made until so little was stolen from it
 */
record Sample(String workload, Phase phase, String peer, int round, int tries, Map<Metric, Double> values) {
    /** Copies the map. */
    Sample {
        Map<Metric, Double> copy = new EnumMap<>(Metric.class);
        copy.putAll(values);
        values = copy;
    }

    /** Returns this sample with another number of tries. */
    Sample after(int allTries) {
        return new Sample(workload, phase, peer, round, allTries, values);
    }
}
