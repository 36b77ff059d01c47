/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The two byte streams of one client. One thread receives, one at a time sends, any may close; closing ends calls that
 * wait. Exists so that the parser runs in tests and fuzzing without sockets.
 */
interface ByteLink extends AutoCloseable {
    /** Receives at least one byte into the buffer; returns -1 at the end of the stream. */
    int receive(ByteBuffer target) throws IOException;

    /** Sends some bytes of the buffer, at least one; waits for room. */
    void send(ByteBuffer source) throws IOException;

    /** Tells the other end that nothing more comes, where the transport has words for it; may wait as a send does. */
    default void finish() throws IOException {}

    /** Returns who is at the other end, for logs. */
    String peer();

    @Override
    void close();
}
