/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.OriginNoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the catalog says about volumes and copies beyond that they exist. Immutable; a change makes the next one.
 *
 * <p><b>Invariant:</b> marks speak of what is in the catalog: they go with their copy or volume.
 *
 * @param holds the reasons of copies that may not be deleted, in the order in which they were held first
 * @param left how the origins of volumes that were not served since a clean stop were left by it
 * @param changed the origins that were changed while nobody served them, and whose change nobody accepted
 * @param largestBytes the largest size that each volume that was resized ever had, by its number
 * @param limitBytes the most that the store's files may take together, 0 if nobody said
 */
record CatalogMarks(
        Map<UUID, String> holds,
        SortedMap<Integer, Long> largestBytes,
        SortedMap<Integer, OriginNoted> left,
        SortedMap<Integer, OriginNoted> changed,
        long limitBytes,
        CatalogOverlays overlays) {
    /** Nothing is marked. */
    static final CatalogMarks NONE =
            new CatalogMarks(Map.of(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), 0, CatalogOverlays.NONE);

    private CatalogMarks withHolds(Map<UUID, String> next) {
        return new CatalogMarks(next, largestBytes, left, changed, limitBytes, overlays);
    }

    /** Returns the marks after an entry; the catalogs have the volumes and copies before and after it. */
    CatalogMarks apply(CatalogEntry entry, Catalog before, Catalog after) {
        return switch (entry) {
            case CatalogEntry.CopyHeld held -> hold(held, after);
            case CatalogEntry.CopiesDeleted deleted -> forget(deleted);
            case CatalogEntry.VolumeRemoved removed -> forget(removed.number());
            case CatalogEntry.VolumeResized resized -> resize(resized, before);
            case OriginNoted noted -> note(noted, after);
            case CatalogEntry.DiffAreaSet set -> limit(set);
            case CatalogEntry.OverlayCreated _, CatalogEntry.OverlayChanged _ ->
                withOverlays(overlays.apply(entry, after));
            case CatalogEntry.VolumeAdded _,
                    CatalogEntry.SetCreated _,
                    CatalogEntry.SetAttributes _,
                    CatalogEntry.CopiesBookmarked _,
                    CatalogEntry.VolumeProperty _,
                    CatalogEntry.RevertStarted _,
                    CatalogEntry.RevertDone _,
                    CatalogEntry.VolumeFailed _,
                    CatalogEntry.VolumeCleared _ -> this;
        };
    }

    private CatalogMarks withOverlays(CatalogOverlays next) {
        return new CatalogMarks(holds, largestBytes, left, changed, limitBytes, next);
    }

    private CatalogMarks limit(CatalogEntry.DiffAreaSet set) {
        if (set.limitBytes() < 0) {
            throw new IllegalArgumentException("limit of the diff area: " + set.limitBytes() + " bytes");
        }
        return new CatalogMarks(holds, largestBytes, left, changed, set.limitBytes(), overlays);
    }

    /** A copy that there is not any more cannot be held: its delete was first. */
    private CatalogMarks hold(CatalogEntry.CopyHeld held, Catalog after) {
        Map<UUID, String> next = new LinkedHashMap<>(holds);
        if (held.held() && after.copies().stream().anyMatch(copy -> copy.id().equals(held.copy()))) {
            next.put(held.copy(), held.reason());
        } else {
            next.remove(held.copy());
        }
        return withHolds(next);
    }

    private CatalogMarks resize(CatalogEntry.VolumeResized resized, Catalog before) {
        SortedMap<Integer, Long> next = new TreeMap<>(largestBytes);
        Catalog.VolumeEntry volume = before.volume(resized.number());
        long known = volume == null ? 0 : before.largestBytes(volume);
        next.put(resized.number(), Math.max(known, Math.max(resized.sizeBytes(), resized.largestBytes())));
        return new CatalogMarks(holds, next, left, changed, limitBytes, overlays);
    }

    private CatalogMarks note(OriginNoted noted, Catalog after) {
        SortedMap<Integer, OriginNoted> nextLeft = new TreeMap<>(left);
        SortedMap<Integer, OriginNoted> nextChanged = new TreeMap<>(changed);
        nextLeft.remove(noted.number());
        if (after.volume(noted.number()) != null) {
            switch (noted.state()) {
                case SERVED -> {}
                case LEFT -> nextLeft.put(noted.number(), noted);
                case CHANGED -> nextChanged.put(noted.number(), noted);
                case ACCEPTED -> nextChanged.remove(noted.number());
            }
        }
        return new CatalogMarks(holds, largestBytes, nextLeft, nextChanged, limitBytes, overlays);
    }

    private CatalogMarks forget(int volume) {
        SortedMap<Integer, Long> nextLargest = new TreeMap<>(largestBytes);
        SortedMap<Integer, OriginNoted> nextLeft = new TreeMap<>(left);
        SortedMap<Integer, OriginNoted> nextChanged = new TreeMap<>(changed);
        nextLargest.remove(volume);
        nextLeft.remove(volume);
        nextChanged.remove(volume);
        return new CatalogMarks(holds, nextLargest, nextLeft, nextChanged, limitBytes, overlays);
    }

    private CatalogMarks forget(CatalogEntry.CopiesDeleted deleted) {
        Map<UUID, String> next = new LinkedHashMap<>(holds);
        deleted.ids().forEach(next::remove);
        return withHolds(next).withOverlays(overlays.without(deleted.ids()));
    }

    /** Returns entries that make these marks when they are folded after those that make {@code volumes} and copies. */
    List<CatalogEntry> entries(Catalog volumes) {
        List<CatalogEntry> entries = new ArrayList<>();
        if (limitBytes > 0) {
            entries.add(new CatalogEntry.DiffAreaSet(limitBytes));
        }
        largestBytes.forEach((number, largest) -> {
            Catalog.VolumeEntry volume = volumes.volume(number);
            if (volume != null) {
                entries.add(new CatalogEntry.VolumeResized(number, volume.sizeBytes(), largest));
            }
        });
        entries.addAll(changed.values());
        entries.addAll(left.values()); // last: what is noted later of a volume takes this back
        holds.forEach((copy, reason) -> entries.add(new CatalogEntry.CopyHeld(copy, true, reason)));
        entries.addAll(overlays.entries());
        return entries;
    }
}
