/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdError;
import java.io.IOException;

/** Thrown when a server refuses a request, or when the connection is of no more use. */
public final class NbdException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The code of a failure that no server reported: the connection broke, or the server broke the protocol. */
    public static final int NO_CODE = -1;

    private final int code;

    NbdException(String message, int code) {
        super(message);
        this.code = code;
    }

    NbdException(String message, Throwable cause) {
        super(message, cause);
        this.code = NO_CODE;
    }

    static NbdException refused(String request, int code) {
        return new NbdException(request + " failed: the server answered " + NbdError.nameOf(code), code);
    }

    static NbdException broken(String message) {
        return new NbdException(message, NO_CODE);
    }

    /** Returns the server's error number, or {@link #NO_CODE} if the connection is lost. */
    public int code() {
        return code;
    }
}
