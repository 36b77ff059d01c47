/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.DiffAreaFullException;
import dev.gnomon.store.format.EntryTooLongException;
import dev.gnomon.store.format.StoreException;
import java.nio.BufferOverflowException;

/**
 * The catalog of an open store, how it is changed, and what follows from a change. Thread-safe.
 *
 * <p><b>Invariant:</b> what {@link #now} shows is durable; the committing task alone changes it, in the order of the log.
 */
final class StoreCatalog {
    private static final int HEAD_BYTES = 512 << 10;

    private final Store store;
    private volatile Catalog now;

    StoreCatalog(Store store, Catalog recovered) {
        this.store = store;
        this.now = recovered;
    }

    /** Returns the catalog as of the last durable change. */
    Catalog now() {
        return now;
    }

    /**
     * Makes one change of the catalog durable. All of it or, after a crash or exception, none.
     *
     * @throws EntryTooLongException if the store cannot hold it; nothing was changed
     * @throws DiffAreaFullException if there is no room even in what is held back; nothing was changed
     * @throws DeviceException if the store has failed; whether the change is there is decided at the next open
     */
    void change(CatalogEntry entry) throws StoreException {
        BatchWriter batch = store.newBatch(catalogHeadBytes(), 0);
        now.apply(entry); // refuses what contradicts the catalog before it is written
        try {
            batch.add(entry);
        } catch (BufferOverflowException e) {
            throw new EntryTooLongException(catalogHeadBytes() - BatchHeader.BYTES);
        }
        switch (store.committer().commit(batch, Log.Kind.CATALOG, entry)) {
            case OK -> {}
            case NO_SPACE -> throw new DiffAreaFullException(store.directory().toString(), batch.totalBytes(), 0);
            default -> throw new DeviceException(store.refusal());
        }
    }

    private int catalogHeadBytes() {
        return (int) Math.min(HEAD_BYTES, store.halfSegmentBytes());
    }

    /** Takes the effect of a durable catalog entry; called by the committing task alone. */
    void apply(CatalogEntry entry) {
        switch (entry) {
            case CatalogEntry.VolumeAdded added -> store.index().add(added.number(), added.sizeBytes());
            case CatalogEntry.VolumeResized resized -> store.index().resize(resized.number(), resized.sizeBytes());
            default -> {}
        }
        now = now.apply(entry);
        if (entry instanceof CatalogEntry.VolumeRemoved removed) {
            VolumeExceptions gone = store.index().remove(removed.number());
            if (gone != null) {
                store.staging().forget(removed.number(), gone);
            }
        }
        if (entry instanceof CatalogEntry.VolumeRemoved
                || entry instanceof CatalogEntry.CopiesDeleted
                || entry instanceof CatalogEntry.CopiesBookmarked) {
            store.housekeeper().sweep();
        }
    }
}
