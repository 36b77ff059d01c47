/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

/** Stored bytes are not what was written. */
public final class CorruptionException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offsetBytes;
    private final String problem;

    /**
     * Names the damage.
     *
     * @param file that holds the bytes
     * @param offsetBytes where in it
     * @param what structure or field is wrong
     */
    public CorruptionException(String file, long offsetBytes, String what, Object expected, Object found) {
        super("damaged: " + file + " at offset " + offsetBytes + ": " + problem(what, expected, found));
        this.file = file;
        this.offsetBytes = offsetBytes;
        this.problem = problem(what, expected, found);
    }

    private static String problem(String what, Object expected, Object found) {
        return what + ": expected " + expected + ", found " + found;
    }

    /** Returns the file that holds the damage. */
    public String file() {
        return file;
    }

    /** Returns where in the file it is. */
    public long offsetBytes() {
        return offsetBytes;
    }

    /** Returns what was expected there and what was found. */
    public String problem() {
        return problem;
    }
}
