/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.Catalog.CopyEntry;
import dev.gnomon.store.Catalog.SetEntry;
import dev.gnomon.store.Catalog.VolumeEntry;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.CopiesBookmarked;
import dev.gnomon.store.format.CatalogEntry.CopyCreated;
import dev.gnomon.store.format.CatalogEntry.RevertStarted;
import dev.gnomon.store.format.CatalogEntry.SetCreated;
import dev.gnomon.store.format.CatalogEntry.VolumeAdded;
import dev.gnomon.store.format.CatalogEntry.VolumeFailed;
import dev.gnomon.store.format.CatalogEntry.VolumeProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** The entries that, folded in order, make a catalog but for its epochs: what a checkpoint keeps of it. */
final class CatalogEntries {
    /** Most ids of one entry. */
    private static final int IDS_OF_ENTRY = 512;

    private final Catalog catalog;

    CatalogEntries(Catalog catalog) {
        this.catalog = catalog;
    }

    /** Returns all of them. */
    List<CatalogEntry> all() {
        List<CatalogEntry> entries = new ArrayList<>();
        for (VolumeEntry volume : catalog.volumes()) {
            entries.add(new VolumeAdded(
                    volume.number(), volume.id(), volume.name(), volume.origin(), volume.sizeBytes(), 0));
        }
        for (SetEntry set : catalog.sets()) {
            List<CopyCreated> copies = new ArrayList<>();
            List<CopyEntry> all = catalog.copies();
            all.addAll(catalog.bookmarks());
            for (CopyEntry copy : all) {
                if (copy.set().equals(set.id())) {
                    copies.add(new CopyCreated(copy.id(), copy.volume(), copy.epoch(), copy.sizeBytes()));
                }
            }
            entries.add(new SetCreated(set.id(), set.createdAtMillis(), set.name(), set.attributes(), copies));
        }
        List<UUID> bookmarkIds = catalog.bookmarks().stream().map(CopyEntry::id).toList();
        for (int from = 0; from < bookmarkIds.size(); from += IDS_OF_ENTRY) {
            entries.add(
                    new CopiesBookmarked(bookmarkIds.subList(from, Math.min(from + IDS_OF_ENTRY, bookmarkIds.size()))));
        }
        for (VolumeEntry volume : catalog.volumes()) {
            if (!volume.failure().isEmpty()) {
                entries.add(new VolumeFailed(volume.number(), volume.failure()));
            }
            new TreeMap<>(volume.properties())
                    .forEach((key, value) -> entries.add(new VolumeProperty(volume.number(), key, value)));
            if (volume.revert().running()) {
                entries.add(new RevertStarted(
                        volume.number(), volume.revert().copy(), volume.revert().epoch()));
            }
        }
        entries.addAll(catalog.marks().entries(catalog));
        return entries;
    }
}
