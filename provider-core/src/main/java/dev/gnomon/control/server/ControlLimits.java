/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.Protocol;

/**
 * Bounds of a control server.
 *
 * @param clients how many connections at once
 * @param idleMs how long a connection may stay silent between requests
 * @param frameMs how long a frame may take in either direction
 */
public record ControlLimits(int clients, int idleMs, int frameMs) {
    /** What the service uses. */
    public static final ControlLimits DEFAULT =
            new ControlLimits(Protocol.MAX_CLIENTS, Protocol.IDLE_TIMEOUT_MS, Protocol.FRAME_TIMEOUT_MS);
}
