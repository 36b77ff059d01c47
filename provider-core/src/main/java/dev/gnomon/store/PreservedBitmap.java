/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One bit per piece of a volume: preserved since the newest shadow copy, so that a write may go straight to the origin.
 *
 * <p>A page of bits carries the epoch of the copy that it speaks of, and counts as clear for any newer one; a new copy
 * therefore costs nothing here. Pages are allocated off the heap on the first preserve within their 128 MiB, several at once as they become more.
 *
 * <p>Guarded by the volume's mutex. <b>Invariants:</b> a bit in a page tagged {@code t} is set only if a durable record
 * of the piece with an epoch above {@code t} is in the index (I1, I3); it is a cache of that index and never loaded.
 */
final class PreservedBitmap {
    private static final int PAGE_PIECES = 1 << 15;
    private static final int PAGE_WORDS = PAGE_PIECES / Long.SIZE;
    private static final long PAGE_BYTES = PAGE_WORDS * (long) Long.BYTES;

    /** Most pages that are allocated at once: so much may be there and not used yet. */
    private static final int SLAB_PAGES = 64;

    private MemorySegment[] pages;
    private long[] tags;

    /** What the next pages are cut from. */
    private MemorySegment slab = MemorySegment.NULL;

    private int allocated;

    /** Creates a clear bitmap for that many pieces. */
    PreservedBitmap(long pieces) {
        int count = Math.toIntExact((pieces + PAGE_PIECES - 1) / PAGE_PIECES);
        pages = new MemorySegment[count];
        tags = new long[count];
    }

    /** Has room for that many pieces from now on; what is known of the others stays. */
    void grow(long pieces) {
        int count = Math.toIntExact((pieces + PAGE_PIECES - 1) / PAGE_PIECES);
        if (count > pages.length) {
            pages = Arrays.copyOf(pages, count);
            tags = Arrays.copyOf(tags, count);
        }
    }

    /**
     * Returns whether every piece of a range is known to be preserved since copy {@code newestCopy}.
     *
     * @param count 1 or more
     */
    boolean all(long firstPiece, long count, long newestCopy) {
        for (long piece = firstPiece; piece < firstPiece + count; piece++) {
            int page = (int) (piece / PAGE_PIECES);
            MemorySegment bits = pages[page];
            if (bits == null || tags[page] < newestCopy) {
                return false;
            }
            int inPage = (int) (piece % PAGE_PIECES);
            long word = bits.getAtIndex(ValueLayout.JAVA_LONG, inPage / Long.SIZE);
            if (inPage % Long.SIZE == 0 && word == -1 && piece + Long.SIZE <= firstPiece + count) {
                piece += Long.SIZE - 1;
            } else if ((word >>> inPage & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Notes that a record of that epoch is durable for the piece. */
    void set(long piece, long epoch, long newestCopy) {
        int page = (int) (piece / PAGE_PIECES);
        if (page >= pages.length) {
            return; // Of a volume that was larger once; nobody asks.
        }
        if (epoch <= Math.max(newestCopy, tags[page])) {
            return;
        }
        MemorySegment bits = pages[page];
        if (bits == null) {
            bits = newPage();
            pages[page] = bits;
            tags[page] = newestCopy;
        } else if (tags[page] < newestCopy) {
            bits.fill((byte) 0);
            tags[page] = newestCopy;
        }
        int inPage = (int) (piece % PAGE_PIECES);
        long word = bits.getAtIndex(ValueLayout.JAVA_LONG, inPage / Long.SIZE);
        bits.setAtIndex(ValueLayout.JAVA_LONG, inPage / Long.SIZE, word | 1L << inPage);
    }

    /** The slabs grow with the volume's use, so that one that is hardly written to takes one page. */
    private MemorySegment newPage() {
        if (slab.byteSize() == 0) {
            slab = OffHeap.allocate(Math.clamp(allocated, 1, SLAB_PAGES) * PAGE_BYTES, Long.BYTES);
        }
        MemorySegment page = slab.asSlice(0, PAGE_BYTES);
        slab = slab.asSlice(PAGE_BYTES);
        allocated++;
        return page;
    }
}
