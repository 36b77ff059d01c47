/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

/** A store that cannot be opened or used, and why: damaged, too old, too new, full, or its device failed. */
public abstract sealed class StoreException extends Exception
        permits CorruptionException,
                FormatTooOldException,
                FormatTooNewException,
                DiffAreaFullException,
                EntryTooLongException,
                DeviceException {
    private static final long serialVersionUID = 1L;

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
