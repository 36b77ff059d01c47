/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory that a service holds. Its heap must be touched from the start, so that what grows is memory off the heap.
 *
 * @param anonymousBytes what is no file's: heap, off-heap, stacks. Source: proc(5), RssAnon
 * @param heapBytes what of the heap is in use after a full collection
 */
record Held(long anonymousBytes, long heapBytes) {
    private static final long KIBIBYTE = 1 << 10;
    /** The last line of a class histogram: the word, how many objects, their bytes. */
    private static final String TOTAL = "Total";

    /** Measures it; the service collects its garbage for that. */
    static Held by(Gnomon server, Children children, Path scratch) throws BenchFailure {
        long heap = heapBytes(server, children, scratch);
        return new Held(anonymousBytes(server), heap);
    }

    /** Returns how much less was held before. */
    long since(Held before) {
        return anonymousBytes - before.anonymousBytes + heapBytes - before.heapBytes;
    }

    static long anonymousBytes(Gnomon server) throws BenchFailure {
        Path status = Path.of("/proc", Long.toString(server.pid()), "status");
        try {
            String line = Files.readAllLines(status).stream()
                    .filter(each -> each.startsWith("RssAnon:"))
                    .findFirst()
                    .orElseThrow(() -> new BenchFailure(status + ": expected a line RssAnon, found none"));
            return Long.parseLong(line.replaceAll("\\D+", "")) * KIBIBYTE;
        } catch (IOException e) {
            throw new BenchFailure(status + ": cannot be read: " + e, e);
        }
    }

    /** A class histogram of what is alive, whatever the collector is. Source: jcmd(1), GC.class_histogram. */
    private static long heapBytes(Gnomon server, Children children, Path scratch) throws BenchFailure {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Files.deleteIfExists(scratch);
            children.run(List.of(jcmd, Long.toString(server.pid()), "GC.class_histogram"), scratch);
            return total(Files.readAllLines(scratch));
        } catch (IOException e) {
            throw new BenchFailure(scratch + ": cannot be read: " + e, e);
        }
    }

    /** Returns the bytes of the histogram's last line. */
    static long total(List<String> histogram) throws BenchFailure {
        String line = histogram.stream()
                .filter(each -> each.startsWith(TOTAL))
                .findFirst()
                .orElseThrow(
                        () -> new BenchFailure("a class histogram: expected a line " + TOTAL + ", found " + histogram));
        String[] words = line.strip().split("\\s+", -1);
        return Long.parseLong(words[words.length - 1]);
    }
}
