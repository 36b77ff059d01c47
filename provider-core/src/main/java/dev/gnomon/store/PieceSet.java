/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A set of pieces of one volume: a bit for each, off the heap, in pages that are there only where something was added.
 *
 * <p>Not thread-safe: who shares it guards it.
 */
public final class PieceSet {
    /** No such piece. */
    public static final long NONE = -1;

    private static final int PAGE_PIECES = 1 << 15;
    private static final int PAGE_WORDS = PAGE_PIECES / Long.SIZE;
    private static final long PAGE_BYTES = PAGE_WORDS * (long) Long.BYTES;

    /** Most pages that are asked for at once. */
    private static final int SLAB_PAGES = 64;

    private final @Nullable MemorySegment[] pages;
    private final long pieces;
    private long count;
    private MemorySegment slab = MemorySegment.NULL;
    private long allocated;

    /** Makes an empty set of pieces below a bound. */
    public PieceSet(long pieces) {
        this.pieces = pieces;
        this.pages = new MemorySegment[Math.toIntExact((pieces + PAGE_PIECES - 1) / PAGE_PIECES)];
    }

    /** Adds a piece; one behind the bound is left out. */
    public void add(long piece) {
        if (piece >= pieces) {
            return;
        }
        int page = (int) (piece / PAGE_PIECES);
        MemorySegment bits = pages[page];
        if (bits == null) {
            bits = newPage();
            pages[page] = bits;
        }
        long word = word(bits, piece);
        if ((word & bit(piece)) == 0) {
            count++;
            bits.setAtIndex(ValueLayout.JAVA_LONG, index(piece), word | bit(piece));
        }
    }

    /** The slabs grow with the set, so that a small one takes one page. */
    private MemorySegment newPage() {
        if (slab.byteSize() == 0) {
            slab = OffHeap.allocate(Math.clamp(allocated, 1, SLAB_PAGES) * PAGE_BYTES, Long.BYTES);
        }
        MemorySegment page = slab.asSlice(0, PAGE_BYTES);
        slab = slab.asSlice(PAGE_BYTES);
        allocated++;
        return page;
    }

    /** Takes a piece out; returns whether it was in. */
    public boolean remove(long piece) {
        if (!contains(piece)) {
            return false;
        }
        MemorySegment bits = pages[(int) (piece / PAGE_PIECES)];
        if (bits != null) {
            bits.setAtIndex(ValueLayout.JAVA_LONG, index(piece), word(bits, piece) & ~bit(piece));
            count--;
        }
        return true;
    }

    /** Returns whether a piece is in. */
    public boolean contains(long piece) {
        MemorySegment bits = piece >= pieces ? null : pages[(int) (piece / PAGE_PIECES)];
        return bits != null && (word(bits, piece) & bit(piece)) != 0;
    }

    /** Returns the first piece in the set from one on, or {@link #NONE}. */
    public long next(long from) {
        for (long piece = from; piece < pieces; ) {
            MemorySegment bits = pages[(int) (piece / PAGE_PIECES)];
            long left = bits == null ? 0 : word(bits, piece) >>> piece;
            if (left != 0) {
                return piece + Long.numberOfTrailingZeros(left);
            }
            long step = bits == null ? PAGE_PIECES : Long.SIZE;
            piece = (piece / step + 1) * step;
        }
        return NONE;
    }

    /** Returns how many pieces are in. */
    public long count() {
        return count;
    }

    private static long word(MemorySegment bits, long piece) {
        return bits.getAtIndex(ValueLayout.JAVA_LONG, index(piece));
    }

    private static int index(long piece) {
        return (int) (piece % PAGE_PIECES) / Long.SIZE;
    }

    private static long bit(long piece) {
        return 1L << piece;
    }
}
