/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;

/** What is left of a shadow copy whose bytes were given up: the older side of comparisons. Thread-safe. */
final class Bookmark implements DiffSide {
    private final Catalog.CopyEntry entry;
    private final boolean suspect;
    private volatile boolean hidden;

    Bookmark(Catalog.CopyEntry entry, Store store) {
        this.entry = entry;
        this.suspect = store.recovered().suspectCopies().contains(entry.id());
    }

    @Override
    public Catalog.CopyEntry entry() {
        return entry;
    }

    /** Lets every comparison from now on end. */
    void hide() {
        hidden = true;
    }

    @Override
    public boolean hidden() {
        return hidden;
    }

    @Override
    public boolean suspect() {
        return suspect;
    }
}
