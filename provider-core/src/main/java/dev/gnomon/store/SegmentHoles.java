/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of segments that this process has given up inside files that stay, and the space that came back. Thread-safe, but
 * one task at a time makes holes.
 *
 * <p><b>Invariant:</b> a block is noted before its hole is made and as long as its segment is there, so that a reader who
 * finds other bytes in it knows that he has to look again (I5).
 */
final class SegmentHoles {
    private final Map<Integer, PunchedSegment> punched = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** Returns which blocks of a segment's file were given up by this process. */
    @SuppressWarnings("ReferenceEquality") // Another file has no holes.
    BitSet blocks(int number, StorageFile file) {
        PunchedSegment known = punched.get(number);
        return known == null || known.file() != file ? new BitSet() : known.blocks();
    }

    /** Notes blocks that nobody may reach any more; from here on who finds other bytes there looks again. */
    void note(int number, StorageFile file, BitSet more) {
        PunchedSegment known = punched.get(number);
        BitSet blocks = (BitSet) more.clone();
        if (known != null) {
            blocks.or(known.blocks());
        }
        punched.put(number, new PunchedSegment(file, blocks, givenBy(known, file)));
    }

    @SuppressWarnings("ReferenceEquality") // Another file has no holes.
    private static long givenBy(@Nullable PunchedSegment known, StorageFile file) {
        return known == null || known.file() != file ? 0 : known.bytes();
    }

    /** Counts space that came back inside a segment; returns whether any did. */
    boolean gained(int number, long more) {
        PunchedSegment known = punched.get(number);
        if (known == null || more <= 0) {
            return false;
        }
        punched.put(number, new PunchedSegment(known.file(), known.blocks(), known.bytes() + more));
        bytes.addAndGet(more);
        return true;
    }

    /** Returns whether a segment has any. */
    boolean areIn(int number) {
        return punched.containsKey(number);
    }

    /** Returns whether a block was given up, so that nobody may take its bytes for those of a piece. */
    boolean has(int number, long offsetBytes) {
        PunchedSegment known = punched.get(number);
        return known != null && known.holds(offsetBytes, BatchHeader.ALIGNMENT_BYTES);
    }

    /** Returns the bytes that came back inside segments that are there. */
    long bytes() {
        return bytes.get();
    }

    /** Forgets a segment that is gone. */
    void forget(int number) {
        PunchedSegment known = punched.remove(number);
        if (known != null) {
            bytes.addAndGet(-known.bytes());
        }
    }

    /** Is told that another file, which is whole, is in the place of one; who looks into that late still looks again. */
    void replaced(int number) {
        PunchedSegment known = punched.get(number);
        if (known != null) {
            bytes.addAndGet(-known.bytes());
            punched.put(number, new PunchedSegment(null, known.blocks(), 0));
        }
    }
}
