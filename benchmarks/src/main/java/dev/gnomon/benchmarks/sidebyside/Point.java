/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one contender did in one round of one phase.
 *
 * @param round 1 or more; warm-up rounds make no points
 * @param threads processor time of the server's threads by name, in percent of one processor over the point
 */
record Point(String phase, String contender, int round, Map<Figure, Double> figures, Map<String, Double> threads) {
    /** Copies the maps. */
    Point {
        figures = new EnumMap<>(figures);
        threads = new TreeMap<>(threads);
    }
}
