/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.in;

/** Mutants of what operators settle about volumes and copies. */
final class VolumeTable extends Mutants {
    VolumeTable() {
        holding();
        resizing();
        watching();
        add(
                "write_through_early",
                "write-through",
                "with write-through, too, a first overwrite is acknowledged from the staging chain",
                Search.WRITE_THROUGH,
                in("snapshot.VolumeWrites.staged", "Settler.whenReleased", "releasedAtOnce"));
    }

    private void watching() {
        add(
                "change_unnoticed",
                "changed",
                "an origin that was changed while nobody served it is taken as it is",
                Search.CHANGED,
                in("snapshot.OriginWatch.arrive", "OriginWatch.change", "nothingChanged"));
        add(
                "change_compared_late",
                "changed",
                "what was noted at a stop is not taken back, and compared with what Gnomon wrote itself",
                Search.CHANGED,
                in("store.CatalogMarks.note", "SortedMap.remove", DROP).only(0, 2));
    }

    private void resizing() {
        add(
                "resize_before_force",
                "resize",
                "a volume has its new size before its origin has it durably",
                Search.RESIZES,
                in("snapshot.Resizing.grow", "Resizing.forceOrigin", DROP));
        add(
                "resize_shows_old",
                "resize",
                "what was behind the end of a smaller volume comes back",
                Search.RESIZES,
                in("volume.Origin.extend", "Origin.clear", DROP));
    }

    private void holding() {
        add(
                "hold_ignored",
                "hold",
                "a held copy is deleted",
                Search.HOLDS,
                in("snapshot.Copies.requireFree", "Copies.requireReleased", DROP));
        add(
                "hold_not_in_checkpoint",
                "hold",
                "a checkpoint forgets which copies are held",
                Search.HOLDS,
                in("store.CatalogEntries.all", "CatalogMarks.entries", "noMarks"));
    }
}
