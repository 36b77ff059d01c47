/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads one shadow copy: a piece comes from its exception with the smallest epoch above the copy's, or if there is none
 * from what is staged of its epoch or an older one, or else from the origin. Thread-safe.
 *
 * <p><b>Invariants:</b> what was read from the origin counts only if no exception of the piece appeared meanwhile (I9);
 * nothing is returned once the copy is hidden, for then nobody preserves for it any more; preserved bytes are returned
 * only if their checksum is right.
 */
public final class ShadowCopy {
    private static final int PIECE = Preserve.PIECE_BYTES;

    /** Most bytes read from the origin before they are checked again. */
    private static final int RUN_BYTES = 1 << 20;

    private static final long NOT_STAGED = -2;

    private final Catalog.CopyEntry entry;
    private final Origin origin;
    private final Store store;
    private final VolumeExceptions exceptions;
    private final StagedPieces staged;
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
        this.staged = exceptions.staged();
        this.suspect = store.recovered().suspectCopies().contains(entry.id());
    }

    Catalog.CopyEntry entry() {
        return entry;
    }

    /** Returns the size of the volume at the cut, in bytes. */
    public long sizeBytes() {
        return entry.sizeBytes();
    }

    /** Lets every read from now on end with {@link IoStatus#GONE}. */
    void hide() {
        hidden = true;
    }

    /** Fills the buffer from a range; on anything but OK its content is undefined. */
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        if (!inside(offsetBytes, target.remaining())) {
            return IoStatus.INVALID;
        }
        if (suspect) {
            return IoStatus.IO_ERROR;
        }
        int limit = target.limit();
        long at = offsetBytes;
        IoStatus status = IoStatus.OK;
        while (target.position() < limit && status == IoStatus.OK) {
            int before = target.position();
            status = readSome(at, target, limit);
            target.limit(limit);
            at += target.position() - before;
        }
        return hidden ? IoStatus.GONE : status;
    }

    private IoStatus readSome(long at, ByteBuffer target, int limit) {
        long piece = at / PIECE;
        int skip = (int) (at % PIECE);
        int exception;
        long slot = StagedPieces.NONE;
        long location = 0;
        int crc = 0;
        Mutex mutex = exceptions.mutex();
        mutex.lock();
        try {
            exception = exceptions.find(piece, entry.epoch());
            if (exception == VolumeExceptions.NONE) {
                slot = staged.newest(piece, entry.epoch());
                location = slot == StagedPieces.NONE ? 0 : staged.location(slot);
                crc = slot == StagedPieces.NONE ? 0 : staged.crc(slot);
            }
        } finally {
            mutex.unlock();
        }
        if (exception != VolumeExceptions.NONE) {
            int length = Math.min(PIECE - skip, limit - target.position());
            return readPreserved(exception, skip, length, target);
        }
        if (slot != StagedPieces.NONE) {
            return stagedReads.readSlot(slot, location, crc, skip, target, limit);
        }
        int run = inOrigin(at, Math.min(RUN_BYTES, limit - target.position()));
        int start = target.position();
        target.limit(start + run);
        IoStatus status = origin.read(at, target);
        if (status == IoStatus.OK && inOrigin(at, run) < run) {
            target.position(start); // a first overwrite came between: read it again (I9)
        }
        return status;
    }

    /** Returns where a piece is staged for this copy, or {@link #NOT_STAGED}. */
    private long staged(long piece) {
        Mutex mutex = exceptions.mutex();
        mutex.lock();
        try {
            long slot = staged.newest(piece, entry.epoch());
            return slot == StagedPieces.NONE ? NOT_STAGED : staged.location(slot);
        } finally {
            mutex.unlock();
        }
    }

    private int find(long piece) {
        Mutex mutex = exceptions.mutex();
        mutex.lock();
        try {
            return exceptions.find(piece, entry.epoch());
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many bytes from an offset, up to a length, this copy reads from the origin. */
    private int inOrigin(long at, int length) {
        Mutex mutex = exceptions.mutex();
        mutex.lock();
        try {
            long end = at + length;
            for (long piece = at / PIECE; piece * PIECE < end; piece++) {
                if (exceptions.find(piece, entry.epoch()) != VolumeExceptions.NONE
                        || staged.newest(piece, entry.epoch()) != StagedPieces.NONE) {
                    return (int) Math.max(0, piece * PIECE - at);
                }
            }
            return length;
        } finally {
            mutex.unlock();
        }
    }

    private IoStatus readPreserved(int exception, int skip, int length, ByteBuffer target) {
        long location = exceptions.location(exception);
        if (location == VolumeExceptions.ZEROS) {
            for (int i = 0; i < length; i++) {
                target.put((byte) 0);
            }
            return IoStatus.OK;
        }
        try {
            if (length == PIECE) {
                target.limit(target.position() + PIECE);
                store.readPiece(location, exceptions.crc(exception), target);
            } else {
                ByteBuffer whole = ByteBuffer.allocate(PIECE);
                store.readPiece(location, exceptions.crc(exception), whole);
                target.put(whole.limit(skip + length).position(skip));
            }
            return IoStatus.OK;
        } catch (StoreException e) {
            events.tell(Event.ofCopy(
                    EventId.COPY_UNREADABLE, entry.id().toString(), "could not be read: " + e.getMessage()));
            return IoStatus.IO_ERROR;
        }
    }

    /** Reports what of a range takes space. */
    public IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        if (!inside(offsetBytes, lengthBytes)) {
            return IoStatus.INVALID;
        }
        if (suspect) {
            return IoStatus.IO_ERROR;
        }
        ExtentMerger merged = new ExtentMerger(sink);
        boolean more = true;
        long end = offsetBytes + lengthBytes;
        try {
            for (long at = offsetBytes; at < end && more && !hidden; ) {
                long next = Math.min(end, (at / PIECE + 1) * PIECE);
                int exception = find(at / PIECE);
                long location = exception == VolumeExceptions.NONE ? staged(at / PIECE) : NOT_STAGED;
                if (exception != VolumeExceptions.NONE) {
                    more = merged.extent(next - at, exceptions.location(exception) == VolumeExceptions.ZEROS);
                } else if (location != NOT_STAGED) {
                    more = merged.extent(next - at, location == StagedPieces.ZEROS);
                } else {
                    long oldest = staged.first();
                    next = at + inOrigin(at, (int) Math.min(RUN_BYTES, end - at));
                    if (next == at) {
                        continue;
                    }
                    long data = origin.nextData(at);
                    boolean hole = data > at;
                    next = Math.min(next, hole ? data : Math.max(at + 1, origin.nextHole(at)));
                    // A write that came meanwhile makes it data at worst, never a hole that was none.
                    hole &= inOrigin(at, (int) (next - at)) == next - at && staged.first() == oldest;
                    more = merged.extent(next - at, hole);
                }
                at = next;
            }
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
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
