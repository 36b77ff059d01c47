/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.RunBlock;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What a look-up of a range found: for each piece where its old bytes are. Reusable, so that a read allocates nothing;
 * confined to one task at a time. Filled by {@link VolumeExceptions#lookup}.
 */
public final class Lookup {
    /** Most pieces of one look-up: a mebibyte of a volume, and one piece more for a range that begins inside one. */
    public static final int MAX_PIECES = 257;

    /** Location of a piece that has no exception. */
    static final long NONE = -2;

    private final long[] locations = new long[MAX_PIECES];
    private final long[] epochs = new long[MAX_PIECES];
    private final int[] crcs = new int[MAX_PIECES];
    private final boolean[] moved = new boolean[MAX_PIECES];
    private final long[] slots = new long[MAX_PIECES];
    private final long[] stagedLocations = new long[MAX_PIECES];
    private final int[] stagedCrcs = new int[MAX_PIECES];
    private final ByteBuffer block =
            Arena.ofAuto().allocate(RunBlock.BYTES, 4096).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    private long firstPiece;
    private int count;

    /** Which tail the look-up was made in; an exception that came later is in that tail as long as it is the same. */
    private long tailNumber;

    void begin(long first, int pieces, long tail) {
        if (pieces < 1 || pieces > MAX_PIECES) {
            throw new IllegalArgumentException("look-up of " + pieces + " pieces: expected 1 to " + MAX_PIECES);
        }
        firstPiece = first;
        count = pieces;
        tailNumber = tail;
        Arrays.fill(locations, 0, pieces, NONE);
        Arrays.fill(slots, 0, pieces, StagedPieces.NONE);
    }

    void stagedAt(int index, long slot, long location, int crc) {
        slots[index] = slot;
        stagedLocations[index] = location;
        stagedCrcs[index] = crc;
    }

    /**
     * Takes an exception for the piece of that index if it is of a lower epoch than what there is. Offers come from the
     * newest part of the index to the oldest: of two of one epoch the older is the old content (I4), unless the newer one
     * only says where it was moved to.
     */
    void offer(int index, long epoch, long location, int crc, boolean wasMoved) {
        if (locations[index] == NONE || epoch < epochs[index] || (epoch == epochs[index] && !moved[index])) {
            locations[index] = location;
            epochs[index] = epoch;
            crcs[index] = crc;
            moved[index] = wasMoved;
        }
    }

    /** Returns a buffer for a block of a run. */
    ByteBuffer block() {
        return block;
    }

    long epoch(int index) {
        return epochs[index];
    }

    long firstPiece() {
        return firstPiece;
    }

    /** Returns how many pieces were looked up. */
    public int count() {
        return count;
    }

    long tailNumber() {
        return tailNumber;
    }

    /** Returns whether there is an exception for the piece of that index, counted from the first of the range. */
    public boolean found(int index) {
        return locations[index] != NONE;
    }

    /** Returns whether the piece of that index, which has an exception, was zeros. */
    public boolean zeros(int index) {
        return locations[index] == VolumeExceptions.ZEROS;
    }

    /** Returns where the old bytes of the piece of that index are, or {@link VolumeExceptions#ZEROS}. */
    public long location(int index) {
        return locations[index];
    }

    /** Returns the checksum of the old bytes of the piece of that index. */
    public int crc(int index) {
        return crcs[index];
    }

    /** Returns the newest staged slot of the piece of that index, or {@link StagedPieces#NONE}. */
    public long slot(int index) {
        return slots[index];
    }

    /** Returns where the bytes of the slot of that index are, or {@link StagedPieces#ZEROS}; nothing without a slot. */
    public long stagedLocation(int index) {
        return stagedLocations[index];
    }

    /** Returns the checksum of the bytes of the slot of that index; nothing without one, or if they are zeros. */
    public int stagedCrc(int index) {
        return stagedCrcs[index];
    }

    /** Returns the first index from the given one on that has an exception or is staged, or the count if there is none. */
    public int nextElsewhere(int from) {
        int index = from;
        while (index < count && locations[index] == NONE && slots[index] == StagedPieces.NONE) {
            index++;
        }
        return index;
    }
}
