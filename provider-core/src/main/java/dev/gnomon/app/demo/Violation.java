/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

/**
 * Something that must not be.
 *
 * @param chain that shows it, -1 if it is no chain's
 * @param text what, where, found and expected
 */
record Violation(Kind kind, int chain, String text) {
    /** What was broken. */
    enum Kind {
        /** A record is not there although a later one of its chain is. */
        GAP,
        /** A slot holds bytes that are no whole record. */
        TORN,
        /** A record is not there although it was acknowledged in time. */
        LOST,
        /** A record is there although it was sent too late. */
        TOO_LATE,
        /** Bytes are where nothing was written. */
        STRAY,
        /** Chains that are prefixes each cannot have been so at one moment. */
        NOT_ONE_INSTANT
    }
}
