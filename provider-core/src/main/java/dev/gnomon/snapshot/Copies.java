/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Turn;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The shadow copies that can be read, and their end; and the bookmarks that may be left of them. What changes them runs under the engine's {@link Turn}; look-ups are
 * thread-safe.
 *
 * <p><b>Invariants:</b> a copy can be read from when its record is durable until its delete is asked for, and is
 * preserved for until its delete is durable.
 */
final class Copies {
    private final Store store;
    private final CatalogChanges changes;
    private final Collection<LiveVolume> live;
    private final Events events;
    private final CopyOverlays overlays;
    private final Map<UUID, ShadowCopy> readable = new ConcurrentSkipListMap<>();
    private final Map<UUID, Bookmark> bookmarks = new ConcurrentSkipListMap<>();

    /** Makes an empty table; {@code live} are the volumes that are served, kept by {@link Volumes}. */
    Copies(Store store, CatalogChanges changes, Collection<LiveVolume> live, CopyOverlays overlays, Events events) {
        this.store = store;
        this.changes = changes;
        this.live = live;
        this.overlays = overlays;
        this.events = events;
    }

    List<CopyInfo> list() {
        return CopyInfos.all(store.catalog()).stream()
                .map(copy -> copy.with(overlays.info(copy.id())))
                .toList();
    }

    List<CopyInfo> listBookmarks() {
        return CopyInfos.bookmarks(store.catalog());
    }

    /** Returns the copy that a reference means, or the bookmark. */
    CopyInfo findAny(String reference) throws EngineException {
        for (CopyInfo bookmark : listBookmarks()) {
            if (CopyInfos.isMeant(bookmark, reference)) {
                return bookmark;
            }
        }
        return find(reference);
    }

    CopyInfo find(String reference) throws EngineException {
        for (CopyInfo copy : list()) {
            if (CopyInfos.isMeant(copy, reference)) {
                return copy;
            }
        }
        throw new EngineException(Kind.NOT_FOUND, "no shadow copy \"" + Names.shorten(reference) + "\"");
    }

    /** Returns the copy of that id, or null if it cannot be read. */
    @Nullable
    ShadowCopy readable(UUID id) {
        return readable.get(id);
    }

    /** Returns the copy or bookmark of that id, or null if it cannot be compared. */
    @Nullable
    DiffSide side(UUID id) {
        ShadowCopy copy = readable.get(id);
        return copy == null ? bookmarks.get(id) : copy;
    }

    /** Makes the copies of a volume readable that are listed and not readable yet. */
    void show(LiveVolume volume) {
        Catalog.VolumeEntry entry = store.catalog().volume(volume.number());
        if (entry != null) {
            for (Catalog.CopyEntry copy : entry.copies()) {
                if (!readable.containsKey(copy.id()) && !store.catalog().isSuspect(copy)) {
                    ShadowCopy shown = new ShadowCopy(copy, volume, store, events);
                    readable.put(copy.id(), shown);
                    overlays.show(shown);
                }
            }
            for (Catalog.CopyEntry bookmark : entry.bookmarks()) {
                if (!bookmarks.containsKey(bookmark.id())) {
                    bookmarks.put(bookmark.id(), new Bookmark(bookmark, store));
                }
            }
        }
    }

    /** Holds or releases a copy; it is there as long as it is held. */
    CopyInfo mark(String reference, boolean held, String reason) throws EngineException {
        changes.requireWritable();
        UUID id = find(reference).id();
        changes.make(new CatalogEntry.CopyHeld(id, held, reason));
        return find(id.toString());
    }

    /**
     * Hides the copies and their overlays from clients at once; the write path counts them until the delete is durable.
     *
     * @throws EngineException of kind REFUSED if one of them is held, and then none is deleted
     */
    void delete(List<CopyInfo> copies) throws EngineException {
        List<UUID> ids = new ArrayList<>();
        for (CopyInfo copy : copies) {
            requireFree(copy);
            ids.add(copy.id());
        }
        end(ids, new CatalogEntry.CopiesDeleted(ids));
    }

    /** Lets the bytes of a copy go, and keeps it as a bookmark. */
    void bookmark(CopyInfo copy) throws EngineException {
        int count = 0;
        for (CopyInfo bookmark : listBookmarks()) {
            count += bookmark.volumeId().equals(copy.volumeId()) ? 1 : 0;
        }
        if (count >= Names.MAX_BOOKMARKS_OF_VOLUME) {
            throw new EngineException(
                    Kind.REFUSED,
                    "volume " + copy.volume() + " has " + count + " bookmarks: at most "
                            + Names.MAX_BOOKMARKS_OF_VOLUME);
        }
        requireFree(copy);
        if (store.catalog().overlay(copy.id()) != null) {
            throw new EngineException(
                    Kind.WRONG_STATE, "shadow copy " + copy.exportName() + " has an overlay; drop it first");
        }
        List<UUID> ids = List.of(copy.id());
        end(ids, new CatalogEntry.CopiesBookmarked(ids));
        live.forEach(this::show); // now as a bookmark
    }

    /** Refuses to end a copy that is held, or that a volume is being reverted to. */
    private void requireFree(CopyInfo copy) throws EngineException {
        requireReleased(copy);
        if (isRevertSource(copy.id())) {
            throw new EngineException(
                    Kind.REFUSED,
                    "volume " + copy.volume() + " is being reverted to " + copy.exportName()
                            + "; it cannot be deleted before that is done");
        }
    }

    private void end(List<UUID> ids, CatalogEntry entryOfEnd) throws EngineException {
        changes.requireWritable();
        List<Catalog.OverlayEntry> theirs = overlays.of(ids);
        ids.forEach(this::hide);
        try {
            changes.make(entryOfEnd);
        } catch (EngineException e) {
            if (store.writable()) {
                ids.forEach(overlays::forget);
                live.forEach(this::show); // refused before anything was written
            }
            throw e;
        }
        overlays.discard(theirs);
        for (LiveVolume volume : live) {
            Catalog.VolumeEntry entry = store.catalog().volume(volume.number());
            if (entry != null) {
                volume.gate().copiesDeleted(LiveVolume.copyEpochs(entry));
                volume.settler().retry(); // it may owe less now
            }
        }
    }

    private void requireReleased(CopyInfo copy) throws EngineException {
        Catalog catalog = store.catalog();
        if (catalog.isHeld(copy.id())) {
            String reason = catalog.holdReason(copy.id());
            throw new EngineException(
                    Kind.REFUSED,
                    "shadow copy " + copy.exportName() + " is held" + (reason.isEmpty() ? "" : " (" + reason + ")")
                            + "; release it first: gnomon copy release " + copy.exportName());
        }
    }

    /** Returns whether a volume is being reverted to that copy: until it is done the copy is neither deleted nor dropped. */
    boolean isRevertSource(UUID id) {
        return store.catalog().isRevertSource(id);
    }

    private void hide(UUID id) {
        overlays.hide(id);
        ShadowCopy copy = readable.remove(id);
        if (copy != null) {
            copy.hide();
        }
        Bookmark bookmark = bookmarks.remove(id);
        if (bookmark != null) {
            bookmark.hide();
        }
    }

    void hideAll() {
        readable.values().forEach(ShadowCopy::hide);
        bookmarks.values().forEach(Bookmark::hide);
    }
}
