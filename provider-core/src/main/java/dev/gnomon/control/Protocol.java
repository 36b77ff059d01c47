/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.nio.file.Path;

/** Names and bounds that both ends of the control socket agree on. */
public final class Protocol {
    /** Version of the messages, and of the documents that the command line prints. */
    public static final int SCHEMA_VERSION = 1;

    /** Longest frame, so that no peer can make the other hold more than this. */
    public static final int MAX_FRAME_BYTES = 1 << 20;

    /** Lists are cut into frames of about this size; one item is far smaller than the rest of a frame. */
    public static final int LIST_FRAME_BYTES = 256 << 10;

    /** Clients at once; each costs a thread and a frame. */
    public static final int MAX_CLIENTS = 8;

    /** How long a peer may take from the first to the last byte of a frame, in either direction. */
    public static final int FRAME_TIMEOUT_MS = 5_000;

    /** How long a connection may stay silent between requests. */
    public static final int IDLE_TIMEOUT_MS = 30_000;

    /** Depth of the deepest legal message is 4; more is not worth parsing. */
    static final int MAX_NESTING = 16;

    private Protocol() {}

    /** Returns where the service with the given state directory listens. */
    public static Path socketPath(Path stateDirectory) {
        return stateDirectory.resolve("control.sock");
    }
}
