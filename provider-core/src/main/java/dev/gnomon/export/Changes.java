/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.io.IoStatus;

/** What changed in an export since a shadow copy of the same volume. Thread-safe; keeps nothing open. */
@FunctionalInterface
public interface Changes {
    /**
     * Reports a range as consecutive extents that cover it from its start; may stop early, after at least one, when
     * {@code maxExtents} is reached or it has worked for a while. Blocks until done.
     *
     * @param lengthBytes 1 or more
     * @param sink called for each extent in order, adjacent extents differ in kind
     * @return {@link IoStatus#GONE} if one of the two sides was deleted: what was reported counts for nothing
     */
    IoStatus changes(long offsetBytes, long lengthBytes, int maxExtents, Sink sink);

    /** Receives extents. */
    @FunctionalInterface
    interface Sink {
        /** Takes the next extent; {@code lengthBytes} is 1 or more. */
        void extent(long lengthBytes, boolean changed);
    }
}
