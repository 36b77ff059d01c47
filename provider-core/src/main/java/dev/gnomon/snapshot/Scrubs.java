/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Turn;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.StoreException;

/** Scrubs of the store as users begin, end and see them. What changes something runs under the engine's {@link Turn}. */
final class Scrubs {
    private final Store store;

    Scrubs(Store store) {
        this.store = store;
    }

    /** Begins one, unless one goes on. */
    ScrubInfo start() throws EngineException {
        try {
            if (!store.scrubber().begin()) {
                throw new EngineException(Kind.WRONG_STATE, "a scrub is going on already; see gnomon scrub status");
            }
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
        return info();
    }

    /** Ends the one that goes on. */
    ScrubInfo stop() throws EngineException {
        try {
            if (!store.scrubber().halt()) {
                throw new EngineException(Kind.WRONG_STATE, "no scrub is going on");
            }
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
        return info();
    }

    /** Returns how far the last one has come. */
    ScrubInfo info() {
        return ScrubInfo.of(store.scrubber().status());
    }
}
