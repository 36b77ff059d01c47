/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Lookup;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one shadow copy: a piece comes from its exception with the smallest epoch above the copy's, or if there is none
 * from what is staged of its epoch or an older one, or else from the origin. Thread-safe.
 *
 * <p><b>Invariants:</b> what was read from the origin counts only if no exception of the piece appeared meanwhile (I9);
 * nothing is returned once the copy is hidden, for then nobody preserves for it any more; preserved bytes are returned
 * only if their checksum is right.
 */
public final class ShadowCopy implements CopyReader, DiffSide {
    private static final int PIECE = Preserve.PIECE_BYTES;

    /** Most bytes of one look-up, and read from the origin before they are checked again. */
    private static final int RUN_BYTES = 1 << 20;

    /** Looks at one place that ended because something came between; so many in a row mean that something is missing. */
    private static final int MAX_LOOKS = 1000;

    private final Catalog.CopyEntry entry;
    private final Origin origin;
    private final Store store;
    private final VolumeExceptions exceptions;
    private final StagedReads stagedReads;
    private final boolean suspect;
    private final Events events;
    private volatile boolean hidden;

    ShadowCopy(Catalog.CopyEntry entry, LiveVolume volume, Store store, Events events) {
        this.entry = entry;
        this.events = events;
        this.origin = volume.origin();
        this.store = store;
        this.stagedReads = volume.stagedReads();
        this.exceptions = store.exceptions(entry.volume());
        this.suspect = store.recovered().suspectCopies().contains(entry.id());
    }

    @Override
    public Catalog.CopyEntry entry() {
        return entry;
    }

    @Override
    public long sizeBytes() {
        return entry.sizeBytes();
    }

    /** Lets every read from now on end with {@link IoStatus#GONE}. */
    void hide() {
        hidden = true;
    }

    @Override
    public boolean hidden() {
        return hidden;
    }

    @Override
    public boolean suspect() {
        return suspect;
    }

    @Override
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        if (!inside(offsetBytes, target.remaining())) {
            return IoStatus.INVALID;
        }
        if (suspect) {
            return IoStatus.IO_ERROR;
        }
        int limit = target.limit();
        Lookup lookup = store.lookups().take();
        long at = offsetBytes;
        IoStatus status = IoStatus.OK;
        try {
            int idle = 0;
            while (target.position() < limit && status == IoStatus.OK) {
                int before = target.position();
                status = readSome(at, target, limit, lookup);
                target.limit(limit);
                at += target.position() - before;
                idle = target.position() == before ? idle + 1 : 0;
                if (idle > MAX_LOOKS) {
                    status = unreadable("what it holds at " + at + " is not where the index says");
                }
            }
        } catch (StoreException e) {
            status = unreadable(e.getMessage());
        }
        store.lookups().give(lookup);
        return hidden ? IoStatus.GONE : status;
    }

    /** Reads what one look-up covers, or less: up to a place where something came between. */
    private IoStatus readSome(long at, ByteBuffer target, int limit, Lookup lookup) throws StoreException {
        int length = Math.min(RUN_BYTES, limit - target.position());
        long first = at / PIECE;
        exceptions.lookup(first, (int) ((at + length - 1) / PIECE - first + 1), entry.epoch(), lookup);
        int end = target.position() + length;
        IoStatus status = IoStatus.OK;
        for (long from = at; target.position() < end && status == IoStatus.OK; ) {
            int start = target.position();
            status = readPart(from, first, target, end, lookup);
            target.limit(limit);
            if (target.position() == start) {
                return status;
            }
            from += target.position() - start;
        }
        return status;
    }

    /** Reads one piece, or the pieces in a row that are in the origin; the position stays if something came between. */
    private IoStatus readPart(long from, long first, ByteBuffer target, int end, Lookup lookup) throws StoreException {
        int index = (int) (from / PIECE - first);
        int skip = (int) (from % PIECE);
        if (lookup.found(index)) {
            readPreserved(lookup, index, skip, Math.min(PIECE - skip, end - target.position()), target);
            return IoStatus.OK;
        }
        if (lookup.slot(index) != StagedPieces.NONE) {
            return stagedReads.readSlot(
                    lookup.slot(index), lookup.stagedLocation(index), lookup.stagedCrc(index), skip, target, end);
        }
        int next = lookup.nextElsewhere(index);
        int start = target.position();
        target.limit((int) Math.min(end, start + (first + next) * PIECE - from));
        IoStatus status = origin.read(from, target);
        if (status == IoStatus.OK && exceptions.appeared(lookup, index, next, entry.epoch())) {
            target.position(start); // a first overwrite came between: look again (I9)
        }
        return status;
    }

    private IoStatus unreadable(@Nullable String why) {
        events.tell(Event.ofCopy(EventId.COPY_UNREADABLE, entry.id().toString(), "could not be read: " + why));
        return IoStatus.IO_ERROR;
    }

    private static void readZeros(int length, ByteBuffer target) {
        for (int i = 0; i < length; i++) {
            target.put((byte) 0);
        }
    }

    /** Reads a part of a preserved piece; the position stays if it was moved since it was looked up (I5). */
    private void readPreserved(Lookup lookup, int index, int skip, int length, ByteBuffer target)
            throws StoreException {
        if (lookup.zeros(index)) {
            readZeros(length, target);
        } else if (length == PIECE) {
            target.limit(target.position() + PIECE);
            store.readPiece(lookup.location(index), lookup.crc(index), target);
        } else {
            ByteBuffer whole = ByteBuffer.allocate(PIECE);
            if (store.readPiece(lookup.location(index), lookup.crc(index), whole)) {
                target.put(whole.limit(skip + length).position(skip));
            }
        }
    }

    @Override
    public IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        if (!inside(offsetBytes, lengthBytes)) {
            return IoStatus.INVALID;
        }
        if (suspect) {
            return IoStatus.IO_ERROR;
        }
        ExtentMerger merged = new ExtentMerger(sink);
        Lookup lookup = store.lookups().take();
        boolean more = true;
        long end = offsetBytes + lengthBytes;
        try {
            for (long at = offsetBytes; at < end && more && !hidden; ) {
                long until = Math.min(end, at + RUN_BYTES);
                long first = at / PIECE;
                exceptions.lookup(first, (int) ((until - 1) / PIECE - first + 1), entry.epoch(), lookup);
                while (at < until && more) {
                    int index = (int) (at / PIECE - first);
                    int next = Math.max(index + 1, lookup.nextElsewhere(index));
                    long to = Math.min(until, (first + next) * PIECE);
                    boolean hole;
                    if (lookup.found(index)) {
                        hole = lookup.zeros(index);
                    } else if (lookup.slot(index) != StagedPieces.NONE) {
                        hole = lookup.stagedLocation(index) == StagedPieces.ZEROS;
                    } else {
                        long data = origin.nextData(at);
                        hole = data > at;
                        to = Math.min(to, hole ? data : Math.max(at + 1, origin.nextHole(at)));
                        // A write that came meanwhile makes it data at worst, never a hole that was none.
                        hole &= !exceptions.appeared(lookup, index, next, entry.epoch());
                    }
                    more = merged.extent(to - at, hole);
                    at = to;
                }
            }
        } catch (StoreException e) {
            return unreadable(e.getMessage());
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
        } finally {
            store.lookups().give(lookup);
        }
        merged.flush();
        return hidden ? IoStatus.GONE : IoStatus.OK;
    }

    private boolean inside(long offsetBytes, long lengthBytes) {
        return offsetBytes >= 0
                && lengthBytes >= 0
                && offsetBytes <= sizeBytes()
                && lengthBytes <= sizeBytes() - offsetBytes;
    }
}
