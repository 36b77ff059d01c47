/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.Preserve;
import java.nio.file.Path;

/**
 * Where a store lies and, if it is to be created, its properties; those of an existing store are read from it.
 *
 * @param directory absolute
 * @param chunkBytes a power of two from 4 KiB to 1 MiB
 * @param segmentBytes a multiple of 4096, at least 64 KiB
 * @param groupPayloadBytes most old bytes in one batch, a multiple of 4096, less than a segment
 * @param limits what the store may take of the machine
 */
public record StoreConfig(
        Path directory, int chunkBytes, long segmentBytes, int groupPayloadBytes, StoreLimits limits) {
    private static final long MIN_SEGMENT_BYTES = 64 << 10;
    private static final long MAX_SEGMENT_BYTES = 1 << 30;

    /** Takes the usual limits. */
    public StoreConfig(Path directory, int chunkBytes, long segmentBytes, int groupPayloadBytes) {
        this(directory, chunkBytes, segmentBytes, groupPayloadBytes, StoreLimits.STANDARD);
    }

    /** Checks the bounds. */
    public StoreConfig {
        if (Integer.bitCount(chunkBytes) != 1
                || chunkBytes < Preserve.PIECE_BYTES
                || chunkBytes > Preserve.MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "chunk size: expected a power of two from 4096 to 1048576 bytes, got " + chunkBytes);
        }
        if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES || segmentBytes % 4096 != 0) {
            throw new IllegalArgumentException("segment size: expected a multiple of 4096 from " + MIN_SEGMENT_BYTES
                    + " to " + MAX_SEGMENT_BYTES + " bytes, got " + segmentBytes);
        }
        if (groupPayloadBytes < Preserve.PIECE_BYTES
                || groupPayloadBytes > segmentBytes / 2
                || groupPayloadBytes % Preserve.PIECE_BYTES != 0) {
            throw new IllegalArgumentException("group payload: expected a multiple of 4096 up to half a segment ("
                    + segmentBytes / 2 + " bytes), got " + groupPayloadBytes);
        }
    }

    /** Returns the usual properties: chunks of 16 KiB, segments of 64 MiB, batches of up to 4 MiB. */
    public static StoreConfig standard(Path directory) {
        return new StoreConfig(directory, 16 << 10, 64L << 20, 4 << 20);
    }
}
