/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The first block of a run file. Behind it lie the blocks ({@link RunBlock}), and behind them the table of contents: of
 * volumes, of segments, and the first key of each block.
 *
 * <pre>
 *  offset size
 *     0   56  prologue, magic "GNOMONRN"; its checksum covers these 4096 bytes
 *    56    8  number of the run, as in its name
 *    64    8  count of entries
 *    72    4  count of blocks
 *    76    4  count of volumes
 *    80    4  count of segments
 *    84    4  CRC32C of the table of contents
 *
 *  table of contents, at 4096 x (1 + blocks), padded with zeros to a multiple of 4096
 *    volumes:  number (4), first block (4), count of blocks (4), zero (4), highest epoch (8), entries (8),
 *              entries with a payload (8)
 *    segments: number (4), count of pieces that entries name there (4)
 *    blocks:   piece (8) and epoch (8) of the first entry
 * </pre>
 *
 * @param contentsCrc checksum of the table of contents
 */
public record RunHeader(UUID store, long number, long entries, int blocks, int volumes, int segments, int contentsCrc) {
    /** Bytes of the block. */
    public static final int BYTES = 4096;

    /** Bytes of a row of the volumes. */
    public static final int VOLUME_ROW_BYTES = 40;

    /** Bytes of a row of the segments. */
    public static final int SEGMENT_ROW_BYTES = 8;

    /** Bytes of a row of the blocks. */
    public static final int BLOCK_ROW_BYTES = 16;

    private static final long MAGIC = Prologue.magic("GNOMONRN");
    private static final int NUMBER = 56;
    private static final int ENTRIES = 64;
    private static final int BLOCKS = 72;
    private static final int VOLUMES = 76;
    private static final int SEGMENTS = 80;
    private static final int CONTENTS_CRC = 84;

    /** Returns where the table of contents starts. */
    public long contentsOffset() {
        return BYTES + blocks * (long) RunBlock.BYTES;
    }

    /** Returns the bytes of the table of contents, its padding included. */
    public long contentsBytes() {
        long bytes = volumes * (long) VOLUME_ROW_BYTES
                + segments * (long) SEGMENT_ROW_BYTES
                + blocks * (long) BLOCK_ROW_BYTES;
        return (bytes + BYTES - 1) & -BYTES;
    }

    /** Writes the block at the start of the buffer; returns its checksum, by which a checkpoint knows the run. */
    public int encode(ByteBuffer block) {
        Prologue.ordered(block);
        for (int i = 0; i < BYTES; i += Long.BYTES) {
            block.putLong(i, 0);
        }
        Prologue.write(block, 0, MAGIC, store);
        block.putLong(NUMBER, number);
        block.putLong(ENTRIES, entries);
        block.putInt(BLOCKS, blocks);
        block.putInt(VOLUMES, volumes);
        block.putInt(SEGMENTS, segments);
        block.putInt(CONTENTS_CRC, contentsCrc);
        Prologue.seal(block, 0, BYTES);
        return Prologue.storedCrc(block, 0);
    }

    /**
     * Reads the block from the start of the buffer.
     *
     * @param number that the run must have
     * @param crc that its header must have
     * @throws CorruptionException if it is not that very run, whole
     */
    public static RunHeader decode(ByteBuffer block, String file, UUID store, long number, int crc)
            throws StoreException {
        Prologue.ordered(block);
        if (!Prologue.hasMagic(block, 0, MAGIC)) {
            throw new CorruptionException(file, 0, "magic of the run", "GNOMONRN", Long.toHexString(block.getLong(0)));
        }
        if (!Prologue.intact(block, 0, BYTES)) {
            throw new CorruptionException(
                    file, 0, "checksum of the run's header", "CRC32C of its 4096 bytes", "another");
        }
        Prologue.requireReadable(block, 0, file, 0);
        if (!Prologue.store(block, 0).equals(store)) {
            throw new CorruptionException(file, 0, "store UUID of the run", store, Prologue.store(block, 0));
        }
        if (block.getLong(NUMBER) != number || Prologue.storedCrc(block, 0) != crc) {
            throw new CorruptionException(
                    file,
                    NUMBER,
                    "run",
                    "number " + number + " with checksum " + Integer.toHexString(crc),
                    "number " + block.getLong(NUMBER) + " with checksum "
                            + Integer.toHexString(Prologue.storedCrc(block, 0)));
        }
        RunHeader header = new RunHeader(
                store,
                number,
                block.getLong(ENTRIES),
                block.getInt(BLOCKS),
                block.getInt(VOLUMES),
                block.getInt(SEGMENTS),
                block.getInt(CONTENTS_CRC));
        if (header.blocks < 0 || header.volumes < 0 || header.segments < 0 || header.entries < header.blocks) {
            throw new CorruptionException(file, ENTRIES, "counts of the run", "none negative", header);
        }
        return header;
    }
}
