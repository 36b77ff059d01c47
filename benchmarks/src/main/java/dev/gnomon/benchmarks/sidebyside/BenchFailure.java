/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

/** A run that cannot go on, or whose content is wrong; the message says what, where, expected and actual. */
public final class BenchFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what went wrong. */
    public BenchFailure(String message) {
        super(message);
    }

    /** Says what went wrong, and why. */
    public BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
