/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

/** Why a request was not done, for programs; the words go over the socket as they stand here. */
public enum ErrorKind {
    /** An argument is not legal; nothing was changed. */
    INVALID,
    /** There is no volume, set or copy of that name. */
    NOT_FOUND,
    /** It exists already, or is in a state that does not admit the operation. */
    WRONG_STATE,
    /** The diff area, or the file system below it, has no room. */
    DIFF_AREA_FULL,
    /** A rule that protects data does not permit it. */
    REFUSED,
    /** Stored bytes are damaged. */
    DAMAGED,
    /** The operating system denied access. */
    PERMISSION,
    /** An input or output operation failed, or the service did. */
    FAILED,
    /** The message is not in the language of the control socket; the service closes the connection. */
    PROTOCOL,
    /** The service has as many clients as it admits. */
    BUSY,
    /** No service answers; never sent, only found by clients. */
    UNREACHABLE
}
