/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

/** A catalog entry that is longer than the store can hold; nothing was changed. */
public final class EntryTooLongException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Names the bound. */
    public EntryTooLongException(int mostBytes) {
        super(
                "catalog entry longer than " + mostBytes
                        + " bytes, the most that a segment of this store takes: fewer or shorter names and attributes are needed");
    }
}
