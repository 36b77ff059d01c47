/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The two byte streams of one connection. One thread receives, one sends, any may close; closing ends calls that wait. */
interface Transport extends AutoCloseable {
    /** Receives at least one byte into the buffer; returns -1 at the end of the stream. */
    int receive(ByteBuffer target) throws IOException;

    /** Sends the whole buffer. */
    void send(ByteBuffer source) throws IOException;

    /** Tells the server that nothing more will be sent. */
    void endOutput() throws IOException;

    @Override
    void close() throws IOException;
}
