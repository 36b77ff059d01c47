/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;

/**
 * The layout of an entry of new data: what a client wrote to some pieces in a row, on its way to the origin.
 *
 * <pre>
 *  offset size
 *     0   16  entry header; codec 0: the pieces lie in the payload, codec 1: they are zeros and take none
 *    16    8  first piece
 *    24    8  epoch that the write belongs to
 *    32    4  place of the first piece in the batch's payload, in pieces
 *    36    4  count of pieces
 *    40    4  with codec 1, how zeros are made: 0 holes of the origin stay, 1 space is reserved
 *    44    4  zero
 *    48   4m  CRC32C of each piece, in order; m = count of pieces, with codec 1 none
 *   ...       zeros up to a multiple of 8
 * </pre>
 *
 * <p>A piece that the end of the volume cuts off is padded with zeros.
 */
public final class NewData {
    /** Most pieces in one entry. */
    public static final int MAX_PIECES = 256;

    static final int FIRST_PIECE = 16;
    static final int EPOCH = 24;
    static final int PAYLOAD_PIECE = 32;
    static final int PIECE_COUNT = 36;
    static final int ZEROING = 40;
    static final int CRCS = 48;

    private NewData() {}

    /** Returns the bytes of an entry. */
    static int entryBytes(int crcCount) {
        return (CRCS + crcCount * Integer.BYTES + 7) & ~7;
    }

    /** Returns the first piece. */
    public static long firstPiece(ByteBuffer head, int entry) {
        return head.getLong(entry + FIRST_PIECE);
    }

    /** Returns the epoch. */
    public static long epoch(ByteBuffer head, int entry) {
        return head.getLong(entry + EPOCH);
    }

    /** Returns the place of the first piece in the payload, in pieces. */
    public static int payloadPiece(ByteBuffer head, int entry) {
        return head.getInt(entry + PAYLOAD_PIECE);
    }

    /** Returns the count of pieces. */
    public static int pieceCount(ByteBuffer head, int entry) {
        return head.getInt(entry + PIECE_COUNT);
    }

    /** Returns whether zeros are made with space reserved. */
    public static boolean allocates(ByteBuffer head, int entry) {
        return head.getInt(entry + ZEROING) != 0;
    }

    /** Returns the checksum of the piece of that rank; only with a raw payload. */
    public static int crc(ByteBuffer head, int entry, int rank) {
        return head.getInt(entry + CRCS + rank * Integer.BYTES);
    }

    /** Checks everything that a reader relies on. */
    static void require(ByteBuffer head, int entry, long payloadPieces, String file, long offset)
            throws CorruptionException {
        int count = pieceCount(head, entry);
        if (count < 1 || count > MAX_PIECES) {
            throw new CorruptionException(file, offset + entry, "count of pieces", "1 to " + MAX_PIECES, count);
        }
        long piece = firstPiece(head, entry);
        if (piece < 0 || piece > Long.MAX_VALUE / Preserve.PIECE_BYTES - count) {
            throw new CorruptionException(file, offset + entry, "first piece", "one of a volume", piece);
        }
        boolean raw = EntryHeader.codec(head, entry) == EntryHeader.CODEC_RAW;
        int expected = entryBytes(raw ? count : 0);
        if (EntryHeader.entryBytes(head, entry) != expected) {
            throw new CorruptionException(
                    file, offset + entry, "bytes of the entry", expected, EntryHeader.entryBytes(head, entry));
        }
        long first = Integer.toUnsignedLong(payloadPiece(head, entry));
        if (raw && first + count > payloadPieces) {
            throw new CorruptionException(
                    file, offset + entry, "end of the payload in pieces", "at most " + payloadPieces, first + count);
        }
    }
}
