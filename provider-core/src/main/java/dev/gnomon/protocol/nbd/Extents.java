/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Export.ExtentKind;
import dev.gnomon.export.Export.ExtentSink;
import java.nio.ByteBuffer;

/** Gathers the extents of one BLOCK_STATUS straight into the reply. Used by the reader only. */
final class Extents implements ExtentSink {
    /** Most extents in one reply: 32 KiB of descriptors; the client asks on from where they end. */
    static final int MAX = 4096;

    private ByteBuffer out = ByteBuffer.allocate(0);
    private long leftBytes;
    private int left;

    /** Starts at the buffer's position. */
    void begin(ByteBuffer target, long lengthBytes, int maxExtents) {
        out = target;
        leftBytes = lengthBytes;
        left = maxExtents;
    }

    @Override
    public void extent(long lengthBytes, ExtentKind kind) {
        append(lengthBytes, flags(kind));
    }

    /** Appends an extent of a context that tells what changed. */
    void changed(long lengthBytes, boolean changed) {
        append(lengthBytes, changed ? NbdProtocol.STATE_DIRTY : 0);
    }

    /** Appends; what exceeds the range or the count is dropped, whatever the export does. */
    private void append(long lengthBytes, int flags) {
        if (left == 0 || leftBytes == 0 || lengthBytes <= 0) {
            return;
        }
        long length = Math.min(lengthBytes, leftBytes);
        leftBytes -= length;
        left--;
        out.putInt((int) length).putInt(flags);
    }

    static int flags(ExtentKind kind) {
        return switch (kind) {
            case DATA -> 0;
            case HOLE_ZERO -> NbdProtocol.STATE_HOLE | NbdProtocol.STATE_ZERO;
            case ALLOCATED_ZERO -> NbdProtocol.STATE_ZERO;
        };
    }
}
