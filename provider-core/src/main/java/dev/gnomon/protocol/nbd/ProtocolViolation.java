/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

/** Thrown when a client breaks the protocol in a way that leaves no common ground; ends its connection only. */
final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what was found and what was expected. */
    ProtocolViolation(String message) {
        super(message);
    }
}
