/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/** Joins adjacent extents of one kind before it passes them on. Confined to one task. */
final class ExtentMerger implements AllocationSink {
    private final AllocationSink target;
    private long length;
    private boolean hole;
    private boolean more = true;

    ExtentMerger(AllocationSink target) {
        this.target = target;
    }

    @Override
    public boolean extent(long lengthBytes, boolean isHole) {
        if (length > 0 && hole != isHole) {
            flush();
        }
        hole = isHole;
        length += lengthBytes;
        return more;
    }

    /** Passes on what is held. */
    void flush() {
        if (length > 0 && more) {
            more = target.extent(length, hole);
        }
        length = 0;
    }
}
