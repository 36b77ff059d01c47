/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import java.util.List;
import java.util.function.Supplier;

/**
 * A number, or one per value of a label, that can be asked for at any time, on any thread.
 *
 * @param name as Prometheus writes it: base unit at the end, {@code _total} for counters
 * @param help one sentence
 * @param label name of the label that tells the points apart; empty if there is one point only
 * @param points asks for the numbers of now; there must be few, as each label value is a time series
 */
public record Metric(String name, Kind kind, String help, String label, Supplier<List<Point>> points) {
    /** What a metric is. */
    public enum Kind {
        /** Rises only, from 0 at the start of the service. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** Durations. */
        HISTOGRAM
    }

    /** What stands for one value of the label. */
    public sealed interface Point {
        /** Returns the value of the label, empty if there is no label. */
        String label();
    }

    /** A number. */
    public record Value(String label, double value) implements Point {}

    /** Durations. */
    public record Durations(String label, LatencySummary summary) implements Point {}

    /** Returns a metric without label. */
    public static Metric of(String name, Kind kind, String help, Supplier<Number> value) {
        return new Metric(
                name, kind, help, "", () -> List.of(new Value("", value.get().doubleValue())));
    }
}
