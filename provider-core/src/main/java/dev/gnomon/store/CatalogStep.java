/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.Catalog.CopyEntry;
import dev.gnomon.store.Catalog.Revert;
import dev.gnomon.store.Catalog.SetEntry;
import dev.gnomon.store.Catalog.VolumeEntry;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.CopiesBookmarked;
import dev.gnomon.store.format.CatalogEntry.CopiesDeleted;
import dev.gnomon.store.format.CatalogEntry.CopyCreated;
import dev.gnomon.store.format.CatalogEntry.CopyHeld;
import dev.gnomon.store.format.CatalogEntry.DiffAreaSet;
import dev.gnomon.store.format.CatalogEntry.OriginNoted;
import dev.gnomon.store.format.CatalogEntry.OverlayChanged;
import dev.gnomon.store.format.CatalogEntry.OverlayCreated;
import dev.gnomon.store.format.CatalogEntry.RevertDone;
import dev.gnomon.store.format.CatalogEntry.RevertStarted;
import dev.gnomon.store.format.CatalogEntry.SetAttributes;
import dev.gnomon.store.format.CatalogEntry.SetCreated;
import dev.gnomon.store.format.CatalogEntry.VolumeAdded;
import dev.gnomon.store.format.CatalogEntry.VolumeCleared;
import dev.gnomon.store.format.CatalogEntry.VolumeFailed;
import dev.gnomon.store.format.CatalogEntry.VolumeProperty;
import dev.gnomon.store.format.CatalogEntry.VolumeRemoved;
import dev.gnomon.store.format.CatalogEntry.VolumeResized;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One step of the fold that makes a {@link Catalog}: what an entry does to volumes, sets and copies, and whether it may. What it
 * does to everything else is {@link CatalogMarks}' business.
 */
final class CatalogStep {
    private final Catalog catalog;
    private final SortedMap<Integer, VolumeEntry> volumes;
    private final Map<UUID, SetEntry> sets;

    /** Begins at a catalog, which stays as it is. */
    CatalogStep(Catalog catalog) {
        this.catalog = catalog;
        this.volumes = catalog.volumesByNumber();
        this.sets = catalog.setsById();
    }

    /**
     * Returns the catalog with its volumes, sets and copies as they are after an entry, and its marks as they were.
     *
     * @throws IllegalArgumentException if the entry contradicts the catalog, with the reason
     */
    Catalog take(CatalogEntry entry) {
        return switch (entry) {
            case VolumeAdded added -> add(added);
            case VolumeRemoved removed -> remove(removed);
            case SetCreated created -> create(created);
            case SetAttributes changed -> change(changed);
            case CopiesDeleted deleted -> delete(deleted);
            case CopiesBookmarked bookmarked -> bookmark(bookmarked);
            case VolumeFailed failed -> mark(failed.number(), failed.reason());
            case VolumeCleared cleared -> mark(cleared.number(), "");
            case VolumeProperty property -> set(property);
            case VolumeResized resized -> resize(resized);
            case CopyHeld _, OriginNoted _, DiffAreaSet _, OverlayCreated _, OverlayChanged _ -> catalog; // marks
            case RevertStarted started -> start(started);
            case RevertDone done -> finish(done);
        };
    }

    private Catalog resize(VolumeResized resized) {
        VolumeEntry volume = require(resized.number());
        boolean shrinks = resized.sizeBytes() < volume.sizeBytes();
        boolean compared = !volume.copies().isEmpty() || !volume.bookmarks().isEmpty();
        require(!shrinks || !compared, "a volume with shadow copies or bookmarks shrinks", volume.name());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(volume.number(), volume.resized(resized.sizeBytes()));
        return with(next, sets);
    }

    private Catalog add(VolumeAdded added) {
        require(added.number() > catalog.highestVolumeNumber(), "volume number given twice", added.number());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(
                added.number(),
                new VolumeEntry(
                        added.number(),
                        added.id(),
                        added.name(),
                        added.origin(),
                        added.sizeBytes(),
                        added.firstEpoch(),
                        "",
                        List.of()));
        return catalog.with(next, sets, added.number());
    }

    private Catalog remove(VolumeRemoved removed) {
        VolumeEntry volume = require(removed.number());
        require(volume.copies().isEmpty(), "removed volume has shadow copies", volume.name());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.remove(removed.number());
        Map<UUID, SetEntry> nextSets = new LinkedHashMap<>(sets);
        for (CopyEntry bookmark : volume.bookmarks()) {
            nextSets.computeIfPresent(bookmark.set(), (id, set) -> less(set));
        }
        return with(next, nextSets);
    }

    private Catalog create(SetCreated created) {
        require(!sets.containsKey(created.id()) && !created.copies().isEmpty(), "set given twice", created.id());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        for (CopyCreated copy : created.copies()) {
            VolumeEntry volume = require(copy.volume());
            require(copy.epoch() >= volume.highestEpoch(), "epoch of a copy goes back", copy.epoch());
            List<CopyEntry> copies = new ArrayList<>(volume.copies());
            copies.add(new CopyEntry(copy.id(), created.id(), copy.volume(), copy.epoch(), copy.sizeBytes()));
            next.put(volume.number(), volume.with(copy.epoch(), volume.failure(), List.copyOf(copies)));
        }
        Map<UUID, SetEntry> nextSets = new LinkedHashMap<>(sets);
        nextSets.put(
                created.id(),
                new SetEntry(
                        created.id(),
                        created.createdAtMillis(),
                        created.name(),
                        Map.copyOf(created.attributes()),
                        created.copies().size()));
        return with(next, nextSets);
    }

    /** Of a set that there is not: no effect, as its end may have been first. */
    private Catalog change(SetAttributes changed) {
        SetEntry set = sets.get(changed.set());
        if (set == null) {
            return catalog;
        }
        Map<String, String> attributes = new TreeMap<>(set.attributes());
        changed.changes().forEach((key, value) -> {
            if (value.isEmpty()) {
                attributes.remove(key);
            } else {
                attributes.put(key, value);
            }
        });
        Map<UUID, SetEntry> next = new LinkedHashMap<>(sets);
        next.put(
                set.id(),
                new SetEntry(set.id(), set.createdAtMillis(), set.name(), Map.copyOf(attributes), set.copies()));
        return with(volumes, next);
    }

    private Catalog delete(CopiesDeleted deleted) {
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        Map<UUID, SetEntry> nextSets = new LinkedHashMap<>(sets);
        for (VolumeEntry volume : volumes.values()) {
            for (CopyEntry copy : volume.copies()) {
                require(
                        !deleted.ids().contains(copy.id()) || !catalog.isRevertSource(copy.id()),
                        "deleted copy that a volume is being reverted to",
                        copy.id());
            }
            List<CopyEntry> copies = without(volume.copies(), deleted.ids(), nextSets);
            List<CopyEntry> bookmarks = without(volume.bookmarks(), deleted.ids(), nextSets);
            next.put(volume.number(), volume.with(copies, bookmarks));
        }
        return with(next, nextSets);
    }

    private static List<CopyEntry> without(List<CopyEntry> copies, List<UUID> ids, Map<UUID, SetEntry> nextSets) {
        List<CopyEntry> kept = new ArrayList<>();
        for (CopyEntry copy : copies) {
            if (ids.contains(copy.id())) {
                nextSets.computeIfPresent(copy.set(), (id, set) -> less(set));
            } else {
                kept.add(copy);
            }
        }
        return kept;
    }

    private Catalog bookmark(CopiesBookmarked bookmarked) {
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        for (VolumeEntry volume : volumes.values()) {
            List<CopyEntry> copies = new ArrayList<>();
            List<CopyEntry> bookmarks = new ArrayList<>(volume.bookmarks());
            volume.copies().forEach(copy -> (bookmarked.ids().contains(copy.id()) ? bookmarks : copies).add(copy));
            bookmarks.sort(Comparator.comparingLong(CopyEntry::epoch));
            next.put(volume.number(), volume.with(copies, bookmarks));
        }
        return with(next, sets);
    }

    private static @Nullable SetEntry less(SetEntry set) {
        return set.copies() == 1
                ? null
                : new SetEntry(set.id(), set.createdAtMillis(), set.name(), set.attributes(), set.copies() - 1);
    }

    private Catalog mark(int number, String failure) {
        VolumeEntry volume = require(number);
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(number, volume.with(0, failure, volume.copies()));
        return with(next, sets);
    }

    private Catalog set(VolumeProperty property) {
        VolumeEntry volume = require(property.number());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(property.number(), volume.with(property.key(), property.value()));
        return with(next, sets);
    }

    private Catalog start(RevertStarted started) {
        VolumeEntry volume = require(started.number());
        require(volume.copy(started.copy()) != null, "revert to a copy that is not there", started.copy());
        require(!volume.revert().running(), "second revert of a volume", volume.name());
        require(started.epoch() > volume.highestEpoch(), "epoch of a revert goes back", started.epoch());
        return with(volume.with(new Revert(started.copy(), started.epoch())));
    }

    private Catalog finish(RevertDone done) {
        VolumeEntry volume = require(done.number());
        require(volume.revert().running(), "end of a revert that is not there", volume.name());
        return with(volume.with(Revert.NONE));
    }

    private Catalog with(SortedMap<Integer, VolumeEntry> nextVolumes, Map<UUID, SetEntry> nextSets) {
        return catalog.with(nextVolumes, nextSets, catalog.highestVolumeNumber());
    }

    private Catalog with(VolumeEntry volume) {
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(volume.number(), volume);
        return with(next, sets);
    }

    private VolumeEntry require(int number) {
        VolumeEntry volume = volumes.get(number);
        if (volume == null) {
            throw new IllegalArgumentException("catalog entry names volume " + number + ", which there is not");
        }
        return volume;
    }

    private static void require(boolean condition, String what, Object actual) {
        if (!condition) {
            throw new IllegalArgumentException("catalog entry: " + what + ": " + actual);
        }
    }
}
