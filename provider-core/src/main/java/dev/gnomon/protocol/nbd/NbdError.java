/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.io.IoStatus;

/** Error numbers of replies (NBD protocol, "Error values"), and the one table that maps outcomes of the engine to them. */
public enum NbdError {
    /** Success. */
    NONE(0),
    /** Operation not permitted. */
    EPERM(1),
    /** Input or output error. */
    EIO(5),
    /** Out of memory. */
    ENOMEM(12),
    /** Invalid argument. */
    EINVAL(22),
    /** No space left, or a write past the end. */
    ENOSPC(28),
    /** Too large for one chunk. */
    EOVERFLOW(75),
    /** Not supported in the way that was demanded. */
    ENOTSUP(95),
    /** The export is going away. */
    ESHUTDOWN(108);

    private final int code;

    NbdError(int code) {
        this.code = code;
    }

    /** Returns the number on the wire. */
    public int code() {
        return code;
    }

    /** Returns the error that reports an outcome of the engine. */
    public static NbdError of(IoStatus status) {
        return switch (status) {
            case OK -> NONE;
            case IO_ERROR -> EIO;
            case NO_SPACE -> ENOSPC;
            case READ_ONLY -> EPERM;
            case INVALID -> EINVAL;
            case NOT_SUPPORTED -> ENOTSUP;
            case GONE -> ESHUTDOWN;
        };
    }

    /** Returns the name of an error number, or the number itself if the protocol names none. */
    public static String nameOf(int code) {
        for (NbdError error : values()) {
            if (error.code == code) {
                return error.name();
            }
        }
        return "error " + Integer.toUnsignedString(code);
    }
}
