/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.Arrays;

/**
 * The new data of one volume that is not settled yet: one slot per staged piece, in the order of the staging chain. A
 * slot has an id that is never given twice; ids from {@link #first} to below {@link #end} are there.
 *
 * <p>Guarded by the volume's mutex, but for {@link #isEmpty} and {@link #holds}. Slots leave in order only, so an id
 * that is still there says that the bytes it names are still in place.
 *
 * <p><b>Invariants:</b> sequences never fall from slot to slot; epochs of one piece never fall; a slot that is
 * {@link #released} was preserved for and written to the origin, as were all before it.
 */
public final class StagedPieces {
    /** No such slot. */
    public static final long NONE = -1;

    /** Location of a piece of zeros, which has no payload. */
    public static final long ZEROS = -1;

    private static final int FIRST_CAPACITY = 64;

    private long[] piece = new long[FIRST_CAPACITY];
    private long[] epoch = new long[FIRST_CAPACITY];
    private long[] location = new long[FIRST_CAPACITY];
    private long[] sequence = new long[FIRST_CAPACITY];
    private long[] olderInBucket = new long[FIRST_CAPACITY];
    private byte[] file = new byte[FIRST_CAPACITY];
    private int[] crc = new int[FIRST_CAPACITY];
    private short[] from = new short[FIRST_CAPACITY];
    private short[] to = new short[FIRST_CAPACITY];
    private boolean[] allocates = new boolean[FIRST_CAPACITY];
    private long[] newestInBucket = new long[FIRST_CAPACITY];
    private volatile long first;
    private volatile long end;
    private volatile long released;

    StagedPieces() {
        Arrays.fill(newestInBucket, NONE);
    }

    /** Returns whether nothing is staged; needs no mutex. */
    public boolean isEmpty() {
        return first == end;
    }

    /** Returns whether the slot of that id has not left; needs no mutex. */
    public boolean holds(long id) {
        return id >= first;
    }

    /** Returns the id of the oldest slot. */
    public long first() {
        return first;
    }

    /** Returns the id that the next slot gets; needs no mutex. */
    public long end() {
        return end;
    }

    /** Returns the id of the oldest slot that is not in the origin yet; needs no mutex. */
    public long released() {
        return released;
    }

    /** Adds a piece; {@code fileNumber} is the staging file that its entry is in. */
    void add(
            long newPiece,
            long newEpoch,
            long newLocation,
            long newSequence,
            int fileNumber,
            int newCrc,
            int newFrom,
            int newTo,
            boolean newAllocates) {
        long id = end;
        if (id - first == piece.length) {
            grow();
        }
        int at = index(id);
        piece[at] = newPiece;
        epoch[at] = newEpoch;
        location[at] = newLocation;
        sequence[at] = newSequence;
        file[at] = (byte) fileNumber;
        crc[at] = newCrc;
        from[at] = (short) newFrom;
        to[at] = (short) newTo;
        allocates[at] = newAllocates;
        link(id);
        end = id + 1;
    }

    private void link(long id) {
        int bucket = bucket(piece[index(id)]);
        olderInBucket[index(id)] = newestInBucket[bucket];
        newestInBucket[bucket] = id;
    }

    private void grow() {
        int old = piece.length;
        long[] oldPiece = piece;
        long[] oldEpoch = epoch;
        long[] oldLocation = location;
        long[] oldSequence = sequence;
        byte[] oldFile = file;
        int[] oldCrc = crc;
        short[] oldFrom = from;
        short[] oldTo = to;
        boolean[] oldAllocates = allocates;
        piece = new long[old * 2];
        epoch = new long[old * 2];
        location = new long[old * 2];
        sequence = new long[old * 2];
        file = new byte[old * 2];
        crc = new int[old * 2];
        from = new short[old * 2];
        to = new short[old * 2];
        allocates = new boolean[old * 2];
        olderInBucket = new long[old * 2];
        newestInBucket = new long[old * 2];
        Arrays.fill(newestInBucket, NONE);
        for (long id = first; id < end; id++) {
            int source = (int) (id & old - 1);
            piece[index(id)] = oldPiece[source];
            epoch[index(id)] = oldEpoch[source];
            location[index(id)] = oldLocation[source];
            sequence[index(id)] = oldSequence[source];
            file[index(id)] = oldFile[source];
            crc[index(id)] = oldCrc[source];
            from[index(id)] = oldFrom[source];
            to[index(id)] = oldTo[source];
            allocates[index(id)] = oldAllocates[source];
            link(id);
        }
    }

    /** Returns the newest slot of a piece, or {@link #NONE}. */
    public long newest(long ofPiece) {
        return newest(ofPiece, Long.MAX_VALUE);
    }

    /** Returns the newest slot of a piece of an epoch not above the given one, or {@link #NONE}. */
    public long newest(long ofPiece, long throughEpoch) {
        // Chains fall in id, so the first that has left ends the chain.
        for (long id = newestInBucket[bucket(ofPiece)]; id >= first; id = olderInBucket[index(id)]) {
            if (piece[index(id)] == ofPiece && epoch[index(id)] <= throughEpoch) {
                return id;
            }
        }
        return NONE;
    }

    /** Returns the slot of the same piece before that one, or {@link #NONE}. */
    public long older(long thanId) {
        for (long id = olderInBucket[index(thanId)]; id >= first; id = olderInBucket[index(id)]) {
            if (piece[index(id)] == piece[index(thanId)]) {
                return id;
            }
        }
        return NONE;
    }

    /** Returns whether any of the pieces is staged in an epoch not above the given one. */
    public boolean any(long firstPiece, long count, long throughEpoch) {
        if (count > end - first) {
            for (long id = first; id < end; id++) {
                long offset = piece[index(id)] - firstPiece;
                if (offset >= 0 && offset < count && epoch[index(id)] <= throughEpoch) {
                    return true;
                }
            }
            return false;
        }
        for (long i = 0; i < count; i++) {
            if (newest(firstPiece + i, throughEpoch) != NONE) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the first of a range of pieces whose newest slot of an epoch not above the given one takes space, or
     * {@link #NONE}: zeros that leave holes do not.
     */
    public long nextWithData(long firstPiece, long endPiece, long throughEpoch) {
        long next = NONE;
        for (long id = first; id < end; id++) {
            long at = piece[index(id)];
            boolean nearer = at >= firstPiece && at < endPiece && (next == NONE || at < next);
            if (nearer) {
                long newest = newest(at, throughEpoch);
                if (newest != NONE && (location[index(newest)] != ZEROS || allocates[index(newest)])) {
                    next = at;
                }
            }
        }
        return next;
    }

    /** Returns the pieces of a range that are staged in an epoch above one and up to another, in no order, some twice. */
    long[] pieces(long firstPiece, long endPiece, long aboveEpoch, long throughEpoch) {
        long[] found = new long[16];
        int count = 0;
        for (long id = first; id < end; id++) {
            int at = index(id);
            boolean inside = piece[at] >= firstPiece && piece[at] < endPiece;
            if (inside && epoch[at] > aboveEpoch && epoch[at] <= throughEpoch) {
                found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
                found[count++] = piece[at];
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Returns the piece of a slot. */
    public long piece(long id) {
        return piece[index(id)];
    }

    /** Returns the epoch of a slot. */
    public long epoch(long id) {
        return epoch[index(id)];
    }

    /** Returns where the bytes of a slot are, see {@link Staging#read}, or {@link #ZEROS}. */
    public long location(long id) {
        return location[index(id)];
    }

    /** Returns the checksum of the bytes of a slot; nothing if they are zeros. */
    public int crc(long id) {
        return crc[index(id)];
    }

    /** Returns where in the piece the write begins, in bytes; what is before is there to make the piece whole. */
    public int from(long id) {
        return from[index(id)];
    }

    /** Returns where in the piece the write ends, in bytes. */
    public int to(long id) {
        return to[index(id)];
    }

    /** Returns whether zeros of this slot are made with space reserved. */
    public boolean allocates(long id) {
        return allocates[index(id)];
    }

    /** Returns the sequence of the batch that a slot is in. */
    public long sequence(long id) {
        return sequence[index(id)];
    }

    int file(long id) {
        return file[index(id)];
    }

    /** Notes that all slots below an id are in the origin. */
    public void release(long belowId) {
        released = Math.max(released, belowId);
    }

    /** Notes that what was released may not be in the origin after all: its force failed, or the process is new. */
    public void unrelease() {
        released = first;
    }

    /** Returns the end of the slots that may leave if all below an id are settled: whole batches only. */
    public long wholeBatches(long belowId) {
        long id = belowId;
        while (id > first && id < end && sequence[index(id - 1)] == sequence[index(id)]) {
            id--;
        }
        return id;
    }

    /** Lets all slots below an id leave. */
    void leave(long belowId) {
        first = belowId;
        released = Math.max(released, belowId);
    }

    private int index(long id) {
        return (int) (id & piece.length - 1);
    }

    private int bucket(long ofPiece) {
        long mixed = ofPiece * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & newestInBucket.length - 1;
    }
}
