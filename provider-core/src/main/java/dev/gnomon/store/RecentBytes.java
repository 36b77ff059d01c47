/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The newest bytes of the staging chain, in memory besides, so that settling need not read back what was just written. A
 * ring: the oldest batch makes place for the newest, whether it is settled or not. Nothing depends on a batch being here.
 * Thread-safe; the mutex is held while bytes are copied, never across I/O.
 *
 * <p><b>Invariant:</b> what {@link #get} returns true for is what was put for that sequence, whole.
 */
final class RecentBytes {
    /** More than settling is behind while it keeps up: what a fast client brings during several forces of the log. */
    private static final int MAX_BYTES = 64 << 20;

    /** Memory is taken in parts of this size, when a batch first comes to lie in one. */
    private static final int MAX_PART_BYTES = 16 << 20;

    /** Batches that are remembered; a power of two. Those of single pieces fill the ring at that number. */
    private static final int BATCHES = MAX_BYTES / 4096;

    private final Mutex mutex;
    private final int partBytes;
    private final int capacity;

    // Guarded by the mutex.
    private final @Nullable ByteBuffer[] parts;

    /** Bytes that ever were given a place: a place stays valid until this is a capacity further. */
    private long end;

    private final long[] sequences;
    private final long[] locations;
    private final long[] places;
    private final int[] lengths;

    /** For a chain that holds so many bytes at most; memory is taken with the first batches. */
    RecentBytes(Scheduler scheduler, long chainBytes) {
        this(scheduler, chainBytes, MAX_PART_BYTES);
    }

    /** As the other, with parts of that size at most. */
    RecentBytes(Scheduler scheduler, long chainBytes, int maxPartBytes) {
        this.mutex = scheduler.newMutex();
        int most = (int) Math.min(MAX_BYTES, chainBytes);
        this.partBytes = Math.min(maxPartBytes, most);
        this.capacity = most / partBytes * partBytes;
        this.parts = new ByteBuffer[capacity / partBytes];
        int batches = Math.min(BATCHES, Integer.highestOneBit(Math.max(1, capacity / 4096)));
        this.sequences = new long[batches];
        this.locations = new long[batches];
        this.places = new long[batches];
        this.lengths = new int[batches];
    }

    /**
     * Takes the payload of a batch.
     *
     * @param sequence its sequence, above 0 and one more than that of the batch before
     * @param location of its first byte in the chain
     */
    void put(long sequence, long location, ByteBuffer batch, int start, int length) {
        if (length == 0 || length > partBytes) {
            return;
        }
        mutex.lock();
        try {
            int left = partBytes - inPart(end);
            if (left < length) {
                end += left; // a batch lies in one part
            }
            int entry = entry(sequence);
            sequences[entry] = sequence;
            locations[entry] = location;
            places[entry] = end;
            lengths[entry] = length;
            part(end).put(inPart(end), batch, start, length);
            end += length;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Fills a buffer with bytes of a batch, if they are still here.
     *
     * @return whether they were; if not the buffer is as before
     */
    boolean get(long sequence, long location, ByteBuffer target) {
        mutex.lock();
        try {
            int entry = entry(sequence);
            long skip = location - locations[entry];
            boolean there = sequences[entry] == sequence
                    && skip >= 0
                    && skip + target.remaining() <= lengths[entry]
                    && end - places[entry] <= capacity;
            if (there) {
                int length = target.remaining();
                target.put(target.position(), part(places[entry]), inPart(places[entry]) + (int) skip, length);
                target.position(target.position() + length);
            }
            return there;
        } finally {
            mutex.unlock();
        }
    }

    private int inPart(long place) {
        return (int) (place % partBytes);
    }

    private ByteBuffer part(long place) {
        int index = (int) (place % capacity / partBytes);
        ByteBuffer part = parts[index];
        if (part == null) {
            part = OffHeap.allocate(partBytes, 4096).asByteBuffer();
            parts[index] = part;
        }
        return part;
    }

    private int entry(long sequence) {
        return (int) (sequence & sequences.length - 1);
    }
}
