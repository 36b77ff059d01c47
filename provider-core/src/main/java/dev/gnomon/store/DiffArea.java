/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * How much space the files of an open store take, may take, and can still take. Thread-safe; nothing here is kept on disk
 * but the limit, which is in the catalog.
 *
 * <p><b>Invariant:</b> a limit counts everything besides segments as large as it may become at once, so only segments ever
 * meet it: what {@link Room} has promised to staged writes is there for the log.
 */
public final class DiffArea {
    private final Store store;
    private final Segments segments;
    private final Log log;
    private final Storage storage;
    private final Path directory;
    private final int groupPayloadBytes;
    private final Room room = new Room(this::preservableBytes);

    /**
     * Speaks for a store.
     *
     * @param directory that the index and all else but segments lie in
     * @param groupPayloadBytes most old bytes in one batch
     */
    DiffArea(Store store, Segments segments, Log log, Storage storage, Path directory, int groupPayloadBytes) {
        this.store = store;
        this.segments = segments;
        this.log = log;
        this.storage = storage;
        this.directory = directory;
        this.groupPayloadBytes = groupPayloadBytes;
    }

    /** Returns whether the limit admits so many more bytes of segments. */
    boolean admits(long bytes) {
        long limit = store.catalog().limitBytes();
        return limit == 0 || segments.allocatedBytes() + otherBytes() + bytes <= limit;
    }

    /** Returns what the store takes besides segments; staging as much as it may come to, so that it never meets the limit. */
    private long otherBytes() {
        return store.staging().mostBytes()
                + store.housekeeper().indexBytes()
                + store.housekeeper().reserveBytes()
                + store.overlays().allocatedBytes();
    }

    /** Returns the space that is promised to staged writes. */
    public Room room() {
        return room;
    }

    /** Returns how many bytes preserves can still take; huge while the file system has not refused any. */
    private long preservableBytes() {
        long segmentBytes = segments.segmentBytes();
        long usable = segmentBytes - SegmentHeader.BYTES;
        long limit = store.catalog().limitBytes();
        long more;
        if (segments.maker().starved()) {
            more = 0;
        } else if (limit == 0) {
            return Long.MAX_VALUE / 2;
        } else {
            more = Math.max(0, limit - otherBytes() - segments.allocatedBytes()) / segmentBytes;
        }
        // A segment is held back, and the end of one may be too short for a batch.
        return log.freeBytes() + (more - 1) * usable - groupPayloadBytes;
    }

    /** Returns the room that lets any group be preserved, wherever in a segment the log is. */
    public long settlingBytes() {
        return groupPayloadBytes;
    }

    /** Returns whether less than a tenth of what preserves can get at most is left; asks the file system again if it had none. */
    public boolean nearlyFull() {
        if (segments.maker().starved()) {
            segments.maker().tryAgain();
        }
        long limit = store.catalog().limitBytes();
        long most = limit == 0 ? segments.allocatedBytes() : limit - otherBytes() - segments.segmentBytes();
        return room.availableBytes() - room.promisedBytes() < most / 10;
    }

    /**
     * Returns how many bytes preserves can still take before the limit or the file system ends, promised ones among them; asks
     * the file system.
     */
    public long leftBytes() {
        long inFiles = Math.max(0, log.freeBytes() - segments.segmentBytes()); // one is held back
        return Math.min(room.availableBytes(), inFiles + usableBytes());
    }

    private long usableBytes() {
        try {
            return Math.min(storage.usableBytes(directory), 1L << 50);
        } catch (IOException e) {
            return 1L << 50; // It only serves to warn.
        }
    }

    /** Returns whether the log takes so many small changes of the catalog, now or after the next opening, without a new file. */
    public boolean admitsChanges(int count) {
        return log.lastingBytes() >= (long) count * BatchHeader.ALIGNMENT_BYTES;
    }

    /** Returns the bytes of segments that batches lie in, or lay in, without holes. */
    public long usedBytes() {
        return log.usedBytes() - segments.holes().bytes();
    }

    /** Returns the bytes that were appended to the log since the opening, but for what was there before. */
    public long grownBytes() {
        return log.grownBytes();
    }

    /** Returns whether what deletes leave can be given back. */
    public boolean reclaims() {
        return store.housekeeper().reclaims();
    }

    /** Waits until what deletes left is given back as far as it can be now, or there is enough. Takes no lock meanwhile. */
    public void awaitReclaimed(BooleanSupplier enough) {
        boolean more = true;
        while (more && !enough.getAsBoolean()) {
            more = store.housekeeper().awaitReclaim();
        }
    }

    /** Lets who is in {@link #awaitReclaimed} look again whether there is enough. */
    public void lookAgain() {
        store.housekeeper().lookAgain();
    }

    /** Asks the file system again if it had no space, and waits for its answer. */
    public void askForSpace() {
        retrySpace();
        if (segments.maker().starved()) {
            segments.maker().tryAgain();
        }
    }

    /** Says that there may be space in the file system where there was none; does not wait. */
    private void retrySpace() {
        segments.maker().retry();
        store.housekeeper().retry();
    }

    /** Returns what the store needs: what it holds besides segments, at least what it will hold soon, and a few of these. */
    private long leastBytes() {
        long index = store.housekeeper().indexBytes() + store.housekeeper().reserveBytes();
        return store.staging().mostBytes()
                + store.overlays().allocatedBytes()
                + Math.max(index, store.housekeeper().leastIndexBytes())
                + DiffAreaUsage.LEAST_SEGMENTS * segments.segmentBytes();
    }

    /** Returns how the space of the diff area is used. Consistent enough for people and estimates, not in one instant. */
    public DiffAreaUsage usage() {
        long segmentBytes = segments.segmentBytes();
        return new DiffAreaUsage(
                store.catalog().limitBytes(),
                leastBytes(),
                otherBytes() + segments.allocatedBytes(),
                segments.allocatedBytes(),
                usedBytes(),
                segments.holes().bytes(),
                store.index().payloadBytes(),
                store.housekeeper().indexBytes(),
                store.staging().allocatedBytes(),
                store.overlays().allocatedBytes(),
                segmentBytes + store.housekeeper().reserveBytes(),
                store.housekeeper().reserveBytes());
    }

    /**
     * Sets the limit, durably.
     *
     * @param limitBytes of all files of the store together; 0 for none. Below what they take now it keeps them from
     *     growing, and nothing is lost at once.
     * @throws IllegalArgumentException if it is less than the store needs to work at all
     */
    public void limit(long limitBytes) throws StoreException {
        long least = usage().leastBytes();
        if (limitBytes != 0 && limitBytes < least) {
            throw new IllegalArgumentException("limit of the diff area: " + limitBytes + " bytes; allowed is " + least
                    + " or more, which staging, index and " + DiffAreaUsage.LEAST_SEGMENTS + " segments need");
        }
        store.change(new CatalogEntry.DiffAreaSet(limitBytes));
        retrySpace();
    }
}
