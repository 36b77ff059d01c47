/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

/** A request that was not done. The message is for people and says what, where, actual and allowed. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;

    /** Creates one. */
    public ControlException(ErrorKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Creates one with the failure below it. */
    public ControlException(ErrorKind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Returns what kind of failure it is. */
    public ErrorKind kind() {
        return kind;
    }

    /** Returns a failure of kind {@link ErrorKind#INVALID}. */
    public static ControlException invalid(String message) {
        return new ControlException(ErrorKind.INVALID, message);
    }
}
