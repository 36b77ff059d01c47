/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import org.jspecify.annotations.Nullable;

/**
 * Something that a power cut may keep or lose on its own.
 *
 * @param order the order in which it was issued
 * @param name the file, or the name that changed
 * @param kind what it is
 * @param offsetBytes of the sectors in the file; 0 for names
 * @param lengthBytes of the sectors; for a size, that size; 0 for names
 */
public record Unforced(long order, String name, Kind kind, long offsetBytes, long lengthBytes, Origin origin) {
    /** What can be kept or lost. */
    public enum Kind {
        /** Sectors of one write. */
        SECTORS,
        /** A new size of a file. */
        SIZE,
        /** A name that comes, goes or changes. */
        NAME
    }

    /** Where it comes from; only the test kit looks inside. */
    public static final class Origin {
        final int file;
        final @Nullable PendingOp op;
        final @Nullable NameOp names;
        final int from;
        final int count;

        Origin(int file, @Nullable PendingOp op, @Nullable NameOp names, int from, int count) {
            this.file = file;
            this.op = op;
            this.names = names;
            this.from = from;
            this.count = count;
        }
    }
}
