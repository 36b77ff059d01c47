/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is preserved of one volume: its exceptions, its bitmap, and the newest copy that writes must preserve for.
 *
 * <p>An exception is in the tail, the part of the index that is in memory and grows; or in the frozen tail, while a run is
 * made of it; or in the runs. A look-up sees all three as they are at one moment.
 *
 * <p>Methods require the {@link #mutex} unless they say that they take it; the volume's write path shares it, so that one
 * lock decides about a write. It is held over memory operations only, never while a run is read.
 */
public final class VolumeExceptions {
    /** Location of a piece that was zeros and has no payload. */
    public static final long ZEROS = ExceptionIndex.ZEROS;

    private final Mutex mutex;
    private final PreservedBitmap bitmap;
    private final int volume;
    private final int piecesPerChunk;
    private ExceptionIndex tail = new ExceptionIndex();
    private @Nullable ExceptionIndex frozen;
    private RunSet runs;
    private long tailNumber;
    private long newestCopy;
    private long highestEpoch;
    private long tailPayloadBytes;
    private long frozenPayloadBytes;

    VolumeExceptions(Mutex mutex, int volume, long sizeBytes, int piecesPerChunk, RunSet runs) {
        this.mutex = mutex;
        this.volume = volume;
        this.bitmap = new PreservedBitmap((sizeBytes + Preserve.PIECE_BYTES - 1) / Preserve.PIECE_BYTES);
        this.piecesPerChunk = piecesPerChunk;
        this.runs = runs;
    }

    /** Returns the lock that guards this volume's gate, ranges, bitmap and index. Held over memory operations only. */
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
     * @param scratch for the look-up
     * @return how many
     * @throws StoreException if the index cannot be read; nobody may write to the pieces then
     */
    public int owed(long firstPiece, long lastPiece, long copyBelow, long[] pieces, Lookup scratch)
            throws StoreException {
        int count = 0;
        for (long first = firstPiece; copyBelow > 0 && first <= lastPiece; first += Lookup.MAX_PIECES) {
            lookup(first, (int) Math.min(Lookup.MAX_PIECES, lastPiece - first + 1), copyBelow, scratch);
            mutex.lock();
            try {
                for (int i = 0; i < scratch.count(); i++) {
                    if (scratch.found(i)) {
                        bitmap.set(first + i, scratch.epoch(i), newestCopy);
                    } else {
                        pieces[count++] = first + i;
                    }
                }
            } finally {
                mutex.unlock();
            }
        }
        return count;
    }

    /**
     * Finds the exceptions that copy {@code epoch} reads for a range: of each piece that of the smallest epoch above it.
     * Takes the mutex itself, and reads runs without it.
     *
     * @param count 1 to {@link Lookup#MAX_PIECES}
     * @throws StoreException if the index cannot be read
     */
    public void lookup(long firstPiece, int count, long epoch, Lookup result) throws StoreException {
        RunSet pinned;
        mutex.lock();
        try {
            result.begin(firstPiece, count, tailNumber);
            for (int i = 0; i < count; i++) {
                tail.find(firstPiece + i, epoch, i, result);
            }
            if (frozen != null) {
                for (int i = 0; i < count; i++) {
                    frozen.find(firstPiece + i, epoch, i, result);
                }
            }
            if (!runs.mayHold(volume, epoch)) {
                return;
            }
            pinned = runs;
            pinned.pin();
        } finally {
            mutex.unlock();
        }
        try {
            for (int i = pinned.runs().size() - 1; i >= 0; i--) {
                pinned.runs().get(i).find(volume, epoch, result);
            }
        } finally {
            pinned.unpin();
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
                return true; // What came since may be in the frozen tail or a run: look again.
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

    /** Returns how many pieces are preserved, counted once per epoch. */
    public long count() {
        return tail.count() + (frozen == null ? 0 : frozen.count()) + runs.entries(volume);
    }

    /** Returns the bytes of payload of all exceptions. */
    public long payloadBytes() {
        return tailPayloadBytes + frozenPayloadBytes + runs.payloadBytes(volume);
    }

    /** Returns the highest epoch of any record, 0 for none. */
    long highestEpoch() {
        return highestEpoch;
    }

    /** Notes the highest epoch of records that are in runs or were left out of them. */
    void recorded(long epoch) {
        highestEpoch = Math.max(highestEpoch, epoch);
    }

    /** Returns the epoch that the write path preserves for, 0 for none. */
    long newestCopy() {
        return newestCopy;
    }

    /** Returns how many exceptions are in the tail. */
    int tailCount() {
        return tail.count();
    }

    /** Begins a new tail and returns the old one, which is looked at until {@link #runs} is called. */
    ExceptionIndex freeze() {
        if (frozen != null) {
            throw new IllegalStateException("volume " + volume + ": a tail is frozen already");
        }
        frozen = tail;
        frozenPayloadBytes = tailPayloadBytes;
        tail = new ExceptionIndex();
        tailPayloadBytes = 0;
        tailNumber++;
        return frozen;
    }

    /** Takes the runs that there are now, the frozen tail among them. */
    void runs(RunSet now) {
        runs = now;
        frozen = null;
        frozenPayloadBytes = 0;
    }

    /**
     * Takes a preserve or moved entry into index and bitmap; its batch must be durable (I1, I3).
     *
     * @return how many exceptions are new in the tail
     */
    int publish(ByteBuffer head, int entry, long payloadLocation) {
        long epoch = Preserve.epoch(head, entry);
        long firstPiece = Preserve.chunk(head, entry) * piecesPerChunk;
        boolean raw = EntryHeader.codec(head, entry) == EntryHeader.CODEC_RAW;
        long location = payloadLocation + Preserve.payloadPiece(head, entry) * (long) Preserve.PIECE_BYTES;
        boolean moved = EntryHeader.type(head, entry) == EntryHeader.MOVED;
        int rank = 0;
        int added = 0;
        for (int i = 0; i < piecesPerChunk; i++) {
            if (Preserve.holds(head, entry, i)) {
                long at = raw ? location + rank * (long) Preserve.PIECE_BYTES : ZEROS;
                int crc = raw ? Preserve.crc(head, entry, piecesPerChunk, rank) : 0;
                if (tail.insert(firstPiece + i, epoch, at, crc, moved)) {
                    tailPayloadBytes += raw ? Preserve.PIECE_BYTES : 0;
                    added++;
                }
                bitmap.set(firstPiece + i, epoch, newestCopy);
                rank++;
            }
        }
        highestEpoch = Math.max(highestEpoch, epoch);
        return added;
    }
}
