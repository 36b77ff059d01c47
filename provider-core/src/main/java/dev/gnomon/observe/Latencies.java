/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.AtomicHistogram;

/**
 * How long everything in {@link Timed} took since the start. Thread-safe: recording is a few atomic additions, without a
 * lock and without an allocation, so that it may stand on the data path.
 */
public final class Latencies {
    /** What takes longer is recorded as this: an hour. The range is fixed, so that recording never has to grow anything. */
    static final long MAX_NANOS = 3_600_000_000_000L;

    /** Durations are told apart to a hundredth, for some 36 KiB each. */
    private static final int SIGNIFICANT_DIGITS = 2;

    private final Map<Timed, AtomicHistogram> histograms = new EnumMap<>(Timed.class);

    /** Creates empty ones. */
    public Latencies() {
        for (Timed each : Timed.values()) {
            histograms.put(each, new AtomicHistogram(MAX_NANOS, SIGNIFICANT_DIGITS));
        }
    }

    /** Records one duration; below 0 counts as 0. */
    public void record(Timed what, long nanos) {
        histogram(what).recordValue(Math.clamp(nanos, 0, MAX_NANOS));
    }

    /** Returns what was recorded so far; what is recorded meanwhile may be in it or not. */
    public LatencySummary summary(Timed what) {
        return new LatencySummary(what, histogram(what).copy());
    }

    private AtomicHistogram histogram(Timed what) {
        return Objects.requireNonNull(histograms.get(what));
    }
}
