/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.io.Serial;

/** A run that was just written and forced cannot be read. No checkpoint names it, so nothing depends on it. */
final class ReadBackException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    ReadBackException(String message, Throwable cause) {
        super(message, cause);
    }
}
