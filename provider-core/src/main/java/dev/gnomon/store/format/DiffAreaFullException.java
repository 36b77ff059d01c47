/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

/** The diff area has no room, and the file system below it gives no more. */
public final class DiffAreaFullException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Names what was asked for and what there is. */
    public DiffAreaFullException(String directory, long neededBytes, long freeBytes) {
        super("diff area full: " + directory + ": needed " + neededBytes + " bytes, " + freeBytes
                + " are free; delete shadow copies or free space on its file system");
    }
}
