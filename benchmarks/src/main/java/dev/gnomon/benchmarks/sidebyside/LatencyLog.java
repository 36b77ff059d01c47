/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The latencies of single writes as fio logs them: {@code time (ms), latency (ns), direction, size, offset, priority},
 * where the time is that of the end. Source: fio's documentation, "Log File Formats", with {@code log_unix_epoch}.
 *
 * <p>Kept as plain numbers: a load of minutes has tens of millions of them.
 */
final class LatencyLog {
    /** Since 1970, rounded down by fio. */
    private final long[] endMillis;

    private final long[] nanos;

    private LatencyLog(long[] endMillis, long[] nanos) {
        this.endMillis = endMillis;
        this.nanos = nanos;
    }

    /** A time, from and to in milliseconds since 1970. */
    record Window(long fromMillis, long toMillis) {}

    /** Parses the lines of a log. */
    static LatencyLog parse(Stream<String> lines) throws BenchFailure {
        LongStream.Builder ends = LongStream.builder();
        LongStream.Builder latencies = LongStream.builder();
        for (String line : (Iterable<String>) lines::iterator) {
            String[] fields = line.split(", *", -1);
            if (fields.length < 3) {
                throw new BenchFailure(
                        "fio's latency log: expected 'time, latency, direction, ...', found '" + line + "'");
            }
            ends.add(Long.parseLong(fields[0].strip()));
            latencies.add(Long.parseLong(fields[1].strip()));
        }
        return new LatencyLog(ends.build().toArray(), latencies.build().toArray());
    }

    /** Returns when the last write ended, in milliseconds since 1970; 0 if there was none. */
    long lastMillis() {
        return Arrays.stream(endMillis).max().orElse(0);
    }

    /**
     * Returns the sorted latencies of the writes that were under way in one of the windows.
     *
     * @param windows one after another
     */
    long[] inside(List<Window> windows) {
        return sorted(windows, true);
    }

    /** Returns the sorted latencies of all other writes; see {@link #inside}. */
    long[] outside(List<Window> windows) {
        return sorted(windows, false);
    }

    private long[] sorted(List<Window> windows, boolean inside) {
        long[] ends = windows.stream().mapToLong(Window::toMillis).toArray();
        return IntStream.range(0, nanos.length)
                .filter(write -> isInside(write, windows, ends) == inside)
                .mapToLong(write -> nanos[write])
                .sorted()
                .toArray();
    }

    private boolean isInside(int write, List<Window> windows, long[] ends) {
        long begun = endMillis[write] - nanos[write] / 1_000_000;
        int found = Arrays.binarySearch(ends, begun);
        int first = found >= 0 ? found : -found - 1; // the first window that ends when the write had begun, or later
        // fio's clock reading is a millisecond at worst before the end.
        return first < ends.length && endMillis[write] + 1 >= windows.get(first).fromMillis();
    }
}
