/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import java.nio.ByteBuffer;

/** What readers of a shadow copy see: its own content, or that of its overlay. Thread-safe. */
public interface CopyReader {
    /** Returns the size of the volume at the cut, in bytes. */
    long sizeBytes();

    /** Fills the buffer from a range; on anything but OK its content is undefined. */
    IoStatus read(long offsetBytes, ByteBuffer target);

    /** Reports what of a range takes space. */
    IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink);
}
