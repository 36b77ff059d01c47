/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Builds one batch in a buffer of its own, to be written with a single write. Confined to one task at a time; reusable.
 *
 * <p>The payload starts at a fixed place of the buffer and the head is moved up against it when the batch is sealed, so
 * that no payload byte is copied. The buffer lives as long as this object is reachable.
 *
 * <p><b>Invariants:</b> entries and payload never pass their capacities; every raw piece has its checksum in an entry;
 * between header and payload everything is written or zero.
 */
public final class BatchWriter {
    private static final int PIECE = Preserve.PIECE_BYTES;

    private final int piecesPerChunk;
    private final int headCapacity;
    private final ByteBuffer buffer;
    private final MessageDigest digest;
    private final byte[] hash = new byte[32];
    private int entriesEnd;
    private int entryCount;
    private int payloadPieces;
    private int openEntry;
    private int openCrcs;
    private int lastInChunk;

    /**
     * Creates an empty batch.
     *
     * @param piecesPerChunk of the store
     * @param headCapacity most bytes of head, a multiple of 4096 up to 1 MiB
     * @param payloadCapacity most bytes of payload, a multiple of 4096
     */
    public BatchWriter(int piecesPerChunk, int headCapacity, int payloadCapacity) {
        this.piecesPerChunk = piecesPerChunk;
        this.headCapacity = headCapacity;
        this.buffer = Prologue.ordered(Arena.ofAuto()
                .allocate(headCapacity + (long) payloadCapacity, BatchHeader.ALIGNMENT_BYTES)
                .asByteBuffer());
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        clear();
    }

    /** Empties the batch. */
    public void clear() {
        entriesEnd = BatchHeader.BYTES;
        entryCount = 0;
        payloadPieces = 0;
        openEntry = -1;
        openCrcs = 0;
    }

    /** Returns whether nothing was added. */
    public boolean isEmpty() {
        return entryCount == 0;
    }

    /** Returns whether another piece fits, whatever it holds. */
    public boolean hasRoomForPiece() {
        return headCapacity + (payloadPieces + 1L) * PIECE <= buffer.capacity()
                && entriesEnd + Preserve.entryBytes(piecesPerChunk, 1) + Integer.BYTES * 2 <= headCapacity;
    }

    /**
     * Returns the buffer set to the place where the next piece's old bytes go, 4096 remaining. Reading there does not yet
     * add the piece; {@link #addPiece} does.
     */
    public ByteBuffer nextPiece() {
        int start = headCapacity + payloadPieces * PIECE;
        return buffer.limit(start + PIECE).position(start);
    }

    /** Adds the piece whose old bytes are at {@link #nextPiece}; zeros take no payload. */
    public void addPiece(int volume, long piece, long epoch) {
        addPiece(EntryHeader.PRESERVE, volume, piece, epoch);
    }

    /** As {@link #addPiece}, for a piece that is preserved already and lies here from now on. */
    public void addMovedPiece(int volume, long piece, long epoch) {
        addPiece(EntryHeader.MOVED, volume, piece, epoch);
    }

    private void addPiece(int type, int volume, long piece, long epoch) {
        int start = headCapacity + payloadPieces * PIECE;
        boolean zero = isZero(start);
        long chunk = piece / piecesPerChunk;
        int codec = zero ? EntryHeader.CODEC_NONE : EntryHeader.CODEC_RAW;
        int inChunk = (int) (piece % piecesPerChunk);
        if (!openFits(type, volume, chunk, epoch, codec) || inChunk <= lastInChunk) {
            openEntry(type, volume, chunk, epoch, codec);
        }
        lastInChunk = inChunk; // The payload of an entry is in the order of its mask.
        int maskAt = openEntry + Preserve.MASK + inChunk / 8;
        buffer.put(maskAt, (byte) (buffer.get(maskAt) | 1 << (inChunk % 8)));
        buffer.putInt(openEntry + Preserve.PIECE_COUNT, buffer.getInt(openEntry + Preserve.PIECE_COUNT) + 1);
        if (!zero) {
            int crcAt = openEntry + Preserve.MASK + Preserve.maskBytes(piecesPerChunk) + openCrcs * Integer.BYTES;
            buffer.limit(buffer.capacity());
            buffer.putInt(crcAt, Prologue.crc(buffer, start, PIECE));
            openCrcs++;
            payloadPieces++;
            entriesEnd = openEntry + Preserve.entryBytes(piecesPerChunk, openCrcs);
            if ((openCrcs & 1) != 0) {
                buffer.putInt(crcAt + Integer.BYTES, 0);
            }
            EntryHeader.write(buffer, openEntry, type, codec, entriesEnd - openEntry, volume);
        }
    }

    /** Adds a catalog entry. */
    public void add(CatalogEntry entry) {
        buffer.limit(headCapacity).position(entriesEnd);
        CatalogCodec.encode(entry, buffer);
        entriesEnd = buffer.position();
        entryCount++;
        openEntry = -1;
    }

    /** Returns whether an entry of new data fits, with that many pieces of payload (0 for zeros). */
    public boolean hasRoomForNewData(int payloadPiecesMore) {
        return headCapacity + (payloadPieces + (long) payloadPiecesMore) * PIECE <= buffer.capacity()
                && entriesEnd + NewData.entryBytes(payloadPiecesMore) <= headCapacity;
    }

    /**
     * Adds what a client wrote to pieces in a row.
     *
     * @param source remaining: the bytes, from the start of the first piece to the end of the last or of the volume; left as it
     *     is, for the batch may be given up and filled again
     * @return a handle for {@link #newDataCrc}
     */
    public int addNewData(int volume, long firstPiece, long epoch, ByteBuffer source) {
        int count = (source.remaining() + PIECE - 1) / PIECE;
        int start = headCapacity + payloadPieces * PIECE;
        int end = start + count * PIECE;
        buffer.limit(buffer.capacity());
        buffer.put(start, source, source.position(), source.remaining());
        for (int i = start + source.remaining(); i < end; i++) {
            buffer.put(i, (byte) 0);
        }
        int entry = newDataEntry(volume, firstPiece, epoch, count, EntryHeader.CODEC_RAW, false);
        for (int rank = 0; rank < count; rank++) {
            buffer.putInt(
                    entry + NewData.CRCS + rank * Integer.BYTES, Prologue.crc(buffer, start + rank * PIECE, PIECE));
        }
        if ((count & 1) != 0) {
            buffer.putInt(entry + NewData.CRCS + count * Integer.BYTES, 0);
        }
        payloadPieces += count;
        return entry;
    }

    /** Returns the checksum of the piece of that rank of an entry of new data; only of a sealed batch. */
    public int newDataCrc(int handle, int rank) {
        return NewData.crc(buffer, sealedStart() + handle, rank);
    }

    /** Adds zeros that a client made of pieces in a row; they take no payload. */
    public void addNewZeros(int volume, long firstPiece, int count, long epoch, boolean allocate) {
        newDataEntry(volume, firstPiece, epoch, count, EntryHeader.CODEC_NONE, allocate);
    }

    private int newDataEntry(int volume, long firstPiece, long epoch, int count, int codec, boolean allocate) {
        int entry = entriesEnd;
        int bytes = NewData.entryBytes(codec == EntryHeader.CODEC_RAW ? count : 0);
        buffer.limit(buffer.capacity());
        EntryHeader.write(buffer, entry, EntryHeader.NEW_DATA, codec, bytes, volume);
        buffer.putLong(entry + NewData.FIRST_PIECE, firstPiece);
        buffer.putLong(entry + NewData.EPOCH, epoch);
        buffer.putInt(entry + NewData.PAYLOAD_PIECE, payloadPieces);
        buffer.putInt(entry + NewData.PIECE_COUNT, count);
        buffer.putInt(entry + NewData.ZEROING, allocate ? 1 : 0);
        buffer.putInt(entry + NewData.ZEROING + Integer.BYTES, 0);
        return endEntry(bytes);
    }

    /** Adds the mark that a volume is settled through a sequence. */
    public void addSettled(int volume, long through) {
        buffer.limit(buffer.capacity());
        EntryHeader.write(buffer, entriesEnd, EntryHeader.SETTLED, EntryHeader.CODEC_NONE, Settled.ENTRY_BYTES, volume);
        buffer.putLong(entriesEnd + Settled.THROUGH, through);
        endEntry(Settled.ENTRY_BYTES);
    }

    private int endEntry(int bytes) {
        int entry = entriesEnd;
        entriesEnd += bytes;
        entryCount++;
        openEntry = -1;
        return entry;
    }

    private boolean openFits(int type, int volume, long chunk, long epoch, int codec) {
        return openEntry >= 0
                && EntryHeader.type(buffer, openEntry) == type
                && EntryHeader.volume(buffer, openEntry) == volume
                && EntryHeader.codec(buffer, openEntry) == codec
                && Preserve.chunk(buffer, openEntry) == chunk
                && Preserve.epoch(buffer, openEntry) == epoch;
    }

    private void openEntry(int type, int volume, long chunk, long epoch, int codec) {
        openEntry = entriesEnd;
        openCrcs = 0;
        entryCount++;
        buffer.limit(buffer.capacity());
        int bytes = Preserve.entryBytes(piecesPerChunk, 0);
        for (int i = 0; i < bytes; i += 8) {
            buffer.putLong(openEntry + i, 0);
        }
        EntryHeader.write(buffer, openEntry, type, codec, bytes, volume);
        buffer.putLong(openEntry + Preserve.CHUNK, chunk);
        buffer.putLong(openEntry + Preserve.EPOCH, epoch);
        buffer.putInt(openEntry + Preserve.PAYLOAD_PIECE, payloadPieces);
        entriesEnd = openEntry + bytes;
    }

    private boolean isZero(int start) {
        buffer.limit(buffer.capacity());
        for (int i = start; i < start + PIECE; i += 8) {
            if (buffer.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the bytes that the batch takes in the log. */
    public int totalBytes() {
        return headBytes() + payloadPieces * PIECE;
    }

    /** Returns the bytes of the head. */
    public int headBytes() {
        return (entriesEnd + BatchHeader.ALIGNMENT_BYTES - 1) & -BatchHeader.ALIGNMENT_BYTES;
    }

    /** Returns the bytes of payload. */
    public int payloadBytes() {
        return payloadPieces * PIECE;
    }

    /**
     * Completes the head and returns the whole batch, ready to be written at its place.
     *
     * @param opening generation of the superblock that this process began with
     * @param stagingDurableThrough what is known of the staging chain, 0 in that chain itself; in an overlay its chain
     * @param previousHash of the batch before; replaced by the hash of this one
     */
    public ByteBuffer seal(
            UUID store,
            long sequence,
            long durableThrough,
            long opening,
            long stagingDurableThrough,
            byte[] previousHash) {
        int headBytes = headBytes();
        int start = headCapacity - headBytes;
        buffer.limit(buffer.capacity());
        for (int i = entriesEnd; i < headBytes; i++) {
            buffer.put(i, (byte) 0);
        }
        moveUp(headBytes, start);
        BatchHeader.seal(
                buffer,
                start,
                store,
                sequence,
                durableThrough,
                opening,
                stagingDurableThrough,
                previousHash,
                headBytes,
                entryCount,
                payloadBytes());
        hashOf(buffer, start, headBytes, digest, hash, previousHash);
        return buffer.limit(start + totalBytes()).position(start);
    }

    private void moveUp(int headBytes, int start) {
        for (int i = headBytes - 8; start > 0 && i >= BatchHeader.BYTES; i -= 8) {
            buffer.putLong(start + i, buffer.getLong(i));
        }
    }

    /** Returns the buffer with the sealed head at {@link #sealedStart}; not to be changed. */
    public ByteBuffer sealed() {
        return buffer.limit(buffer.capacity());
    }

    /** Returns where in {@link #sealed} the head starts. */
    public int sealedStart() {
        return headCapacity - headBytes();
    }

    private static void hashOf(
            ByteBuffer buffer, int start, int lengthBytes, MessageDigest digest, byte[] scratch, byte[] target) {
        buffer.limit(start + lengthBytes).position(start);
        digest.update(buffer);
        try {
            digest.digest(scratch, 0, scratch.length);
        } catch (java.security.DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
        System.arraycopy(scratch, 0, target, 0, BatchHeader.HASH_BYTES);
    }
}
