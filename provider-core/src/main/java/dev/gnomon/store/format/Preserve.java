/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;

/**
 * Layout of an exception record: the bytes that some pieces of one chunk held when an epoch began. An entry of type 1; or of
 * type 8, which repeats one from another place of the log and only says that its bytes lie here now. The offsets are from
 * the start of the entry.
 *
 * <pre>
 *  offset size
 *     0   16  entry header, see {@link EntryHeader}; codec 0: payload is raw, 1: no payload, the pieces are zeros
 *    16    8  chunk
 *    24    8  epoch: the first whose copies do not need this record; copies of lower epochs read it
 *    32    4  place of the first piece in the batch's payload, in pieces
 *    36    4  count of pieces, the bits set in the mask
 *    40   8n  mask of pieces of the chunk, lowest bit the first; n = pieces of a chunk / 64, at least 1
 *   ...   4m  CRC32C of each piece, in order; m = count of pieces, with codec 1 none
 *   ...       zeros up to a multiple of 8
 * </pre>
 *
 * <p>A piece that the end of the volume cuts off is padded with zeros.
 */
public final class Preserve {
    /** Bytes of a piece, the unit that is preserved. */
    public static final int PIECE_BYTES = 4096;

    /** Largest chunk. */
    public static final int MAX_CHUNK_BYTES = 1 << 20;

    static final int CHUNK = 16;
    static final int EPOCH = 24;
    static final int PAYLOAD_PIECE = 32;
    static final int PIECE_COUNT = 36;
    static final int MASK = 40;

    private Preserve() {}

    /** Returns the bytes of the mask for that many pieces a chunk. */
    static int maskBytes(int piecesPerChunk) {
        return Math.max(1, piecesPerChunk / Long.SIZE) * Long.BYTES;
    }

    /** Returns the bytes of an entry. */
    static int entryBytes(int piecesPerChunk, int crcCount) {
        return (MASK + maskBytes(piecesPerChunk) + crcCount * Integer.BYTES + 7) & ~7;
    }

    /** Returns the chunk. */
    public static long chunk(ByteBuffer head, int entry) {
        return head.getLong(entry + CHUNK);
    }

    /** Returns the epoch. */
    public static long epoch(ByteBuffer head, int entry) {
        return head.getLong(entry + EPOCH);
    }

    /** Returns the place of the first piece in the payload, in pieces. */
    public static int payloadPiece(ByteBuffer head, int entry) {
        return head.getInt(entry + PAYLOAD_PIECE);
    }

    /** Returns how many pieces the record holds. */
    public static int pieceCount(ByteBuffer head, int entry) {
        return head.getInt(entry + PIECE_COUNT);
    }

    /** Returns whether the record holds that piece of its chunk. */
    public static boolean holds(ByteBuffer head, int entry, int pieceOfChunk) {
        return (head.get(entry + MASK + pieceOfChunk / 8) >>> (pieceOfChunk % 8) & 1) != 0;
    }

    /** Returns the checksum of the record's piece of that rank; only with a raw payload. */
    public static int crc(ByteBuffer head, int entry, int piecesPerChunk, int rank) {
        return head.getInt(entry + MASK + maskBytes(piecesPerChunk) + rank * Integer.BYTES);
    }

    /** Checks everything that a reader relies on. */
    static void require(ByteBuffer head, int entry, int piecesPerChunk, long payloadPieces, String file, long offset)
            throws CorruptionException {
        int least = entryBytes(piecesPerChunk, 0);
        if (EntryHeader.entryBytes(head, entry) < least) {
            throw new CorruptionException(
                    file,
                    offset + entry,
                    "bytes of the entry",
                    "at least " + least,
                    EntryHeader.entryBytes(head, entry));
        }
        int count = pieceCount(head, entry);
        int marked = 0;
        for (int i = 0; i < piecesPerChunk; i++) {
            marked += holds(head, entry, i) ? 1 : 0;
        }
        if (count < 1 || marked != count) {
            throw new CorruptionException(file, offset + entry, "count of pieces", marked, count);
        }
        boolean raw = EntryHeader.codec(head, entry) == EntryHeader.CODEC_RAW;
        int expected = entryBytes(piecesPerChunk, raw ? count : 0);
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
