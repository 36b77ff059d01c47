/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The latencies of single writes as fio logs them: {@code time (ms), latency (ns), direction, size, offset, priority},
 * where the time is that of the end. Source: fio's documentation, "Log File Formats", with {@code log_unix_epoch}.
 */
record LatencyLog(List<Write> writes) {

    /**
     * One write.
     *
     * @param endMillis since 1970, rounded down by fio
     */
    record Write(long endMillis, long nanos) {
        boolean overlaps(Window window) {
            // fio's clock reading is a millisecond at worst before the end.
            return endMillis + 1 >= window.fromMillis() && endMillis - nanos / 1_000_000 <= window.toMillis();
        }
    }

    /** A time, from and to in milliseconds since 1970. */
    record Window(long fromMillis, long toMillis) {}

    /** Parses the lines of a log. */
    static LatencyLog parse(Stream<String> lines) throws BenchFailure {
        List<Write> writes = new ArrayList<>();
        for (String line : (Iterable<String>) lines::iterator) {
            String[] fields = line.split(", *", -1);
            if (fields.length < 3) {
                throw new BenchFailure(
                        "fio's latency log: expected 'time, latency, direction, ...', found '" + line + "'");
            }
            writes.add(new Write(Long.parseLong(fields[0].strip()), Long.parseLong(fields[1].strip())));
        }
        return new LatencyLog(writes);
    }

    /** Returns when the last write ended, in milliseconds since 1970; 0 if there was none. */
    long lastMillis() {
        return writes.stream().mapToLong(Write::endMillis).max().orElse(0);
    }

    /** Returns the sorted latencies of the writes that were under way in one of the windows. */
    long[] inside(List<Window> windows) {
        return Spread.sorted(writes.stream()
                .filter(write -> windows.stream().anyMatch(write::overlaps))
                .map(Write::nanos)
                .toList());
    }

    /** Returns the sorted latencies of all other writes. */
    long[] outside(List<Window> windows) {
        return Spread.sorted(writes.stream()
                .filter(write -> windows.stream().noneMatch(write::overlaps))
                .map(Write::nanos)
                .toList());
    }
}
