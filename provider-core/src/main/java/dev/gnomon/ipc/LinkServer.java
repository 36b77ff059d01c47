/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.ipc;

import java.io.IOException;

/** Where other processes connect. Thread-safe. */
public interface LinkServer extends AutoCloseable {
    /**
     * Waits for the next connection.
     *
     * @throws java.nio.channels.ClosedChannelException once the server was closed, also if it is closed meanwhile
     * @throws IOException if this one connection failed; the next call may succeed
     */
    Link accept() throws IOException;

    /** Returns where it listens, for people. */
    String address();

    /** Stops listening and removes what it left in the file system; connections go on. A second close does nothing. */
    @Override
    void close() throws IOException;
}
