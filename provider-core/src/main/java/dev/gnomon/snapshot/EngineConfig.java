/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.StoreConfig;
import java.nio.file.Path;

/** How an engine is opened. */
public record EngineConfig(StoreConfig store) {
    /** Returns the usual configuration for a store in that directory. */
    public static EngineConfig standard(Path storeDirectory) {
        return new EngineConfig(StoreConfig.standard(storeDirectory));
    }
}
