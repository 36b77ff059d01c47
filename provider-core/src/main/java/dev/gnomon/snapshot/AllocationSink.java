/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/** Receives consecutive extents of a volume or shadow copy. */
@FunctionalInterface
public interface AllocationSink {
    /**
     * Takes the next extent.
     *
     * @param lengthBytes 1 or more
     * @param hole reads as zeros and takes no space
     * @return whether more are wanted
     */
    boolean extent(long lengthBytes, boolean hole);
}
