/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.store.format.SegmentDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directories that segments are in: one, or two while they are moved from the one to the other. New ones are made in the
 * second then, and where both have one of a number, the second counts: it is the same, and will be written to.
 *
 * @param own the store's directory
 * @param home where the segments are, or are moved from
 * @param target where they are moved to, null if they are not
 */
record SegmentPlaces(Path own, Path home, @Nullable Path target) {
    /** The end of the name of a segment that is being copied; it counts for nothing. */
    static final String COPY = ".moving";

    /**
     * What lies in the directories.
     *
     * @param files of segments that may count, by number
     * @param leftOver names that count for nothing
     */
    record Found(SortedMap<Integer, Path> files, List<Path> leftOver) {
        /** Returns one more than the highest number. */
        int end() {
            return files.isEmpty() ? 0 : files.lastKey() + 1;
        }
    }

    /** Returns what a superblock names. */
    static SegmentPlaces of(Path own, SegmentDirectories named) {
        Path home = named.home().isEmpty() ? own : own.resolve(named.home());
        String target = named.target();
        Path to = target.isEmpty() ? null : target.equals(SegmentDirectories.OWN_TARGET) ? own : own.resolve(target);
        return new SegmentPlaces(own, home, to);
    }

    /** Returns how a superblock names these. */
    SegmentDirectories named() {
        String to = target == null ? "" : target.equals(own) ? SegmentDirectories.OWN_TARGET : target.toString();
        return new SegmentDirectories(home.equals(own) ? "" : home.toString(), to);
    }

    /** Returns where new segments are made. */
    Path forNew() {
        return target == null ? home : target;
    }

    /** Returns the directories; a file in a later one counts before one in an earlier. */
    List<Path> all() {
        return target == null ? List.of(home) : List.of(home, target);
    }

    /** Looks into the directories. */
    Found find(Storage storage) throws IOException {
        SortedMap<Integer, Path> files = new TreeMap<>();
        List<Path> leftOver = new ArrayList<>();
        for (Path directory : all()) {
            for (String name : storage.list(directory)) {
                if (name.matches("segment-\\d{8}")) {
                    Path before = files.put(number(name), directory.resolve(name));
                    if (before != null) {
                        leftOver.add(before);
                    }
                } else if (name.matches("segment-\\d{8}\\" + COPY)) {
                    leftOver.add(directory.resolve(name));
                }
            }
        }
        return new Found(files, leftOver);
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(name.indexOf('-') + 1));
    }

    /** Returns whether a file lies in a directory. */
    static boolean isIn(Path file, Path directory) {
        return directory.equals(file.getParent());
    }

    /** Makes all names in the directories durable. */
    void syncAll(Storage storage) throws IOException {
        for (Path directory : all()) {
            storage.syncDirectory(directory);
        }
    }
}
