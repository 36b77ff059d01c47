/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The directory of one run, new below the one that was asked for. */
public record Workplace(Path directory) {
    private static final String PREFIX = "b";

    /** Makes one. */
    public static Workplace create(Path parent, long bytesNeeded) throws BenchFailure {
        try {
            Files.createDirectories(parent);
            long free = Files.getFileStore(parent).getUsableSpace();
            if (free < bytesNeeded) {
                throw new BenchFailure(parent + ": " + (free >> 20) + " MiB are free, the benchmark needs "
                        + (bytesNeeded >> 20) + " MiB; name another place with --dir");
            }
            return new Workplace(Files.createTempDirectory(parent.toRealPath(), PREFIX));
        } catch (IOException e) {
            throw new BenchFailure(parent + ": cannot work there: " + e, e);
        }
    }

    /** Removes a directory with everything in it; does nothing if it is gone. */
    public static void remove(Path directory) throws BenchFailure {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            List<Path> all;
            try (Stream<Path> tree = Files.walk(directory)) {
                all = tree.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new BenchFailure(directory + ": cannot be removed: " + e, e);
        }
    }
}
