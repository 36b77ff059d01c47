/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts what was explored, by area. Safe for use by several threads. */
final class Tally {
    private final Map<Area, Map<Kind, Long>> counts = new EnumMap<>(Area.class);

    /** What is counted. */
    enum Kind {
        /** Distinct durable images that were recovered and judged. */
        STATES,
        /** I/Os of workloads at which the machine was cut. */
        IO_INDEXES,
        /** Kills of the process, after which the page cache was still there. */
        KILLS,
        /** States that were cut in a second or third life. */
        DEEPER,
        /** States in which the checker found nothing, as it must. */
        CHECKED,
        /** Workloads. */
        RUNS
    }

    synchronized void add(Area area, Kind kind, long count) {
        counts.computeIfAbsent(area, key -> new EnumMap<>(Kind.class)).merge(kind, count, Long::sum);
    }

    synchronized long get(Area area, Kind kind) {
        return counts.getOrDefault(area, Map.of()).getOrDefault(kind, 0L);
    }

    synchronized long total(Kind kind) {
        return counts.values().stream()
                .mapToLong(row -> row.getOrDefault(kind, 0L))
                .sum();
    }

    /** Returns one line of the table. */
    String row(Area area) {
        return String.format(
                Locale.ROOT,
                "%-16s %7d crash states  %6d I/O indexes  %6d kills  %6d at depth 2-3  %6d checked  %4d workloads",
                area.title,
                get(area, Kind.STATES),
                get(area, Kind.IO_INDEXES),
                get(area, Kind.KILLS),
                get(area, Kind.DEEPER),
                get(area, Kind.CHECKED),
                get(area, Kind.RUNS));
    }
}
