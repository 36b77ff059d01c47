/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Turn;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DiffAreaFullException;
import dev.gnomon.store.format.EntryTooLongException;
import dev.gnomon.store.format.StoreException;

/** Changes of the catalog, with failures in the words of {@link Engine}. Used under the engine's {@link Turn}. */
final class CatalogChanges {
    private final Store store;

    CatalogChanges(Store store) {
        this.store = store;
    }

    /** Something that is done with the catalog. */
    interface Action {
        void run() throws EngineException;
    }

    /** Makes one change durable: all of it or, on an exception, none unless the store has failed. */
    void make(CatalogEntry entry) throws EngineException {
        try {
            store.change(entry);
        } catch (StoreException e) {
            throw failed(e);
        }
    }

    /** Refuses if the store takes no changes, before anything is touched. */
    void requireWritable() throws EngineException {
        if (!store.recovered().damage().isEmpty()) {
            throw new EngineException(Kind.DAMAGED, store.refusal());
        }
        if (!store.writable()) {
            throw new EngineException(Kind.FAILED, store.refusal());
        }
    }

    static EngineException failed(StoreException e) {
        Kind kind = switch (e) {
            case DiffAreaFullException full -> Kind.DIFF_AREA_FULL;
            case CorruptionException damaged -> Kind.DAMAGED;
            case EntryTooLongException tooLong -> Kind.INVALID;
            default -> Kind.FAILED;
        };
        return new EngineException(kind, String.valueOf(e.getMessage()), e);
    }
}
