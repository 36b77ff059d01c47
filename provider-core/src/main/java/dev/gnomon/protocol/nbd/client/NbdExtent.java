/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdProtocol;

/**
 * A part of the answer to a block status request.
 *
 * @param lengthBytes 1 or more
 * @param flags of {@code base:allocation}
 */
public record NbdExtent(long lengthBytes, int flags) {
    /** Returns whether the range takes no space. */
    public boolean hole() {
        return (flags & NbdProtocol.STATE_HOLE) != 0;
    }

    /** Returns whether the range reads as zeros. */
    public boolean zero() {
        return (flags & NbdProtocol.STATE_ZERO) != 0;
    }
}
