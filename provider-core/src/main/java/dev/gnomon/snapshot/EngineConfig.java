/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.StoreConfig;
import java.nio.file.Path;

/**
 * How an engine is opened.
 *
 * @param whenFull what volumes do that nobody told
 */
public record EngineConfig(StoreConfig store, WhenFull whenFull) {
    /** Takes the usual policy: the oldest copies go. */
    public EngineConfig(StoreConfig store) {
        this(store, WhenFull.DROP_OLDEST);
    }

    /** Returns the usual configuration for a store in that directory. */
    public static EngineConfig standard(Path storeDirectory) {
        return new EngineConfig(StoreConfig.standard(storeDirectory));
    }
}
