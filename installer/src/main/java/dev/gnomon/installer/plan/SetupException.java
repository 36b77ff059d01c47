/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

/** Something of an installation that could not be done. The message says what, where, actual and expected. */
public final class SetupException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String advice;

    /** Why, for programs. */
    public enum Reason {
        /** An operation of the system failed. */
        FAILED,
        /** A value given to setup is not legal. */
        USAGE,
        /** The machine, or what is installed on it, does not admit it. */
        WRONG_STATE,
        /** A rule that protects data does not permit it. */
        REFUSED,
        /** Gnomon volumes are in use on this host. */
        IN_USE,
        /** The user may not do it. */
        PERMISSION,
        /** There is nothing of the kind. */
        NOT_FOUND
    }

    /**
     * Creates one.
     *
     * @param advice what to do about it; empty if the message says enough
     */
    public SetupException(Reason reason, String message, String advice) {
        super(message);
        this.reason = reason;
        this.advice = advice;
    }

    /** Creates one of kind {@link Reason#FAILED} with the failure below it. */
    public SetupException(String message, String advice, Throwable cause) {
        super(message, cause);
        this.reason = Reason.FAILED;
        this.advice = advice;
    }

    /** Returns a failed operation without advice. */
    public static SetupException failed(String message) {
        return new SetupException(Reason.FAILED, message, "");
    }

    /** Returns an operation that failed below. */
    public static SetupException failed(String what, Exception cause) {
        return new SetupException(what + ": " + cause.getMessage(), "", cause);
    }

    /** Returns why, for programs. */
    public Reason reason() {
        return reason;
    }

    /** Returns what to do about it, or an empty text. */
    public String advice() {
        return advice;
    }

    /** Returns the message. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
