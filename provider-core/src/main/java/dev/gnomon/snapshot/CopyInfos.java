/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.Catalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Turns entries of the catalog into what users are shown. */
final class CopyInfos {
    private CopyInfos() {}

    static List<CopyInfo> all(Catalog catalog) {
        List<CopyInfo> infos = new ArrayList<>();
        for (Catalog.SetEntry set : catalog.sets()) {
            infos.addAll(set(catalog, set).copies());
        }
        return infos;
    }

    /** Returns the bookmarks, oldest first. */
    static List<CopyInfo> bookmarks(Catalog catalog) {
        List<CopyInfo> infos = new ArrayList<>();
        for (Catalog.VolumeEntry volume : catalog.volumes()) {
            for (Catalog.CopyEntry bookmark : volume.bookmarks()) {
                Catalog.SetEntry set = catalog.set(bookmark.set());
                if (set != null) {
                    infos.add(copy(catalog, volume, set, bookmark, Instant.ofEpochMilli(set.createdAtMillis())));
                }
            }
        }
        infos.sort(Comparator.comparing(CopyInfo::createdAt));
        return infos;
    }

    static SetInfo set(Catalog catalog, Catalog.SetEntry set) {
        Instant created = Instant.ofEpochMilli(set.createdAtMillis());
        List<CopyInfo> copies = new ArrayList<>();
        for (Catalog.VolumeEntry volume : catalog.volumes()) {
            for (Catalog.CopyEntry copy : volume.copies()) {
                if (copy.set().equals(set.id())) {
                    copies.add(copy(catalog, volume, set, copy, created));
                }
            }
        }
        copies.sort(Comparator.comparing(CopyInfo::volume));
        return new SetInfo(set.id(), set.name(), created, SetAttributes.ofSet(set.attributes()), copies);
    }

    private static CopyInfo copy(
            Catalog catalog,
            Catalog.VolumeEntry volume,
            Catalog.SetEntry set,
            Catalog.CopyEntry copy,
            Instant created) {
        return new CopyInfo(
                copy.id(),
                set.id(),
                volume.id(),
                volume.name(),
                set.name(),
                copy.epoch(),
                copy.sizeBytes(),
                created,
                SetAttributes.ofCopy(copy.id(), set.attributes()),
                exportName(volume, set, copy),
                catalog.isHeld(copy.id()),
                catalog.holdReason(copy.id()),
                catalog.isSuspect(copy),
                OverlayInfo.NONE);
    }

    private static String exportName(Catalog.VolumeEntry volume, Catalog.SetEntry set, Catalog.CopyEntry copy) {
        return volume.name() + "@" + (set.name().isEmpty() ? copy.id().toString() : set.name());
    }

    /** Returns the name that a copy is exported by, or its id if it is not there any more. */
    static String exportName(Catalog catalog, Catalog.CopyEntry copy) {
        Catalog.VolumeEntry volume = catalog.volume(copy.volume());
        Catalog.SetEntry set = catalog.set(copy.set());
        return volume == null || set == null ? copy.id().toString() : exportName(volume, set, copy);
    }

    /** Returns whether a reference means the copy: {@code VOLUME@NAME}, {@code VOLUME@ID} or {@code ID}. */
    static boolean isMeant(CopyInfo copy, String reference) {
        String id = copy.id().toString();
        int at = reference.indexOf('@');
        if (at < 0) {
            return id.equalsIgnoreCase(reference);
        }
        String which = reference.substring(at + 1);
        return copy.volume().equals(reference.substring(0, at))
                && (id.equalsIgnoreCase(which)
                        || (!copy.name().isEmpty() && copy.name().equals(which)));
    }
}
