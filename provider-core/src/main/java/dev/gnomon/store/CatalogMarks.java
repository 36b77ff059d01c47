/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.CatalogEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the catalog says about volumes and copies beyond that they exist. Immutable; a change makes the next one.
 *
 * <p><b>Invariant:</b> marks speak of what is in the catalog: they go with their copy or volume.
 *
 * @param holds the reasons of copies that may not be deleted, in the order in which they were held first
 * @param limitBytes the most that the store's files may take together, 0 if nobody said
 */
record CatalogMarks(Map<UUID, String> holds, long limitBytes, CatalogOverlays overlays) {
    /** Nothing is marked. */
    static final CatalogMarks NONE = new CatalogMarks(Map.of(), 0, CatalogOverlays.NONE);

    /** Returns the marks after an entry; {@code after} has the volumes and copies that there are then. */
    CatalogMarks apply(CatalogEntry entry, Catalog after) {
        return switch (entry) {
            case CatalogEntry.CopyHeld held -> hold(held, after);
            case CatalogEntry.CopiesDeleted deleted -> forget(deleted);
            case CatalogEntry.DiffAreaSet set -> limit(set);
            case CatalogEntry.OverlayCreated _, CatalogEntry.OverlayChanged _ ->
                new CatalogMarks(holds, limitBytes, overlays.apply(entry, after));
            case CatalogEntry.VolumeAdded _,
                    CatalogEntry.VolumeRemoved _,
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

    private CatalogMarks limit(CatalogEntry.DiffAreaSet set) {
        if (set.limitBytes() < 0) {
            throw new IllegalArgumentException("limit of the diff area: " + set.limitBytes() + " bytes");
        }
        return new CatalogMarks(holds, set.limitBytes(), overlays);
    }

    /** A copy that there is not any more cannot be held: its delete was first. */
    private CatalogMarks hold(CatalogEntry.CopyHeld held, Catalog after) {
        Map<UUID, String> next = new LinkedHashMap<>(holds);
        if (held.held() && after.copies().stream().anyMatch(copy -> copy.id().equals(held.copy()))) {
            next.put(held.copy(), held.reason());
        } else {
            next.remove(held.copy());
        }
        return new CatalogMarks(next, limitBytes, overlays);
    }

    private CatalogMarks forget(CatalogEntry.CopiesDeleted deleted) {
        Map<UUID, String> next = new LinkedHashMap<>(holds);
        deleted.ids().forEach(next::remove);
        return new CatalogMarks(next, limitBytes, overlays.without(deleted.ids()));
    }

    /** Returns entries that make these marks when they are folded after those that make volumes and copies. */
    List<CatalogEntry> entries() {
        List<CatalogEntry> entries = new ArrayList<>();
        if (limitBytes > 0) {
            entries.add(new CatalogEntry.DiffAreaSet(limitBytes));
        }
        holds.forEach((copy, reason) -> entries.add(new CatalogEntry.CopyHeld(copy, true, reason)));
        entries.addAll(overlays.entries());
        return entries;
    }
}
