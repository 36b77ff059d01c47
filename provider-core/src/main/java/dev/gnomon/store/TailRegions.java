/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.Arrays;

/**
 * Finds the exceptions of a tail by place: a tail is a hash table, in which neighbours are nowhere near each other. Made
 * when somebody first asks what changed, and brought up to date when somebody asks again, so that the write path pays
 * nothing for it. Takes up to eight bytes of heap for each exception.
 *
 * <p>Guarded by the volume's mutex; every call is short. <b>Invariant:</b> exceptions below {@link #covers} are in, and
 * no other; they never leave, and their piece and epoch never change.
 */
final class TailRegions {
    /** Pieces of a region: 4 MiB of a volume. */
    static final int PIECES = 1 << TailRegions.REGION_SHIFT;

    private static final int REGION_SHIFT = 10;

    /** Regions whose presence one bit tells: 4 GiB of a volume, so that an empty part of a large one costs nothing. */
    private static final int PART_SHIFT = 10;

    private static final int NONE = -1;
    private static final int FIRST_HEADS = 64;
    private static final int MAX_CHAIN = 4;

    private final ExceptionIndex tail;
    private int[] heads = new int[0];
    private int[] next = new int[0];
    private long[] parts = new long[1];
    private int covered;

    TailRegions(ExceptionIndex tail) {
        this.tail = tail;
    }

    /** Returns the region of a piece. */
    static long regionOf(long piece) {
        return piece >>> REGION_SHIFT;
    }

    /** Returns the first piece of a region. */
    static long firstPiece(long region) {
        return region << REGION_SHIFT;
    }

    /** Returns whether the first so many exceptions of the tail are in. */
    boolean covers(int exceptions) {
        return covered >= exceptions;
    }

    /** Takes in at most so many exceptions more. */
    void takeIn(int most) {
        int count = tail.count();
        if (heads.length == 0 || covered > (long) heads.length * MAX_CHAIN) {
            // Begins anew: to move all that is in to a larger table at once would hold the mutex for too long.
            heads = new int[Math.max(FIRST_HEADS, Integer.highestOneBit(Math.max(1, count - 1)))];
            Arrays.fill(heads, NONE);
            covered = 0;
        }
        if (next.length < count) {
            next = Arrays.copyOf(next, Math.max(count, (int) Math.min(Integer.MAX_VALUE - 8, next.length * 2L)));
        }
        int end = (int) Math.min(count, (long) covered + most);
        while (covered < end) {
            long region = regionOf(tail.piece(covered));
            int slot = slot(region);
            next[covered] = heads[slot];
            heads[slot] = covered;
            int part = (int) (region >>> PART_SHIFT);
            if (part / Long.SIZE >= parts.length) {
                parts = Arrays.copyOf(parts, Math.max(part / Long.SIZE + 1, parts.length * 2));
            }
            parts[part / Long.SIZE] |= 1L << part;
            covered++;
        }
    }

    /** Returns the first region from the given one on, below {@code end}, that may have an exception; or {@code end}. */
    long nextRegion(long from, long end) {
        for (long region = from; region < end; ) {
            long part = region >>> PART_SHIFT;
            if (part / Long.SIZE >= parts.length) {
                return end;
            }
            long bits = parts[(int) (part / Long.SIZE)] & -1L << part;
            if ((bits & 1L << part) != 0) {
                return region;
            }
            long nextPart = bits == 0
                    ? (part / Long.SIZE + 1) * Long.SIZE
                    : part / Long.SIZE * Long.SIZE + Long.numberOfTrailingZeros(bits);
            region = nextPart << PART_SHIFT;
        }
        return end;
    }

    /**
     * Sets a bit for each piece of a region with an exception of an epoch in a range.
     *
     * @param above epochs above this one count
     * @param through and those up to this one
     * @param bits one for each piece of a region
     * @return how many exceptions were looked at
     */
    int collect(long region, long above, long through, long[] bits) {
        int seen = 0;
        for (int at = heads[slot(region)]; at != NONE; at = next[at]) {
            long piece = tail.piece(at);
            if (regionOf(piece) == region) {
                long epoch = tail.epoch(at);
                if (epoch > above && epoch <= through) {
                    bits[(int) (piece % PIECES / Long.SIZE)] |= 1L << piece;
                }
            }
            seen++;
        }
        return seen;
    }

    private int slot(long region) {
        long mixed = region * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & heads.length - 1;
    }
}
