/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.Preserve;
import java.nio.ByteBuffer;

/**
 * What is preserved of one volume: its index, its bitmap, and the newest copy that writes must preserve for.
 *
 * <p>All methods but {@link #location} and {@link #crc} require the {@link #mutex}, which the volume's write path
 * shares, so that one lock decides about a write.
 */
public final class VolumeExceptions {
    /** No such exception. */
    public static final int NONE = ExceptionIndex.NONE;

    /** Location of a piece that was zeros and has no payload. */
    public static final long ZEROS = ExceptionIndex.ZEROS;

    private final Mutex mutex;
    private final ExceptionIndex index = new ExceptionIndex();
    private final PreservedBitmap bitmap;
    private final StagedPieces staged = new StagedPieces();
    private final int piecesPerChunk;
    private long newestCopy;
    private long highestEpoch;
    private long payloadBytes;

    VolumeExceptions(Mutex mutex, long sizeBytes, int piecesPerChunk) {
        this.mutex = mutex;
        this.bitmap = new PreservedBitmap((sizeBytes + Preserve.PIECE_BYTES - 1) / Preserve.PIECE_BYTES);
        this.piecesPerChunk = piecesPerChunk;
    }

    /** Returns the lock that guards this volume's gate, ranges, bitmap and index. Held over memory operations only. */
    public Mutex mutex() {
        return mutex;
    }

    /** Returns the new data that is not settled yet. */
    public StagedPieces staged() {
        return staged;
    }

    /** Adds a piece of new data that is in the staging chain. */
    void stage(
            long piece,
            long epoch,
            long location,
            long sequence,
            int file,
            int crc,
            int from,
            int to,
            boolean allocates) {
        staged.add(piece, epoch, location, sequence, file, crc, from, to, allocates);
        highestEpoch = Math.max(highestEpoch, epoch);
    }

    /**
     * Takes a write that a batch of new data holds, with the whole pieces around it.
     *
     * @param payloadOffset of the first piece in the batch's payload, in bytes, or {@link StagedPieces#ZEROS}
     * @param batch sealed, with the checksums
     * @param handle of the write in the batch
     */
    public void stage(
            long offsetBytes,
            int lengthBytes,
            long epoch,
            Staging.Placed placed,
            long payloadOffset,
            BatchWriter batch,
            int handle,
            boolean allocates) {
        long first = offsetBytes / Preserve.PIECE_BYTES;
        long end = offsetBytes + lengthBytes;
        for (long piece = first; piece * Preserve.PIECE_BYTES < end; piece++) {
            long start = piece * Preserve.PIECE_BYTES;
            long location = payloadOffset == StagedPieces.ZEROS
                    ? StagedPieces.ZEROS
                    : Location.of(
                            placed.file(), placed.payload() + payloadOffset + (piece - first) * Preserve.PIECE_BYTES);
            int from = (int) Math.max(0, offsetBytes - start);
            int to = (int) Math.min(Preserve.PIECE_BYTES, end - start);
            int crc = location == StagedPieces.ZEROS ? 0 : batch.newDataCrc(handle, (int) (piece - first));
            stage(piece, epoch, location, placed.sequence(), placed.file(), crc, from, to, allocates);
        }
    }

    /** Sets the epoch of the newest shadow copy or open cut, 0 for none; pieces preserved for older ones stay so. */
    public void newestCopy(long epoch) {
        newestCopy = epoch;
    }

    /** Returns whether a write to these pieces in the live epoch needs nothing preserved, by the bitmap alone. */
    public boolean preserved(long firstPiece, long count) {
        return newestCopy == 0 || bitmap.all(firstPiece, count, newestCopy);
    }

    /**
     * Returns whether a write must preserve the piece first: no durable record is newer than {@code copyBelow}.
     *
     * @param copyBelow newest copy or open cut older than the write's epoch, 0 for none
     */
    public boolean needsPreserve(long piece, long copyBelow) {
        if (copyBelow == 0) {
            return false;
        }
        long newest = index.newestEpoch(piece);
        if (newest > copyBelow) {
            bitmap.set(piece, newest, newestCopy);
            return false;
        }
        return true;
    }

    /** Returns the exception that copy {@code epoch} reads for the piece, or {@link #NONE}. */
    public int find(long piece, long epoch) {
        return index.find(piece, epoch);
    }

    /** Returns where an exception's bytes are, or {@link #ZEROS}. Needs no mutex. */
    public long location(int exception) {
        return index.location(exception);
    }

    /** Returns the checksum of an exception's bytes. Needs no mutex. */
    public int crc(int exception) {
        return index.crc(exception);
    }

    /** Returns how many pieces are preserved, counted once per epoch. */
    public long count() {
        return index.count();
    }

    /** Returns the bytes of payload of all exceptions. */
    public long payloadBytes() {
        return payloadBytes;
    }

    /** Returns the highest epoch of any record, 0 for none. */
    long highestEpoch() {
        return highestEpoch;
    }

    /** Takes a preserve entry into index and bitmap; its batch must be durable (I1, I3). */
    void publish(ByteBuffer head, int entry, long payloadLocation) {
        long epoch = Preserve.epoch(head, entry);
        long firstPiece = Preserve.chunk(head, entry) * piecesPerChunk;
        boolean raw = EntryHeader.codec(head, entry) == EntryHeader.CODEC_RAW;
        long location = payloadLocation + Preserve.payloadPiece(head, entry) * (long) Preserve.PIECE_BYTES;
        int rank = 0;
        for (int i = 0; i < piecesPerChunk; i++) {
            if (Preserve.holds(head, entry, i)) {
                long at = raw ? location + rank * (long) Preserve.PIECE_BYTES : ZEROS;
                int crc = raw ? Preserve.crc(head, entry, piecesPerChunk, rank) : 0;
                if (index.insert(firstPiece + i, epoch, at, crc)) {
                    payloadBytes += raw ? Preserve.PIECE_BYTES : 0;
                }
                bitmap.set(firstPiece + i, epoch, newestCopy);
                rank++;
            }
        }
        highestEpoch = Math.max(highestEpoch, epoch);
    }
}
