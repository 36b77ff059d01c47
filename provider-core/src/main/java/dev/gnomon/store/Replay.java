/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Scheduler;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Builds catalog and indexes from a checkpoint and the batches of the log behind it. Recovery is this and nothing else: no
 * bit, no copy and no epoch comes from anywhere but durable records (I3).
 */
final class Replay implements LogScan.Visitor {
    private final Scheduler scheduler;
    private final int piecesPerChunk;
    private final Map<Integer, VolumeExceptions> exceptions = new TreeMap<>();
    private final Map<Integer, Long> pieces = new TreeMap<>();
    private final RunSet runs;
    private final Set<UUID> suspectCopies = new HashSet<>();
    private Catalog catalog;
    private boolean deletes;
    private boolean gapSeen;
    private boolean cutMayPrecedeGap;

    /** Begins with what a checkpoint says. */
    Replay(Scheduler scheduler, int piecesPerChunk, Checkpoints.Loaded loaded) {
        this.scheduler = scheduler;
        this.piecesPerChunk = piecesPerChunk;
        this.runs = loaded.runs();
        this.catalog = loaded.catalog();
        for (Catalog.VolumeEntry volume : catalog.volumes()) {
            add(volume.number(), volume.sizeBytes()).recorded(loaded.highestRecorded(volume.number()));
            mayName(volume.number(), catalog.largestBytes(volume));
        }
    }

    private VolumeExceptions add(int volume, long sizeBytes) {
        VolumeExceptions added = new VolumeExceptions(scheduler.newMutex(), volume, sizeBytes, piecesPerChunk, runs);
        exceptions.put(volume, added);
        mayName(volume, sizeBytes);
        return added;
    }

    /** Notes that records of a volume may name pieces up to a size. */
    private void mayName(int volume, long largestBytes) {
        pieces.put(volume, (largestBytes + Preserve.PIECE_BYTES - 1) / Preserve.PIECE_BYTES);
    }

    @Override
    public void batch(ByteBuffer head, int start, int headBytes, String file, int segment, long offsetBytes)
            throws StoreException {
        long payload = Location.of(segment, offsetBytes + headBytes);
        BatchReader.visit(head, start, headBytes, piecesPerChunk, file, offsetBytes, new BatchReader.Visitor() {
            @Override
            public void preserve(ByteBuffer from, int entry) throws StoreException {
                takePreserve(from, entry, payload, file, offsetBytes);
            }

            @Override
            public void catalog(CatalogEntry entry) throws StoreException {
                takeCatalog(entry, file, offsetBytes);
            }
        });
    }

    private void takePreserve(ByteBuffer head, int entry, long payload, String file, long offset)
            throws StoreException {
        int volume = EntryHeader.volume(head, entry);
        VolumeExceptions target = exceptions.get(volume);
        if (target == null) {
            if (catalog.nextVolumeNumber() > volume || gapSeen) {
                return; // of a volume that was removed, or whose record is lost
            }
            throw new CorruptionException(file, offset, "volume of an exception record", "a known one", volume);
        }
        long chunk = Preserve.chunk(head, entry);
        long last = -1;
        for (int i = 0; i < piecesPerChunk; i++) {
            last = Preserve.holds(head, entry, i) ? i : last;
        }
        long limit = pieces.getOrDefault(volume, 0L);
        if (chunk < 0 || chunk > limit / piecesPerChunk || chunk * piecesPerChunk + last >= limit) {
            throw new CorruptionException(
                    file, offset, "piece of an exception record", "less than " + limit, "chunk " + chunk);
        }
        target.publish(head, entry, payload);
    }

    private void takeCatalog(CatalogEntry entry, String file, long offset) throws CorruptionException {
        try {
            catalog = catalog.apply(entry);
        } catch (IllegalArgumentException e) {
            if (gapSeen) {
                return; // what it refers to is lost; the damage is reported already
            }
            throw new CorruptionException(
                    file, offset, "catalog entry", "one that fits those before", String.valueOf(e.getMessage()));
        }
        if (cutMayPrecedeGap && entry instanceof CatalogEntry.SetCreated created) {
            // Records of the epoch behind its cut may lie before its entry, in the gap. The next cut came later.
            created.copies().forEach(copy -> suspectCopies.add(copy.id()));
            cutMayPrecedeGap = false;
        }
        if (entry instanceof CatalogEntry.VolumeAdded added) {
            add(added.number(), added.sizeBytes());
        } else if (entry instanceof CatalogEntry.VolumeResized resized) {
            takeSize(resized);
        } else if (entry instanceof CatalogEntry.VolumeRemoved removed) {
            exceptions.remove(removed.number());
            deletes = true;
        } else if (entry instanceof CatalogEntry.CopiesDeleted || entry instanceof CatalogEntry.CopiesBookmarked) {
            deletes = true;
        }
    }

    private void takeSize(CatalogEntry.VolumeResized resized) {
        Catalog.VolumeEntry volume = catalog.volume(resized.number());
        VolumeExceptions concerned = exceptions.get(resized.number());
        if (volume != null && concerned != null) {
            concerned.resized(resized.sizeBytes());
            mayName(resized.number(), catalog.largestBytes(volume));
        }
    }

    @Override
    public void gap(LogScan.Damage damage) {
        gapSeen = true;
        cutMayPrecedeGap = true;
        catalog.copies().forEach(copy -> suspectCopies.add(copy.id()));
        catalog.bookmarks().forEach(bookmark -> suspectCopies.add(bookmark.id()));
    }

    Catalog catalog() {
        return catalog;
    }

    /** Returns whether anything was deleted, so that some records may be read by nobody any more. */
    boolean deletes() {
        return deletes;
    }

    RunSet runs() {
        return runs;
    }

    Map<Integer, VolumeExceptions> exceptions() {
        return exceptions;
    }

    /**
     * Returns the copies for which a record may be among what was lost: all that existed then, and those of the set whose
     * cut was open.
     */
    Set<UUID> suspectCopies() {
        return suspectCopies;
    }
}
