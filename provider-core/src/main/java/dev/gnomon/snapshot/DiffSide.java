/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.Catalog;

/** One side of a comparison: a shadow copy, or the bookmark of one. Thread-safe. */
interface DiffSide {
    /** Returns what the catalog says of it. */
    Catalog.CopyEntry entry();

    /** Returns whether it was deleted, or is about to be. */
    boolean hidden();

    /** Returns whether records that it needs may be missing, so that nothing can be said of it. */
    boolean suspect();
}
