/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

/** The structure was written by a newer program, in a format or with a feature that this one does not know. */
public final class FormatTooNewException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Names the structure, what was read in it, and the newest that is known. */
    public FormatTooNewException(String file, long offsetBytes, String what, Object newestKnown, Object found) {
        super("too new: " + file + " at offset " + offsetBytes + ": " + what + ": expected at most " + newestKnown
                + ", found " + found + "; a newer release is needed");
    }
}
