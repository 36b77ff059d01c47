/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.util.List;
import java.util.Locale;

/** The median of some values, and the least and the greatest of them. */
public record Spread(double median, double min, double max) {

    /**
     * Returns the spread of at least one value.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a spread of no values");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /**
     * Returns the value that the given part of sorted values does not exceed (nearest rank).
     *
     * @param sorted ascending, at least one
     * @param part above 0, at most 1
     */
    static long percentile(long[] sorted, double part) {
        if (sorted.length == 0 || part <= 0 || part > 1) {
            throw new IllegalArgumentException("percentile " + part + " of " + sorted.length + " values");
        }
        return sorted[(int) Math.ceil(part * sorted.length) - 1];
    }

    /** Returns the median, and the range behind it if there is one that shows. */
    public String text(int digits) {
        String format = "%,." + digits + "f";
        String low = String.format(Locale.ROOT, format, min);
        String high = String.format(Locale.ROOT, format, max);
        String middle = String.format(Locale.ROOT, format, median);
        return low.equals(high) ? middle : middle + " (" + low + "-" + high + ")";
    }
}
