/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

/** Stored bytes are not what was written. */
public final class CorruptionException extends StoreException {
    private static final long serialVersionUID = 1L;

    /**
     * Names the damage.
     *
     * @param file that holds the bytes
     * @param offsetBytes where in it
     * @param what structure or field is wrong
     */
    public CorruptionException(String file, long offsetBytes, String what, Object expected, Object found) {
        super("damaged: " + file + " at offset " + offsetBytes + ": " + what + ": expected " + expected + ", found "
                + found);
    }
}
