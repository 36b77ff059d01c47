/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

/** The structure was written in a format that this program no longer reads. */
public final class FormatTooOldException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Names the structure and both versions. */
    public FormatTooOldException(String file, long offsetBytes, int oldestReadable, int found) {
        super("too old: " + file + " at offset " + offsetBytes + ": expected format version " + oldestReadable
                + " or newer, found " + found + "; only the release that wrote it reads it");
    }
}
