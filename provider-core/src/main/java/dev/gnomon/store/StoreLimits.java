/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

/**
 * What a store may take of the machine; not a property of the store on disk.
 *
 * @param indexBytes memory for the index: its tails, and the cache of blocks of its runs; from 64 KiB to 16 GiB
 * @param checkpointLogBytes so much log is written before a checkpoint spares the next opening to read it
 * @param backgroundBytesPerSecond most that background work reads and writes
 */
public record StoreLimits(long indexBytes, long checkpointLogBytes, long backgroundBytesPerSecond) {
    /** 512 MiB of memory, a checkpoint each 256 MiB of log, 200 MiB/s in the background. */
    public static final StoreLimits STANDARD = new StoreLimits(512L << 20, 256L << 20, 200L << 20);

    private static final long MIN_INDEX_BYTES = 64 << 10;

    /** A tail of that size is sorted on the heap, by eight bytes an exception. */
    private static final long MAX_INDEX_BYTES = 16L << 30;

    /** Checks the bounds. */
    public StoreLimits {
        if (indexBytes < MIN_INDEX_BYTES || indexBytes > MAX_INDEX_BYTES) {
            throw new IllegalArgumentException("memory for the index: expected " + MIN_INDEX_BYTES + " to "
                    + MAX_INDEX_BYTES + " bytes, got " + indexBytes);
        }
        if (checkpointLogBytes < 1 || backgroundBytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "limits of the store: expected at least 1 byte of log between checkpoints"
                            + " and 1 byte a second in the background, got " + checkpointLogBytes + ", "
                            + backgroundBytesPerSecond);
        }
    }

    /** Returns the same with another budget for the index. */
    public StoreLimits withIndexBytes(long bytes) {
        return new StoreLimits(bytes, checkpointLogBytes, backgroundBytesPerSecond);
    }

    /** Returns how much of the memory is for blocks of runs. */
    long cacheBytes() {
        return indexBytes / 4;
    }

    /** Returns how much more is for the maps of overlays. */
    long overlayBytes() {
        return indexBytes / 4;
    }

    /** Returns how many exceptions a tail takes; another as large may be frozen at the same time. */
    long tailExceptions() {
        return Math.max(1, (indexBytes - cacheBytes()) / 2 / ExceptionIndex.bytesOf(1));
    }
}
