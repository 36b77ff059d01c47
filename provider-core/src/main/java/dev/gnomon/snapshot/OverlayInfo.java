/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/**
 * The overlay of a shadow copy.
 *
 * @param reason why it is FAILED or UNAVAILABLE, else empty
 * @param bytes of its file
 */
public record OverlayInfo(State state, String reason, long bytes) {
    /** There is none. */
    public static final OverlayInfo NONE = new OverlayInfo(State.NONE, "", 0);

    /** States of an overlay. */
    public enum State {
        /** There is none: the copy shows its own content. */
        NONE,
        /** It can be written to. */
        OPEN,
        /** It cannot be written to any more, and the copy shows what it holds. */
        SEALED,
        /** A write or flush of it failed; it refuses both until it is dropped. */
        FAILED,
        /** It cannot be read; the copy can be read again once it is dropped. */
        UNAVAILABLE
    }
}
