/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/** Receives consecutive extents of what changed in a volume. */
@FunctionalInterface
public interface ChangeSink {
    /**
     * Takes the next extent; it is of the other kind than the one before, but where a part of a range ended.
     *
     * @param lengthBytes 1 or more
     * @param changed was written to, or came to the volume when it grew
     * @return whether more are wanted
     */
    boolean extent(long lengthBytes, boolean changed);
}
