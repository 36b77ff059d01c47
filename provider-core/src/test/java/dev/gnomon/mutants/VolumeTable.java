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
                in("store.Catalog.entries", "CatalogMarks.entries", "noMarks"));
    }
}
