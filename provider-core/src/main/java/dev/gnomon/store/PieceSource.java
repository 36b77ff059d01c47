/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.StoreException;

/** Pieces of a volume in rising order, none twice. Confined to one task. */
interface PieceSource {
    /** Returns the next piece, or {@link ChangeScan#NONE} behind the last, then as often as it is asked. */
    long next() throws StoreException;

    /** Returns how many entries were looked at to find them. */
    long seen();
}
