/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;

/**
 * Layout of a block of a run: exceptions of one volume in order of piece, then epoch.
 *
 * <pre>
 *  offset size
 *     0    4  CRC32C of the 4096 bytes with this field as zero
 *     4    4  number of the volume
 *     8    8  number of the run
 *    16    4  number of the block in the run, from 0
 *    20    2  count of entries, 1 to 169
 *    22   10  zero
 *    32       entries of 24 bytes
 *
 *  entry
 *     0    8  piece
 *     8    6  epoch
 *    14    6  place: bits 0 to 17 the offset in the segment in pieces, 18 to 46 the segment;
 *             these 47 bits all ones: zeros, no payload; only the segment's all ones: the bytes are not kept;
 *             bit 47: the place replaces that of an older run
 *    20    4  CRC32C of the piece
 * </pre>
 *
 * <p>Run and block number tell a block that was written to, or read from, the wrong place.
 */
public final class RunBlock {
    /** Bytes of a block. */
    public static final int BYTES = 4096;

    /** Most entries in a block. */
    public static final int MAX_ENTRIES = (BYTES - RunBlock.ENTRIES) / RunBlock.ENTRY_BYTES;

    /** Highest epoch that an entry holds. */
    public static final long MAX_EPOCH = (1L << 48) - 1;

    /** Highest number of a segment that an entry holds. */
    public static final int MAX_SEGMENT = (1 << 29) - 2;

    /** In place of a segment: the piece was zeros. */
    public static final int NO_PAYLOAD = -1;

    /** In place of a segment: the bytes are not kept, only that there were some. */
    public static final int NOT_KEPT = -2;

    private static final int ENTRIES = 32;
    private static final int ENTRY_BYTES = 24;
    private static final int VOLUME = 4;
    private static final int RUN = 8;
    private static final int BLOCK = 16;
    private static final int COUNT = 20;
    private static final int EPOCH = 8;
    private static final int PLACE = 14;
    private static final int CRC = 20;
    private static final long LOW_48 = (1L << 48) - 1;
    private static final long ZEROS = (1L << 47) - 1;
    private static final long MOVED = 1L << 47;
    private static final int SEGMENT_SHIFT = 18;

    /** No segment has so high a number, and with the offset 0 it is not the place of zeros either. */
    private static final long NOWHERE = (long) (MAX_SEGMENT + 1) << SEGMENT_SHIFT;

    private RunBlock() {}

    /** Empties the block that starts at {@code start}. */
    public static void clear(ByteBuffer block, int start) {
        Prologue.ordered(block);
        for (int i = 0; i < BYTES; i += Long.BYTES) {
            block.putLong(start + i, 0);
        }
    }

    /**
     * Adds an entry behind the last.
     *
     * @param segment of the payload, or {@link #NO_PAYLOAD} or {@link #NOT_KEPT}
     */
    public static void add(
            ByteBuffer block,
            int start,
            long piece,
            long epoch,
            int segment,
            long offsetBytes,
            int crc,
            boolean moved) {
        int count = count(block, start);
        if (count >= MAX_ENTRIES || epoch < 0 || epoch > MAX_EPOCH || segment > MAX_SEGMENT) {
            throw new IllegalArgumentException("entry " + count + " of epoch " + epoch + " in segment " + segment
                    + ": expected at most " + MAX_ENTRIES + ", " + MAX_EPOCH + " and " + MAX_SEGMENT);
        }
        int at = start + ENTRIES + count * ENTRY_BYTES;
        long place = switch (segment) {
            case NO_PAYLOAD -> ZEROS;
            case NOT_KEPT -> NOWHERE;
            default -> (long) segment << SEGMENT_SHIFT | offsetBytes / Preserve.PIECE_BYTES;
        };
        place |= moved ? MOVED : 0;
        block.putLong(at, piece);
        block.putLong(at + EPOCH, epoch | place << 48);
        block.putInt(at + 16, (int) (place >>> 16));
        block.putInt(at + CRC, crc);
        block.putShort(start + COUNT, (short) (count + 1));
    }

    /** Completes a block. */
    public static void seal(ByteBuffer block, int start, int volume, long run, int number) {
        block.putInt(start + VOLUME, volume);
        block.putLong(start + RUN, run);
        block.putInt(start + BLOCK, number);
        block.putInt(start, 0);
        block.putInt(start, Prologue.crc(block, start, BYTES));
    }

    /** Checks that the buffer holds that very block, intact. */
    public static void require(
            ByteBuffer block, int start, int volume, long run, int number, String file, long offsetBytes)
            throws CorruptionException {
        Prologue.ordered(block);
        int stored = block.getInt(start);
        block.putInt(start, 0);
        int actual = Prologue.crc(block, start, BYTES);
        block.putInt(start, stored);
        if (stored != actual) {
            throw new CorruptionException(
                    file,
                    offsetBytes,
                    "checksum of a block of the index",
                    Integer.toHexString(stored),
                    Integer.toHexString(actual));
        }
        if (block.getLong(start + RUN) != run
                || block.getInt(start + BLOCK) != number
                || block.getInt(start + VOLUME) != volume) {
            throw new CorruptionException(
                    file,
                    offsetBytes,
                    "block of the index",
                    "block " + number + " of run " + run + ", volume " + volume,
                    "block " + block.getInt(start + BLOCK) + " of run " + block.getLong(start + RUN) + ", volume "
                            + block.getInt(start + VOLUME));
        }
        int count = count(block, start);
        if (count < 1 || count > MAX_ENTRIES) {
            throw new CorruptionException(file, offsetBytes + COUNT, "count of entries", "1 to " + MAX_ENTRIES, count);
        }
    }

    /** Returns the count of entries. */
    public static int count(ByteBuffer block, int start) {
        return Short.toUnsignedInt(block.getShort(start + COUNT));
    }

    /** Returns the piece of an entry. */
    public static long piece(ByteBuffer block, int start, int entry) {
        return block.getLong(start + ENTRIES + entry * ENTRY_BYTES);
    }

    /** Returns the epoch of an entry. */
    public static long epoch(ByteBuffer block, int start, int entry) {
        return block.getLong(start + ENTRIES + entry * ENTRY_BYTES + EPOCH) & LOW_48;
    }

    private static long place(ByteBuffer block, int start, int entry) {
        return block.getLong(start + ENTRIES + entry * ENTRY_BYTES + PLACE - 2) >>> 16;
    }

    /** Returns whether the piece of an entry was zeros. */
    public static boolean zeros(ByteBuffer block, int start, int entry) {
        return (place(block, start, entry) & ZEROS) == ZEROS;
    }

    /** Returns whether the bytes of an entry are not kept. */
    public static boolean notKept(ByteBuffer block, int start, int entry) {
        return (place(block, start, entry) & ZEROS) == NOWHERE;
    }

    /** Returns whether the place of an entry replaces that of an older run. */
    public static boolean moved(ByteBuffer block, int start, int entry) {
        return (place(block, start, entry) & MOVED) != 0;
    }

    /** Returns the segment of an entry that has a payload. */
    public static int segment(ByteBuffer block, int start, int entry) {
        return (int) ((place(block, start, entry) & ZEROS) >>> SEGMENT_SHIFT);
    }

    /** Returns the offset in the segment, in bytes, of an entry that has a payload. */
    public static long offsetBytes(ByteBuffer block, int start, int entry) {
        return (place(block, start, entry) & (1 << SEGMENT_SHIFT) - 1) * Preserve.PIECE_BYTES;
    }

    /** Returns the checksum of the piece of an entry. */
    public static int crc(ByteBuffer block, int start, int entry) {
        return block.getInt(start + ENTRIES + entry * ENTRY_BYTES + CRC);
    }
}
