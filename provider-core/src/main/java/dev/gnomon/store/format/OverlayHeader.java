/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The first block of the file of an overlay; batches of new data follow it without gaps.
 *
 * <pre>
 *  offset size
 *     0   56  prologue, magic "GNOMONOV"; its checksum covers the block
 *    56    8  number of the overlay, as in its name
 *    64   16  UUID of the shadow copy
 *    80    8  chain: a random number that no other file has; each batch of this file repeats it
 *    88    8  size of the shadow copy in bytes
 *    96 4000  zero
 * </pre>
 *
 * <p>The first batch carries the hash of this block as that of the batch before.
 *
 * @param chain ties the batches to this very file: a compacted one has another
 */
public record OverlayHeader(UUID store, long number, UUID copy, long chain, long sizeBytes) {
    /** Bytes of the block; batches start behind it. */
    public static final int BYTES = 4096;

    private static final long MAGIC = Prologue.magic("GNOMONOV");
    private static final int NUMBER = 56;
    private static final int COPY = 64;
    private static final int CHAIN = 80;
    private static final int SIZE = 88;

    /** Writes the block to the start of the buffer. */
    public void encode(ByteBuffer block) {
        Prologue.ordered(block);
        for (int i = 0; i < BYTES; i += 8) {
            block.putLong(i, 0);
        }
        Prologue.write(block, 0, MAGIC, store);
        block.putLong(NUMBER, number);
        Prologue.putUuid(block, COPY, copy);
        block.putLong(CHAIN, chain);
        block.putLong(SIZE, sizeBytes);
        Prologue.seal(block, 0, BYTES);
    }

    /**
     * Reads the block at the start of the buffer.
     *
     * @throws CorruptionException if it is damaged
     */
    public static OverlayHeader decode(ByteBuffer block, String file) throws StoreException {
        Prologue.ordered(block);
        if (!Prologue.hasMagic(block, 0, MAGIC)) {
            throw new CorruptionException(
                    file, 0, "magic of the overlay", "GNOMONOV", Long.toHexString(block.getLong(0)));
        }
        if (!Prologue.intact(block, 0, BYTES)) {
            throw new CorruptionException(
                    file, 0, "checksum of the overlay's header", "CRC32C of its 4096 bytes", "another");
        }
        Prologue.requireReadable(block, 0, file, 0);
        return new OverlayHeader(
                Prologue.store(block, 0),
                block.getLong(NUMBER),
                Prologue.getUuid(block, COPY),
                block.getLong(CHAIN),
                block.getLong(SIZE));
    }

    /** Checks that the file is the one that the catalog means. */
    public void require(UUID expectedStore, long expectedNumber, UUID expectedCopy, long expectedBytes, String file)
            throws CorruptionException {
        require("store UUID of the overlay", expectedStore, store, file, 0);
        require("number of the overlay", expectedNumber, number, file, NUMBER);
        require("shadow copy of the overlay", expectedCopy, copy, file, COPY);
        require("size of the overlay", expectedBytes, sizeBytes, file, SIZE);
    }

    private static void require(String what, Object expected, Object found, String file, long offset)
            throws CorruptionException {
        if (!expected.equals(found)) {
            throw new CorruptionException(file, offset, what, expected, found);
        }
    }
}
