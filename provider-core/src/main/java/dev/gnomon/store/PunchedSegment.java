/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What was given back inside one segment by this process; immutable.
 *
 * @param file that has the holes, null if it was moved: the copy is whole
 * @param blocks of 4096 bytes that were given up; never changed
 * @param bytes of space that came back
 */
record PunchedSegment(@Nullable StorageFile file, BitSet blocks, long bytes) {
    /** Returns whether a block was given up. */
    boolean holds(long offsetBytes, int blockBytes) {
        return blocks.get((int) (offsetBytes / blockBytes));
    }
}
