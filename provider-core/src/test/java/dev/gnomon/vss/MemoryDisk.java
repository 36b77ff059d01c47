/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.AllocationSink;
import dev.gnomon.snapshot.CopyReader;
import java.nio.ByteBuffer;

/** A disk of some bytes that answers as a copy does. */
final class MemoryDisk implements CopyReader {
    private final byte[] bytes;

    MemoryDisk(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public long sizeBytes() {
        return bytes.length;
    }

    @Override
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        if (offsetBytes < 0 || offsetBytes > bytes.length - target.remaining()) {
            return IoStatus.INVALID;
        }
        target.put(bytes, (int) offsetBytes, target.remaining());
        return IoStatus.OK;
    }

    @Override
    public IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        return IoStatus.NOT_SUPPORTED;
    }
}
