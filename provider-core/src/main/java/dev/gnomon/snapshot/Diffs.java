/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.DiffPage.Extent;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import java.util.ArrayList;
import java.util.List;

/** Compares shadow copies with each other and with their live volume, and checks them. Thread-safe. */
final class Diffs {
    /** Entries of the index that are looked at for one page: some 100 MiB of runs. */
    private static final long PAGE_ENTRIES = 4L << 20;

    private final Store store;
    private final Volumes volumes;
    private final Copies copies;
    private final Events events;

    Diffs(Store store, Volumes volumes, Copies copies, Events events) {
        this.store = store;
        this.volumes = volumes;
        this.copies = copies;
        this.events = events;
    }

    /** Compares two copies of a volume, in whatever order they are named. */
    CopyDiff between(CopyInfo one, CopyInfo other) throws EngineException {
        if (!one.volumeId().equals(other.volumeId())) {
            throw new EngineException(
                    Kind.INVALID,
                    one.exportName() + " and " + other.exportName()
                            + " cannot be compared: expected two copies of one volume");
        }
        boolean inOrder = one.epoch() <= other.epoch();
        DiffSide older = side(inOrder ? one : other);
        DiffSide newer = side(inOrder ? other : one);
        return new CopyDiff(store.exceptions(older.entry().volume()), older, newer, 0, events);
    }

    /** Compares a copy with its live volume. */
    CopyDiff since(CopyInfo copy) throws EngineException {
        DiffSide older = side(copy);
        LiveVolume live = volumes.live(copy.volume());
        if (live == null) {
            throw new EngineException(Kind.WRONG_STATE, "volume " + copy.volume() + " is not online");
        }
        if (store.exceptions(live.number()).reverting()) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "volume " + copy.volume() + " is being reverted; what changed can be told when that is done");
        }
        return new CopyDiff(store.exceptions(live.number()), older, null, live.sizeBytes(), events);
    }

    private DiffSide side(CopyInfo copy) throws EngineException {
        Catalog.OverlayEntry overlay = store.catalog().overlay(copy.id());
        if (overlay != null && overlay.isSealed()) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "shadow copy " + copy.exportName() + " shows its overlay, which no comparison knows of");
        }
        DiffSide side = copies.side(copy.id());
        return side == null || copy.suspect() ? readable(copy) : side;
    }

    private ShadowCopy readable(CopyInfo copy) throws EngineException {
        ShadowCopy readable = copies.readable(copy.id());
        if (readable == null || copy.suspect()) {
            throw new EngineException(
                    Kind.WRONG_STATE, "shadow copy " + copy.exportName() + " cannot be read: " + copy.whyUnreadable());
        }
        return readable;
    }

    /** Checks a part of a copy. */
    VerifyPage verify(String reference, long offsetBytes) throws EngineException {
        CopyInfo copy = copies.find(reference);
        return new CopyVerifier(store, copy, readable(copy), events).verify(offsetBytes);
    }

    DiffPage page(DiffRequest request) throws EngineException {
        CopyInfo one = copies.findAny(request.copy());
        CopyInfo older = one;
        String newer = one.volume();
        CopyDiff diff;
        if (request.other().isEmpty()) {
            diff = since(one);
        } else {
            CopyInfo other = copies.findAny(request.other());
            diff = between(one, other);
            older = one.epoch() <= other.epoch() ? one : other;
            newer = (one.epoch() <= other.epoch() ? other : one).exportName();
        }
        long offset = request.offsetBytes();
        if (offset < 0 || offset >= diff.sizeBytes()) {
            throw new EngineException(
                    Kind.INVALID,
                    "offset " + offset + ": expected 0 to " + (diff.sizeBytes() - 1) + ", inside " + newer);
        }
        Page page = new Page(offset);
        IoStatus status = diff.changes(offset, diff.sizeBytes() - offset, PAGE_ENTRIES, page);
        switch (status) {
            case OK -> {}
            case GONE ->
                throw new EngineException(
                        Kind.NOT_FOUND, older.exportName() + " and " + newer + ": one of them was deleted meanwhile");
            default ->
                throw new EngineException(
                        Kind.DAMAGED,
                        older.exportName() + " and " + newer
                                + " cannot be compared: the index of the store is damaged or cannot be read");
        }
        return new DiffPage(older.exportName(), newer, diff.sizeBytes(), page.extents, page.at);
    }

    private static final class Page implements ChangeSink {
        private final List<Extent> extents = new ArrayList<>();
        private long at;

        Page(long offset) {
            at = offset;
        }

        @Override
        public boolean extent(long lengthBytes, boolean changed) {
            if (changed) {
                extents.add(new Extent(at, lengthBytes));
            }
            at += lengthBytes;
            return extents.size() < DiffPage.MAX_EXTENTS;
        }
    }
}
