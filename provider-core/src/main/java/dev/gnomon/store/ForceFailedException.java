/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import java.io.IOException;

/** Thrown when a file could not be forced while the store was opened: what an earlier life wrote may be gone. */
final class ForceFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private ForceFailedException(StorageFile file, IOException cause) {
        super("forcing " + file.path() + " failed: " + cause.getMessage(), cause);
    }

    /** Forces a file. */
    static void force(StorageFile file) throws ForceFailedException {
        try {
            file.force();
        } catch (IOException e) {
            throw new ForceFailedException(file, e);
        }
    }
}
