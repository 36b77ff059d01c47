/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * Reads heads of batches from a segment through a window, around the system's cache: the cache may show what a failed
 * force dropped (I7). Confined to one task.
 */
final class SegmentReader {
    private static final int WINDOW_BYTES = BatchHeader.MAX_HEAD_BYTES + (256 << 10);

    private final UUID store;
    private final long segmentBytes;
    private final ByteBuffer window;
    private StorageFile file;
    private final boolean aroundCache;
    private long windowOffset;

    SegmentReader(UUID store, long segmentBytes, StorageFile first, boolean aroundCache) {
        this.store = store;
        this.segmentBytes = segmentBytes;
        this.file = first;
        this.aroundCache = aroundCache;
        this.window = Arena.ofAuto()
                .allocate(Math.min(WINDOW_BYTES, segmentBytes), 4096)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
        window.limit(0);
    }

    /** Moves to another segment. */
    void open(StorageFile next) {
        file = next;
        window.limit(0);
    }

    StorageFile file() {
        return file;
    }

    /** Returns the buffer in which {@link #head} found a head. */
    ByteBuffer buffer() {
        return window;
    }

    /** Returns where in {@link #buffer} an offset of the segment is; it must have been loaded by {@link #head}. */
    int start(long offset) {
        return (int) (offset - windowOffset);
    }

    /** Loads the head at an offset; returns its length if it is an intact head of this store, else 0. */
    int head(long offset) throws IOException {
        if (offset + BatchHeader.ALIGNMENT_BYTES > segmentBytes || !load(offset, BatchHeader.ALIGNMENT_BYTES)) {
            return 0;
        }
        int headBytes = BatchHeader.plausibleHeadBytes(window, start(offset), store, segmentBytes - offset);
        if (headBytes == 0 || !load(offset, headBytes)) {
            return 0;
        }
        return BatchHeader.intact(window, start(offset), headBytes) ? headBytes : 0;
    }

    /** As {@link #head}, and loads the payload behind it too if the buffer has room for both. */
    int batch(long offset) throws IOException {
        int headBytes = head(offset);
        if (headBytes == 0) {
            return 0;
        }
        long bytes = headBytes + BatchHeader.payloadBytes(window, start(offset));
        if (bytes <= window.capacity() && !load(offset, (int) bytes)) {
            return head(offset); // the payload is not all there, which is for its checksums to tell
        }
        return headBytes;
    }

    private boolean load(long offset, int bytes) throws IOException {
        if (offset >= windowOffset && offset + bytes <= windowOffset + window.limit()) {
            return true;
        }
        windowOffset = offset;
        window.clear().limit((int) Math.min(window.capacity(), segmentBytes - offset));
        while (window.hasRemaining()) {
            long at = offset + window.position();
            int read = aroundCache && at % 4096 == 0 ? file.readAroundCache(window, at) : file.read(window, at);
            if (read <= 0) {
                break;
            }
        }
        window.flip();
        return window.limit() >= bytes;
    }
}
