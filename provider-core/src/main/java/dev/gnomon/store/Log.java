/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.SegmentHeader;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The end of the log, where batches are appended. Confined to the committing task, but for the counters.
 *
 * <p><b>Invariants:</b> sequences rise by one and each batch carries the hash of the one before, and the opening, so that
 * no batch of this process equals one of another; a batch lies inside one
 * segment; {@code durableThrough} is the last sequence that a force has returned for, all before it included.
 */
final class Log {
    private final Segments segments;
    private final UUID store;
    private final long segmentBytes;
    private final long reserveBytes;
    private final long opening;
    private final LongSupplier stagingDurable;
    private final byte[] previousHash;
    private volatile int segment;
    private int firstUnforced;
    private volatile long position;
    private long nextSequence;
    private volatile long durableThrough;
    private long placed;
    private final AtomicLong usedBytes = new AtomicLong();
    private long writtenBytes;
    private volatile long grownBytes;
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong forces = new AtomicLong();

    /** What an append came to. */
    enum Appended {
        /** Written, not yet forced. */
        DONE,
        /** There is no room; nothing was written. */
        FULL
    }

    /** Continues behind what recovery found, as the process that wrote the superblock of generation {@code opening}. */
    Log(Segments segments, UUID store, long segmentBytes, long opening, LongSupplier stagingDurable, LogEnd end) {
        this.segments = segments;
        this.store = store;
        this.segmentBytes = segmentBytes;
        this.reserveBytes = segmentBytes / 8;
        this.opening = opening;
        this.stagingDurable = stagingDurable;
        this.previousHash = end.hash();
        this.segment = end.segment();
        this.firstUnforced = end.segment();
        this.position = end.offset();
        this.nextSequence = end.nextSequence();
        this.durableThrough = end.nextSequence() - 1;
        this.usedBytes.set(segments.usedBytes(segment) + position);
    }

    /** Where the log ends: the place, the sequence and the predecessor's hash of the next batch. Immutable. */
    static final class LogEnd {
        private final int segment;
        private final long offset;
        private final long nextSequence;
        private final byte[] hash;

        LogEnd(int segment, long offset, long nextSequence, byte[] hash) {
            this.segment = segment;
            this.offset = offset;
            this.nextSequence = nextSequence;
            this.hash = hash.clone();
        }

        static LogEnd ofEmpty() {
            return new LogEnd(0, SegmentHeader.BYTES, 1, new byte[BatchHeader.HASH_BYTES]);
        }

        int segment() {
            return segment;
        }

        long offset() {
            return offset;
        }

        long nextSequence() {
            return nextSequence;
        }

        /** Returns the hash of the last batch. */
        byte[] hash() {
            return hash.clone();
        }
    }

    /** What a batch is for: catalog batches may use the space that is held back, so that a full store can delete. */
    enum Kind {
        PRESERVE,
        /** Repeats records of a segment that is to be given up, or nothing; waits for no room in the index. */
        MOVE,
        CATALOG
    }

    /**
     * Writes a batch behind the last. On an exception the log must not be used any more.
     *
     * @throws IOException if writing failed; nothing is known of the batch
     */
    Appended append(BatchWriter batch, Kind kind) throws IOException {
        int bytes = batch.totalBytes();
        if (bytes > segmentBytes - SegmentHeader.BYTES) {
            throw new IllegalArgumentException(
                    "batch of " + bytes + " bytes: a segment takes at most " + (segmentBytes - SegmentHeader.BYTES));
        }
        int target = segment;
        long offset = position;
        if (offset + bytes > segmentBytes) {
            target++;
            offset = SegmentHeader.BYTES;
        }
        if (!hasRoom(target, offset + bytes, kind)) {
            return Appended.FULL;
        }
        StorageFile file = segments.file(target);
        file.write(
                batch.seal(store, nextSequence, durableThrough, opening, stagingDurable.getAsLong(), previousHash),
                offset);
        segment = target;
        position = offset + bytes;
        placed = Location.of(target, offset);
        nextSequence++;
        writtenBytes += bytes;
        grownBytes = kind == Kind.MOVE ? grownBytes : grownBytes + bytes; // this task alone writes it
        batches.incrementAndGet();
        usedBytes.set(segments.usedBytes(segment) + position);
        if (position > segmentBytes / 2) {
            segments.maker().want(segment + 1);
        }
        return Appended.DONE;
    }

    /**
     * Preserves leave a whole segment for others. Of the last segment these leave a part for the catalog, unless another
     * one is there behind it.
     */
    private boolean hasRoom(int target, long end, Kind kind) throws IOException {
        return switch (kind) {
            case PRESERVE -> segments.maker().await(target, 1);
            case MOVE -> segments.maker().await(target, end + reserveBytes <= segmentBytes ? 0 : 1);
            case CATALOG -> segments.maker().await(target, 0);
        };
    }

    /** Makes all appended batches durable. On an exception the log must not be used any more. */
    void force() throws IOException {
        long through = nextSequence - 1;
        if (through == durableThrough) {
            return; // There was no room for any, perhaps not even for the first segment.
        }
        for (int i = firstUnforced; i <= segment; i++) {
            segments.file(i).force();
            forces.incrementAndGet();
        }
        firstUnforced = segment;
        durableThrough = through;
    }

    /** Returns where the next batch goes. */
    LogEnd end() {
        return new LogEnd(segment, position, nextSequence, previousHash);
    }

    /** Returns the place of the batch appended last. */
    long placed() {
        return placed;
    }

    /** Returns the last sequence known durable. */
    long durableThrough() {
        return durableThrough;
    }

    /** Returns the sequence of the batch appended last. */
    long lastSequence() {
        return nextSequence - 1;
    }

    /** Returns the bytes of all batches appended since the opening. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** Returns the bytes of those batches that repeat nothing; thread-safe. */
    long grownBytes() {
        return grownBytes;
    }

    /** Returns how many bytes batches can still go into without a new file; thread-safe. */
    long freeBytes() {
        return segments.maker().freeBytes(segment, position);
    }

    /** Returns how many of those are there after a stop and the next opening, too; thread-safe. */
    long lastingBytes() {
        return segments.maker().lastingBytes(segment, position);
    }

    long usedBytes() {
        return usedBytes.get();
    }

    long batches() {
        return batches.get();
    }

    long forces() {
        return forces.get();
    }
}
