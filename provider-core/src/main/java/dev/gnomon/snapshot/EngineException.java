/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/** An operation that was not done, with the reason for people and its kind for programs. */
public final class EngineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** Creates one; the message says what, where, actual and allowed. */
    public EngineException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** As above, with the failure below it. */
    public EngineException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Returns what kind of failure it is. */
    public Kind kind() {
        return kind;
    }

    /** Kinds of failure; each has one exit code at the command line. */
    public enum Kind {
        /** An argument is not legal. */
        INVALID,
        /** There is no volume, set or copy of that name. */
        NOT_FOUND,
        /** It exists already, or is in a state that does not admit the operation. */
        WRONG_STATE,
        /** The diff area or the file system below has no room. */
        DIFF_AREA_FULL,
        /** Not permitted by a rule that protects data, such as a client being connected. */
        REFUSED,
        /** Stored bytes are damaged. */
        DAMAGED,
        /** The operating system denied access. */
        PERMISSION,
        /** An input or output operation failed. */
        FAILED
    }
}
