/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.ChangeScan;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * What changed of a volume between a shadow copy and a newer one, or since it; bookmarks do as well. Thread-safe; keeps
 * nothing open.
 *
 * <p>A piece changed if it was written to, even with what it held. For two copies the answer is always the same. Since a
 * copy, it is that of one moment of the call for up to some 690,000 exceptions of the range; for more it is put together
 * from moments of the call, in order of place.
 *
 * <p><b>Invariant:</b> an answer is OK only if the older side was still there behind the last look into the index: until
 * then everything that the answer is made of was kept for it.
 */
public final class CopyDiff {
    private static final int PIECE = Preserve.PIECE_BYTES;

    private final VolumeExceptions exceptions;
    private final DiffSide older;
    private final @Nullable DiffSide newer;
    private final long sizeBytes;
    private final Events events;

    /** Compares two copies of a volume; or without a newer one the live volume, of so many bytes. */
    CopyDiff(VolumeExceptions exceptions, DiffSide older, @Nullable DiffSide newer, long liveSizeBytes, Events events) {
        this.exceptions = exceptions;
        this.older = older;
        this.newer = newer;
        this.sizeBytes = newer == null ? liveSizeBytes : newer.entry().sizeBytes();
        this.events = events;
    }

    /** Returns the size of the newer side in bytes. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Reports a range as consecutive extents from its start on; to its end, unless the sink wants no more or so many entries
     * of the index were looked at. Blocks until done. Costs as much as the range has exceptions that are newer than the
     * older copy and not in a run of older ones only.
     *
     * @param lengthBytes 1 or more; the range must lie inside the newer side, else {@link IoStatus#INVALID}
     * @param mostEntries after about so many, and one extent at least, the answer may end
     * @return GONE if one of the copies was deleted, IO_ERROR if the index is damaged: what was reported counts for nothing
     */
    public IoStatus changes(long offsetBytes, long lengthBytes, long mostEntries, ChangeSink sink) {
        if (offsetBytes < 0 || lengthBytes < 1 || lengthBytes > sizeBytes - offsetBytes) {
            return IoStatus.INVALID;
        }
        if (older.suspect() || (newer != null && newer.suspect())) {
            return IoStatus.IO_ERROR;
        }
        if (newer == null && exceptions.reverting()) {
            return IoStatus.IO_ERROR; // What is not reverted yet has no record, and reads as the copy all the same.
        }
        long end = offsetBytes + lengthBytes;
        // What a volume grew by has no records: behind the older side's end everything is new.
        long grown = older.entry().sizeBytes() < sizeBytes ? older.entry().sizeBytes() / PIECE * PIECE : Long.MAX_VALUE;
        Reporter reporter = new Reporter(offsetBytes, sink);
        long seen = 0;
        try {
            for (long at = offsetBytes; at < Math.min(end, grown) && reporter.more && !gone(); ) {
                if (seen > mostEntries) {
                    reporter.finish(at);
                    return gone() ? IoStatus.GONE : IoStatus.OK;
                }
                try (ChangeScan scan = scan(at, Math.min(end, grown))) {
                    at = Math.min(Math.min(end, grown), scan.end() * PIECE);
                    report(scan, at, reporter);
                    seen += scan.seen();
                }
            }
        } catch (StoreException e) {
            events.tell(Event.ofCopy(
                    EventId.COPY_UNREADABLE,
                    older.entry().id().toString(),
                    "could not be compared: " + e.getMessage()));
            return IoStatus.IO_ERROR;
        }
        if (end > grown) {
            reporter.changed(Math.max(offsetBytes, grown), end);
        }
        reporter.finish(end);
        return gone() ? IoStatus.GONE : IoStatus.OK;
    }

    private ChangeScan scan(long from, long to) {
        long through = newer == null ? Long.MAX_VALUE : newer.entry().epoch();
        return exceptions.changes(
                from / PIECE, (to - 1) / PIECE + 1, older.entry().epoch(), through);
    }

    private void report(ChangeScan scan, long end, Reporter reporter) throws StoreException {
        for (long piece = scan.next(); piece != ChangeScan.NONE && reporter.more && !gone(); piece = scan.next()) {
            reporter.changed(piece * PIECE, Math.min(end, (piece + 1) * PIECE));
        }
    }

    private boolean gone() {
        return older.hidden() || (newer != null && newer.hidden());
    }

    /** Joins neighbours, and puts in what did not change. */
    private static final class Reporter {
        private final ChangeSink sink;

        /** Everything before it was reported. */
        private long at;

        /** From {@link #at} to here is changed, and not reported yet. */
        private long changedTo;

        private boolean more = true;

        Reporter(long offset, ChangeSink sink) {
            this.sink = sink;
            this.at = offset;
            this.changedTo = offset;
        }

        void changed(long from, long to) {
            long start = Math.max(from, changedTo);
            if (start > changedTo) {
                finish(start);
            }
            changedTo = to;
        }

        /** Reports everything up to a place. */
        void finish(long end) {
            pass(changedTo - at, true);
            pass(end - changedTo, false);
            at = end;
            changedTo = end;
        }

        private void pass(long length, boolean changed) {
            if (length > 0 && more) {
                more = sink.extent(length, changed);
            }
        }
    }
}
