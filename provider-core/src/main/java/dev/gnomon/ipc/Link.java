/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection to another process. One thread reads and one writes, at once if they like; any thread may {@link #close} it,
 * which ends whatever they wait for with an {@link IOException}.
 */
public interface Link extends AutoCloseable {
    /**
     * Waits for bytes.
     *
     * @param target with room for at least one byte; takes what there is
     * @param timeoutNanos how long the first of them may take; zero or less only takes what is there already
     * @return the count of bytes, at least 1, or -1 if the peer will send no more
     * @throws java.net.SocketTimeoutException if none came in time
     * @throws java.nio.file.AccessDeniedException if the system now says that the peer may not be served
     */
    int read(ByteBuffer target, long timeoutNanos) throws IOException;

    /**
     * Sends the whole remaining buffer.
     *
     * @throws java.net.SocketTimeoutException if the peer did not take it in time; any part may have been sent
     */
    void write(ByteBuffer source, long timeoutNanos) throws IOException;

    /** Returns why the peer may not be served, as far as that is known before it sends anything; empty if it may. */
    default String refusal() {
        return "";
    }

    /** Ends the connection; a second close does nothing. */
    @Override
    void close() throws IOException;
}
