/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.util.List;
import java.util.Map;

/**
 * What a check of a store found.
 *
 * @param findings each damage; none means that the store is clean
 * @param counters what was looked at, such as {@code batches}, by name
 */
public record CheckReport(List<Finding> findings, Map<String, Long> counters) {
    /** Copies the collections. */
    public CheckReport {
        findings = List.copyOf(findings);
        counters = Map.copyOf(counters);
    }

    /**
     * One damage.
     *
     * @param file path of the file that holds it
     * @param offsetBytes where in the file
     * @param problem what was found and what was expected there
     */
    public record Finding(String file, long offsetBytes, String problem) {}
}
