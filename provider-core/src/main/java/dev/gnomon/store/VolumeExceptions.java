/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.Preserve;
import java.nio.ByteBuffer;

/**
 * What is preserved of one volume: its index, its bitmap, and the newest copy that writes must preserve for.
 *
 * <p>Methods require the {@link #mutex} unless they say that they take it; the volume's write path shares it, so that one
 * lock decides about a write.
 */
public final class VolumeExceptions {
    /** Location of a piece that was zeros and has no payload. */
    public static final long ZEROS = ExceptionIndex.ZEROS;

    private final Mutex mutex;
    private ExceptionIndex tail = new ExceptionIndex();
    private long tailNumber;
    private final PreservedBitmap bitmap;
    private final int piecesPerChunk;
    private long newestCopy;
    private long highestEpoch;
    private long payloadBytes;

    VolumeExceptions(Mutex mutex, long sizeBytes, int piecesPerChunk) {
        this.mutex = mutex;
        this.bitmap = new PreservedBitmap((sizeBytes + Preserve.PIECE_BYTES - 1) / Preserve.PIECE_BYTES);
        this.piecesPerChunk = piecesPerChunk;
    }

    /** Returns the lock that guards this volume's gate, ranges, bitmap and tail. Held over memory operations only. */
    public Mutex mutex() {
        return mutex;
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
     * Collects the pieces of a range that a write must preserve first: those that have no durable record newer than
     * {@code copyBelow}. Takes the mutex itself; the caller is alone on the pieces, so that nobody else preserves them
     * meanwhile.
     *
     * @param copyBelow newest copy or open cut older than the write's epoch, 0 for none
     * @param pieces takes them, in order; long enough
     * @return how many
     */
    public int owed(long firstPiece, long lastPiece, long copyBelow, long[] pieces) {
        if (copyBelow == 0) {
            return 0;
        }
        int count = 0;
        mutex.lock();
        try {
            for (long piece = firstPiece; piece <= lastPiece; piece++) {
                long newest = tail.newestEpoch(piece);
                if (newest > copyBelow) {
                    bitmap.set(piece, newest, newestCopy);
                } else {
                    pieces[count++] = piece;
                }
            }
            return count;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Finds the exceptions that copy {@code epoch} reads for a range: of each piece that of the smallest epoch above it.
     * Takes the mutex itself.
     *
     * @param count 1 to {@link Lookup#MAX_PIECES}
     */
    public void lookup(long firstPiece, int count, long epoch, Lookup result) {
        mutex.lock();
        try {
            result.begin(firstPiece, count, tailNumber);
            for (int i = 0; i < count; i++) {
                tail.find(firstPiece + i, epoch, i, result);
            }
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Returns whether copy {@code epoch} may have got an exception for any piece of a part of a look-up's range since
     * then; never says no wrongly (I9). Takes the mutex itself.
     */
    public boolean appeared(Lookup since, int from, int to, long epoch) {
        mutex.lock();
        try {
            if (since.tailNumber() != tailNumber) {
                return true; // What came since may be in any of them: look again.
            }
            for (int i = from; i < to; i++) {
                if (tail.newestEpoch(since.firstPiece() + i) > epoch) {
                    return true;
                }
            }
            return false;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the epoch of the newest durable record of a piece, 0 if there is none. Takes the mutex itself. */
    public long newestEpoch(long piece) {
        mutex.lock();
        try {
            return tail.newestEpoch(piece);
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many pieces are preserved, counted once per epoch. */
    public long count() {
        return tail.count();
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
                if (tail.insert(firstPiece + i, epoch, at, crc)) {
                    payloadBytes += raw ? Preserve.PIECE_BYTES : 0;
                }
                bitmap.set(firstPiece + i, epoch, newestCopy);
                rank++;
            }
        }
        highestEpoch = Math.max(highestEpoch, epoch);
    }
}
