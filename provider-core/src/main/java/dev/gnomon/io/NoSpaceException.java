/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import java.io.IOException;
import java.nio.file.Path;

/** Thrown when a file system, device or quota has no room for a write or reservation. */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Names the file and what was asked for. */
    public NoSpaceException(Path path, long offsetBytes, long lengthBytes) {
        super(path + ": no space for " + lengthBytes + " bytes at offset " + offsetBytes);
    }
}
