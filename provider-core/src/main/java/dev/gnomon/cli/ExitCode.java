/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ErrorKind;

/** How {@code gnomon} ends, for scripts; the numbers are part of its interface and never change. */
public enum ExitCode {
    /** Everything asked for was done. */
    DONE(0),
    /** An input or output operation failed, or something unforeseen happened. */
    FAILED(1),
    /** The command line, or a value in it, is not legal; nothing was done. */
    USAGE(2),
    /** Of several things some were done and some not. */
    PARTLY(3),
    /** There is no volume, set or copy of that name. */
    NOT_FOUND(4),
    /** It exists already, or is in a state that does not admit the operation. */
    WRONG_STATE(5),
    /** The diff area, or the file system below it, has no room. */
    DIFF_AREA_FULL(6),
    /** A rule that protects data does not permit it. */
    REFUSED(7),
    /** Stored bytes are damaged. */
    DAMAGED(8),
    /** The operating system, or the service, denied access to this user. */
    PERMISSION(9),
    /** No service answers, or it has too many clients already. */
    UNREACHABLE(10),
    /** Volumes are in use on this host, which what was asked for would take away. */
    IN_USE(11);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** Returns the exit code of the process. */
    public int number() {
        return number;
    }

    /** Returns the exit code for a failure. */
    public static ExitCode of(ErrorKind kind) {
        return switch (kind) {
            case INVALID -> USAGE;
            case NOT_FOUND -> NOT_FOUND;
            case WRONG_STATE -> WRONG_STATE;
            case DIFF_AREA_FULL -> DIFF_AREA_FULL;
            case REFUSED -> REFUSED;
            case DAMAGED -> DAMAGED;
            case PERMISSION -> PERMISSION;
            case FAILED, PROTOCOL -> FAILED;
            case BUSY, UNREACHABLE -> UNREACHABLE;
        };
    }
}
