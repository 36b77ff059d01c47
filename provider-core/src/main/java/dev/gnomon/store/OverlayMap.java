/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where the pieces of an overlay lie in its file: an off-heap hash table with linear probing, 24 bytes a slot, at most
 * two thirds full. Not thread-safe: its owner guards it. The memory goes when the table is unreachable.
 *
 * <p><b>Invariants:</b> a piece has at most one slot; what all tables of a store take is counted in their
 * {@link Memory}, before it is allocated.
 */
final class OverlayMap {
    /** The overlay does not hold the piece. */
    static final long NONE = -1;

    /** The piece is zeros and takes no payload. */
    static final long ZEROS = -2;

    private static final int SLOT_BYTES = 24;
    private static final int PLACE = 8;
    private static final int CRC = 16;
    private static final int FIRST_SLOTS = 64;

    /** What is smaller is not worth an arena of its own. */
    private static final int SMALL_BYTES = 256 << 10;

    private static final long MAX_SLOTS = 1L << 32;

    private final Memory memory;
    private MemorySegment table = MemorySegment.NULL;
    private long slots;
    private long count;
    private long dataCount;

    /** What the tables of a store may take together. Thread-safe. */
    static final class Memory {
        private final AtomicLong used = new AtomicLong();
        private final long limitBytes;

        Memory(long limitBytes) {
            this.limitBytes = limitBytes;
        }

        boolean take(long bytes) {
            if (used.addAndGet(bytes) <= limitBytes) {
                return true;
            }
            used.addAndGet(-bytes);
            return false;
        }

        void give(long bytes) {
            used.addAndGet(-bytes);
        }

        long usedBytes() {
            return used.get();
        }

        long limitBytes() {
            return limitBytes;
        }
    }

    OverlayMap(Memory memory) {
        this.memory = memory;
    }

    /** Returns how many pieces it holds. */
    long count() {
        return count;
    }

    /** Returns how many of them have a payload. */
    long dataCount() {
        return dataCount;
    }

    /** Makes room for so many more pieces; false if the memory does not allow it, and nothing is changed. */
    boolean reserve(long more) {
        long needed = slots == 0 ? FIRST_SLOTS : slots;
        while ((count + more) * 3 > needed * 2) {
            needed *= 2;
        }
        if (needed == slots) {
            return true;
        }
        if (needed > MAX_SLOTS || !memory.take(needed * SLOT_BYTES)) {
            return false;
        }
        MemorySegment old = table;
        long oldSlots = slots;
        long bytes = needed * SLOT_BYTES;
        table = bytes <= SMALL_BYTES ? Arena.ofAuto().allocate(bytes, Long.BYTES) : OffHeap.allocate(bytes, Long.BYTES);
        slots = needed;
        for (long slot = 0; slot < oldSlots; slot++) {
            long key = old.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES);
            if (key != 0) {
                MemorySegment.copy(old, slot * SLOT_BYTES, table, probe(key) * SLOT_BYTES, SLOT_BYTES);
            }
        }
        memory.give(oldSlots * SLOT_BYTES);
        return true;
    }

    /** Notes where a piece lies now, in pieces of the file, or {@link #ZEROS}; room must have been reserved. */
    void put(long piece, long place, int crc) {
        long slot = probe(piece + 1);
        long at = slot * SLOT_BYTES;
        if (table.get(ValueLayout.JAVA_LONG, at) == 0) {
            table.set(ValueLayout.JAVA_LONG, at, piece + 1);
            count++;
        } else if (table.get(ValueLayout.JAVA_LONG, at + PLACE) >= 0) {
            dataCount--;
        }
        dataCount += place >= 0 ? 1 : 0;
        table.set(ValueLayout.JAVA_LONG, at + PLACE, place);
        table.set(ValueLayout.JAVA_INT, at + CRC, crc);
    }

    /** Returns the slot of a piece, or {@link #NONE}. */
    long slot(long piece) {
        if (count == 0) {
            return NONE;
        }
        long slot = probe(piece + 1);
        return table.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES) == 0 ? NONE : slot;
    }

    /** Returns where the piece of a slot lies, or {@link #ZEROS}. */
    long place(long slot) {
        return table.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES + PLACE);
    }

    /** Returns the checksum of the piece of a slot. */
    int crc(long slot) {
        return table.get(ValueLayout.JAVA_INT, slot * SLOT_BYTES + CRC);
    }

    /** Returns the slot that has the key, or the empty one where it belongs. */
    private long probe(long key) {
        long mask = slots - 1;
        long slot = ((key * 0x9E37_79B9_7F4A_7C15L) >>> 20) & mask;
        while (true) {
            long found = table.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES);
            if (found == key || found == 0) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Gives the memory back; the table is empty then. */
    void release() {
        memory.give(slots * SLOT_BYTES);
        table = MemorySegment.NULL;
        slots = 0;
        count = 0;
        dataCount = 0;
    }
}
