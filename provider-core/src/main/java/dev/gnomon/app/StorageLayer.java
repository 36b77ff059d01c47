/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.io.Storage;
import java.nio.file.Path;

/**
 * What lies between a service and the machine's files: nothing, in everything that is shipped. Tests and comparisons put
 * something there; no option does.
 */
@FunctionalInterface
interface StorageLayer {
    /** The files as they are. */
    StorageLayer NONE = (real, storeDirectory) -> real;

    /**
     * Returns what the service is to use.
     *
     * @param real the machine's files
     * @param storeDirectory where the store of the service lies; everything else is the origins', or notes for people
     */
    Storage over(Storage real, Path storeDirectory);
}
