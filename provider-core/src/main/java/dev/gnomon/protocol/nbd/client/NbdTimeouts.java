/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

/**
 * How long a client waits for a server that says nothing.
 *
 * @param negotiationMs from the attempt to connect to the end of negotiation, in all
 * @param replyMs without a byte from the server while requests are in flight; found at most a quarter of it later
 */
public record NbdTimeouts(int negotiationMs, int replyMs) {
    /**
     * Ten seconds for negotiation, as the server grants; two minutes for replies, more than disks and their drivers take
     * before they report an error themselves.
     */
    public static final NbdTimeouts DEFAULT = new NbdTimeouts(10_000, 120_000);

    /** Checks that both are positive. */
    public NbdTimeouts {
        if (negotiationMs < 1 || replyMs < 1) {
            throw new IllegalArgumentException(
                    "time-outs of " + negotiationMs + " and " + replyMs + " ms; the least is 1 ms");
        }
    }
}
