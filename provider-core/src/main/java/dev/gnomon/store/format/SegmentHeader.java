/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The first block of every segment file of the log.
 *
 * <pre>
 *  offset size
 *     0   56  prologue, magic "GNOMONSG"
 *    56    8  number of the segment, from 0
 *    64    8  size of the segment in bytes, this block included
 *    72 4024  zero
 * </pre>
 */
public final class SegmentHeader {
    /** Bytes of the block; batches start behind it. */
    public static final int BYTES = 4096;

    private static final long MAGIC = Prologue.magic("GNOMONSG");
    private static final int NUMBER = 56;
    private static final int SIZE = 64;

    private SegmentHeader() {}

    /** Writes the block at the start of the buffer. */
    public static void encode(ByteBuffer block, UUID store, long number, long sizeBytes) {
        Prologue.ordered(block);
        for (int i = 0; i < BYTES; i += 8) {
            block.putLong(i, 0);
        }
        Prologue.write(block, 0, MAGIC, store);
        block.putLong(NUMBER, number);
        block.putLong(SIZE, sizeBytes);
        Prologue.seal(block, 0, BYTES);
    }

    /** Returns whether the buffer starts with the header of some segment, its checksum right. */
    public static boolean intact(ByteBuffer block) {
        Prologue.ordered(block);
        return Prologue.hasMagic(block, 0, MAGIC) && Prologue.intact(block, 0, BYTES);
    }

    /** Returns the number that an intact header states. */
    public static long number(ByteBuffer block) {
        return Prologue.ordered(block).getLong(NUMBER);
    }

    /** Returns the read-only compatible features; this program knows none. */
    public static long readOnlyFeatures(ByteBuffer block) {
        return Prologue.readOnlyFeatures(block, 0);
    }

    /** Checks that the buffer starts with the header of that very segment. */
    public static void require(ByteBuffer block, String file, UUID store, long number, long sizeBytes)
            throws StoreException {
        Prologue.ordered(block);
        if (!Prologue.hasMagic(block, 0, MAGIC)) {
            throw new CorruptionException(
                    file, 0, "magic of the segment", "GNOMONSG", Long.toHexString(block.getLong(0)));
        }
        if (!Prologue.intact(block, 0, BYTES)) {
            throw new CorruptionException(
                    file, 0, "checksum of the segment header", "CRC32C of its 4096 bytes", "another");
        }
        Prologue.requireReadable(block, 0, file, 0);
        if (!Prologue.store(block, 0).equals(store)) {
            throw new CorruptionException(file, 0, "store UUID of the segment", store, Prologue.store(block, 0));
        }
        if (block.getLong(NUMBER) != number) {
            throw new CorruptionException(file, NUMBER, "number of the segment", number, block.getLong(NUMBER));
        }
        if (block.getLong(SIZE) != sizeBytes) {
            throw new CorruptionException(file, SIZE, "size of the segment", sizeBytes, block.getLong(SIZE));
        }
    }
}
