/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.io.ForwardingFile;
import dev.gnomon.io.StorageFile;

/** A file that is written and never forced. Thread-safe as far as the file below is. */
final class UnforcedFile extends ForwardingFile {
    UnforcedFile(StorageFile file) {
        super(file);
    }

    /** Does nothing. */
    @Override
    public void force() {}

    /** Does nothing. */
    @Override
    public void forceAll() {}
}
