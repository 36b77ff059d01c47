/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.RunBlock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The exceptions of an index, numbered from 0 as they came, in 20 bytes each off the heap.
 *
 * <pre>
 * offset size
 *      0    4  next in its list
 *      4    4  checksum of the piece
 *      8    8  bits 0 to 33 the piece, 34 to 63 the lower 30 bits of the place
 *     16    4  bits 0 to 16 the upper 17 bits of the place, 17 whether it was moved, 18 to 31 the number of the epoch
 * </pre>
 *
 * <p>A place is a {@link Location} in pieces; 47 ones: the piece was zeros. Guarded by the volume's mutex.
 */
final class ExceptionNodes {
    static final int NONE = -1;

    static final int BYTES = 20;

    private static final int FIRST_SLAB = 256;
    private static final int SLAB = 1 << 14;

    private static final int NEXT = 0;
    private static final int CRC = 4;
    private static final int KEY = 8;
    private static final int REST = 16;

    private static final int PIECE_BITS = 34;
    private static final long PIECE = (1L << PIECE_BITS) - 1;
    private static final int LOW_PLACE_BITS = Long.SIZE - PIECE_BITS;
    private static final int HIGH_PLACE = (1 << 17) - 1;
    private static final int MOVED = 1 << 17;
    private static final int EPOCH_SHIFT = Integer.SIZE - ExceptionEpochs.BITS;
    private static final long ZEROS = (1L << 47) - 1;

    /** Bytes of a piece, as a shift: places are locations without the offset in a piece. */
    private static final int PIECE_SHIFT = 12;

    private final ExceptionEpochs epochs;
    private MemorySegment[] slabs = new MemorySegment[0];
    private int count;
    private int capacity;

    ExceptionNodes(ExceptionEpochs epochs) {
        this.epochs = epochs;
    }

    /**
     * Adds an exception.
     *
     * @param piece below 2^34
     * @return its number
     */
    int add(long piece, long epoch, long location, int crc, boolean moved, int next) {
        if ((piece & ~PIECE) != 0) {
            throw new IllegalArgumentException("piece " + piece + ": expected 0 to " + PIECE);
        }
        long place = placeOf(location);
        int node = allocate();
        MemorySegment slab = slab(node);
        long offset = offset(node);
        slab.set(ValueLayout.JAVA_INT, offset + NEXT, next);
        slab.set(ValueLayout.JAVA_INT, offset + CRC, crc);
        slab.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + KEY, piece | place << PIECE_BITS);
        slab.set(
                ValueLayout.JAVA_INT,
                offset + REST,
                (int) (place >>> LOW_PLACE_BITS) | (moved ? MOVED : 0) | epochs.numberFor(epoch, node) << EPOCH_SHIFT);
        return node;
    }

    /** Gives an exception another place. */
    void move(int node, long location, int crc) {
        MemorySegment slab = slab(node);
        long offset = offset(node);
        long place = placeOf(location);
        slab.set(ValueLayout.JAVA_INT, offset + CRC, crc);
        slab.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + KEY, piece(node) | place << PIECE_BITS);
        int others = slab.get(ValueLayout.JAVA_INT, offset + REST) & ~HIGH_PLACE;
        slab.set(ValueLayout.JAVA_INT, offset + REST, (int) (place >>> LOW_PLACE_BITS) | others | MOVED);
    }

    private static long placeOf(long location) {
        if (location == ExceptionIndex.ZEROS) {
            return ZEROS;
        }
        if (location < 0
                || Location.segment(location) > RunBlock.MAX_SEGMENT
                || (location & (1L << PIECE_SHIFT) - 1) != 0) {
            throw new IllegalArgumentException("place of a piece: offset " + Location.offset(location) + " of segment "
                    + Location.segment(location) + ": expected multiples of " + (1 << PIECE_SHIFT)
                    + " and segments up to " + RunBlock.MAX_SEGMENT);
        }
        return location >>> PIECE_SHIFT;
    }

    int count() {
        return count;
    }

    long piece(int node) {
        return slab(node).get(ValueLayout.JAVA_LONG_UNALIGNED, offset(node) + KEY) & PIECE;
    }

    long epoch(int node) {
        return epochs.epoch(rest(node) >>> EPOCH_SHIFT, node);
    }

    long location(int node) {
        long low = slab(node).get(ValueLayout.JAVA_LONG_UNALIGNED, offset(node) + KEY) >>> PIECE_BITS;
        long place = (long) (rest(node) & HIGH_PLACE) << LOW_PLACE_BITS | low;
        return place == ZEROS ? ExceptionIndex.ZEROS : place << PIECE_SHIFT;
    }

    int crc(int node) {
        return slab(node).get(ValueLayout.JAVA_INT, offset(node) + CRC);
    }

    boolean moved(int node) {
        return (rest(node) & MOVED) != 0;
    }

    int next(int node) {
        return slab(node).get(ValueLayout.JAVA_INT, offset(node) + NEXT);
    }

    void next(int node, int next) {
        slab(node).set(ValueLayout.JAVA_INT, offset(node) + NEXT, next);
    }

    private int rest(int node) {
        return slab(node).get(ValueLayout.JAVA_INT, offset(node) + REST);
    }

    private MemorySegment slab(int node) {
        return slabs[node < FIRST_SLAB ? 0 : 1 + (node - FIRST_SLAB) / SLAB];
    }

    private static long offset(int node) {
        return (node < FIRST_SLAB ? node : (node - FIRST_SLAB) % SLAB) * (long) BYTES;
    }

    private int allocate() {
        if (count == capacity) {
            int more = capacity == 0 ? FIRST_SLAB : SLAB;
            MemorySegment[] next = Arrays.copyOf(slabs, slabs.length + 1);
            next[slabs.length] = OffHeap.allocate(more * (long) BYTES, Integer.BYTES);
            slabs = next;
            capacity = Math.addExact(capacity, more);
        }
        return count++;
    }
}
