/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The replies that the reader gathers before one send. Used by the reader only.
 *
 * <p><b>Invariant:</b> between calls the buffer holds whole messages up to its position, and nothing that was not written
 * for this client.
 */
final class Replies {
    private final ByteBuffer buffer;
    private final Outlet outlet;

    Replies(ByteBuffer buffer, Outlet outlet) {
        this.buffer = buffer.clear();
        this.outlet = outlet;
    }

    /** Returns the buffer with at least so many bytes of room, sending what is in it if need be. */
    ByteBuffer room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
        return buffer;
    }

    /** Sends what was gathered. */
    void flush() throws IOException {
        if (buffer.position() > 0) {
            outlet.send(buffer);
        }
    }

    /** Forgets what was gathered; for a connection that ends in the midst of a reply. */
    void discard() {
        buffer.clear();
    }

    /** Appends a simple reply without payload. */
    void simple(long cookie, int error) throws IOException {
        putSimple(room(NbdProtocol.SIMPLE_REPLY_BYTES), cookie, error);
    }

    /** Appends the error of a structured reply, which ends it. */
    void errorChunk(long cookie, NbdError error) throws IOException {
        ByteBuffer out = room(NbdProtocol.CHUNK_HEADER_BYTES + 6);
        putChunk(out, NbdProtocol.CHUNK_DONE, NbdProtocol.CHUNK_ERROR, cookie, 6);
        out.putInt(error.code()).putShort((short) 0);
    }

    static void putSimple(ByteBuffer out, long cookie, int error) {
        out.putInt(NbdProtocol.SIMPLE_REPLY_MAGIC).putInt(error).putLong(cookie);
    }

    static void putChunk(ByteBuffer out, int flags, int type, long cookie, int payloadBytes) {
        out.putInt(NbdProtocol.CHUNK_MAGIC).putShort((short) flags).putShort((short) type);
        out.putLong(cookie).putInt(payloadBytes);
    }
}
