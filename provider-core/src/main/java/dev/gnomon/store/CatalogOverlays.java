/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.Catalog.OverlayEntry;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.OverlayChange;
import dev.gnomon.store.format.CatalogEntry.OverlayChanged;
import dev.gnomon.store.format.CatalogEntry.OverlayCreated;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The overlays of shadow copies, as the catalog knows them. Immutable; a change makes the next one.
 *
 * <p><b>Invariants:</b> an overlay is of a copy that is there; no file is of two overlays.
 */
final class CatalogOverlays {
    /** There are none. */
    static final CatalogOverlays NONE = new CatalogOverlays(new TreeMap<>());

    private final SortedMap<UUID, OverlayEntry> overlays;

    private CatalogOverlays(SortedMap<UUID, OverlayEntry> overlays) {
        this.overlays = overlays;
    }

    Collection<OverlayEntry> all() {
        return overlays.values();
    }

    @Nullable
    OverlayEntry of(UUID copy) {
        return overlays.get(copy);
    }

    /** Returns the overlays without those of some copies. */
    CatalogOverlays without(Collection<UUID> copies) {
        SortedMap<UUID, OverlayEntry> next = new TreeMap<>(overlays);
        return next.keySet().removeAll(copies) ? new CatalogOverlays(next) : this;
    }

    /** Returns the overlays after an entry about them; {@code after} has the copies that there are then. */
    CatalogOverlays apply(CatalogEntry entry, Catalog after) {
        return switch (entry) {
            case OverlayCreated created -> add(created, after);
            case OverlayChanged changed -> change(changed);
            default -> this;
        };
    }

    private CatalogOverlays add(OverlayCreated created, Catalog after) {
        require(after.copies().stream().anyMatch(copy -> copy.id().equals(created.copy())), "no copy", created.copy());
        require(!overlays.containsKey(created.copy()), "second overlay of a copy", created.copy());
        return with(new OverlayEntry(created.copy(), created.number(), false, 0, ""));
    }

    private CatalogOverlays change(OverlayChanged changed) {
        OverlayEntry overlay = overlays.get(changed.copy());
        if (overlay == null) {
            // A failure may be noted while the overlay is being dropped; anything else would be wrong.
            require(changed.change() == OverlayChange.FAILED, "no overlay of copy", changed.copy());
            return this;
        }
        return switch (changed.change()) {
            case SEALED ->
                with(new OverlayEntry(
                        overlay.copy(), overlay.number(), true, changed.sealedThrough(), overlay.failure()));
            case FAILED ->
                with(new OverlayEntry(
                        overlay.copy(),
                        overlay.number(),
                        overlay.isSealed(),
                        overlay.sealedThrough(),
                        changed.reason()));
            case DROPPED -> without(List.of(overlay.copy()));
        };
    }

    private CatalogOverlays with(OverlayEntry overlay) {
        SortedMap<UUID, OverlayEntry> next = new TreeMap<>(overlays);
        next.put(overlay.copy(), overlay);
        return new CatalogOverlays(next);
    }

    private static void require(boolean condition, String what, UUID copy) {
        if (!condition) {
            throw new IllegalArgumentException("catalog entry: " + what + ": " + copy);
        }
    }

    /** Returns entries that make these overlays when they are folded after those that make the copies. */
    List<CatalogEntry> entries() {
        List<CatalogEntry> entries = new ArrayList<>();
        for (OverlayEntry overlay : overlays.values()) {
            entries.add(new OverlayCreated(overlay.copy(), overlay.number()));
            if (overlay.isSealed()) {
                entries.add(new OverlayChanged(overlay.copy(), OverlayChange.SEALED, overlay.sealedThrough(), ""));
            }
            if (!overlay.failure().isEmpty()) {
                entries.add(new OverlayChanged(overlay.copy(), OverlayChange.FAILED, 0, overlay.failure()));
            }
        }
        return entries;
    }
}
