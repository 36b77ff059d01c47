/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import org.HdrHistogram.AbstractHistogram;

/** The durations of one kind at one moment, in nanoseconds, exact to a hundredth. Immutable. */
public final class LatencySummary {
    private final Timed what;
    private final AbstractHistogram histogram;

    LatencySummary(Timed what, AbstractHistogram histogram) {
        this.what = what;
        this.histogram = histogram;
    }

    /** Returns what was measured. */
    public Timed what() {
        return what;
    }

    /** Returns how many durations there are. */
    public long count() {
        return histogram.getTotalCount();
    }

    /** Returns their sum. */
    public double sumNanos() {
        return count() == 0 ? 0 : histogram.getMean() * count();
    }

    /** Returns the duration that the given per cent of all do not exceed; 0 if there are none. */
    public long percentileNanos(double percent) {
        return count() == 0 ? 0 : histogram.getValueAtPercentile(percent);
    }

    /** Returns the longest; 0 if there are none. */
    public long maxNanos() {
        return histogram.getMaxValue();
    }

    /** Returns how many durations are at most that long. */
    public long countUpTo(long nanos) {
        return count() == 0 ? 0 : histogram.getCountBetweenValues(0, nanos);
    }
}
