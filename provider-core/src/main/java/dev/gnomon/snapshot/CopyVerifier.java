/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.DiffPage.Extent;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.ChangeScan;
import dev.gnomon.store.Lookup;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads every preserved piece that a shadow copy reads, and compares its checksum. Confined to one task.
 *
 * <p>Which pieces these are comes from the index, as for a diff: those with an exception above the copy's epoch. What the
 * copy reads from the origin has no checksum and is left out, and so is what is staged, which is checked when it is settled.
 */
final class CopyVerifier {
    private static final int PIECE = Preserve.PIECE_BYTES;

    /** Pieces that are read for one part: 64 MiB, a second or less. */
    private static final int PAGE_PIECES = 16 << 10;

    /** Looks at one piece that ended because it was moved meanwhile; more mean that it is not where the index says. */
    private static final int MAX_LOOKS = 1000;

    private final Store store;
    private final CopyInfo info;
    private final ShadowCopy copy;
    private final VolumeExceptions exceptions;
    private final Events events;
    private final List<Extent> damaged = new ArrayList<>();
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE);
    private long checked;

    CopyVerifier(Store store, CopyInfo info, ShadowCopy copy, Events events) {
        this.store = store;
        this.info = info;
        this.copy = copy;
        this.exceptions = store.exceptions(copy.entry().volume());
        this.events = events;
    }

    /** Checks from an offset on, as far as one part goes. */
    VerifyPage verify(long offsetBytes) throws EngineException {
        if (offsetBytes < 0 || offsetBytes >= copy.sizeBytes()) {
            throw new EngineException(
                    Kind.INVALID,
                    "offset " + offsetBytes + ": expected 0 to " + (copy.sizeBytes() - 1) + ", inside "
                            + info.exportName());
        }
        if (copy.suspect()) {
            throw new EngineException(
                    Kind.DAMAGED, info.exportName() + " may lack records: a part of the log that it needs is damaged");
        }
        long end = (copy.sizeBytes() - 1) / PIECE + 1;
        long at = offsetBytes / PIECE;
        Lookup lookup = store.lookups().take();
        try {
            while (at < end && checked < PAGE_PIECES && damaged.size() < DiffPage.MAX_EXTENTS && !copy.hidden()) {
                at = scan(at, end, lookup);
            }
        } catch (StoreException e) {
            throw new EngineException(Kind.DAMAGED, info.exportName() + " cannot be looked up: " + e.getMessage(), e);
        } finally {
            store.lookups().give(lookup);
        }
        if (copy.hidden()) {
            throw new EngineException(Kind.NOT_FOUND, info.exportName() + " was deleted meanwhile");
        }
        return new VerifyPage(
                info.exportName(), copy.sizeBytes(), checked * PIECE, damaged, Math.min(copy.sizeBytes(), at * PIECE));
    }

    /** Checks what one scan finds, or a part of it; returns the piece to go on from. */
    private long scan(long first, long end, Lookup lookup) throws StoreException {
        try (ChangeScan scan = exceptions.changes(first, end, copy.entry().epoch(), Long.MAX_VALUE)) {
            for (long at = scan.next(); at != ChangeScan.NONE; at = scan.next()) {
                check(at, lookup);
                boolean full = checked >= PAGE_PIECES || damaged.size() >= DiffPage.MAX_EXTENTS;
                if (full || copy.hidden()) {
                    return at + 1;
                }
            }
            return scan.end();
        }
    }

    private void check(long at, Lookup lookup) throws StoreException {
        for (int looks = 0; looks < MAX_LOOKS; looks++) {
            exceptions.lookup(at, 1, copy.entry().epoch(), lookup);
            if (!lookup.found(0)) {
                return; // It is staged, and the copy reads the origin or an older write.
            }
            try {
                if (lookup.zeros(0) || store.readPiece(lookup.location(0), lookup.crc(0), piece.clear())) {
                    checked++;
                    return;
                }
                // It was moved: look again.
            } catch (StoreException e) {
                checked++;
                note(at, String.valueOf(e.getMessage()));
                return;
            }
        }
        note(at, "it is not where the index says");
    }

    private void note(long at, String why) {
        events.tell(Event.ofCopy(
                EventId.COPY_UNREADABLE, info.id().toString(), "piece at " + at * PIECE + " is damaged: " + why));
        long length = Math.min(PIECE, copy.sizeBytes() - at * PIECE);
        if (!damaged.isEmpty() && end(damaged.getLast()) == at * PIECE) {
            Extent last = damaged.removeLast();
            damaged.add(new Extent(last.offsetBytes(), last.lengthBytes() + length));
        } else {
            damaged.add(new Extent(at * PIECE, length));
        }
    }

    private static long end(Extent extent) {
        return extent.offsetBytes() + extent.lengthBytes();
    }
}
