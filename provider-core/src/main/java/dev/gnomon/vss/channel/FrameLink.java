/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.ipc.Link;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Frames over a link. One thread reads; who writes has the turn of the connection. */
final class FrameLink {
    private final Link link;
    private final LongSupplier nanoTime;
    private final ByteBuffer header = ByteBuffer.allocate(Integer.BYTES);

    FrameLink(Link link, LongSupplier nanoTime) {
        this.link = link;
        this.nanoTime = nanoTime;
    }

    /**
     * Waits for the next frame.
     *
     * @param firstByteNanos how long its first byte may take
     * @return what it holds, or null if the peer ended the connection before it
     */
    byte @Nullable [] read(long firstByteNanos) throws IOException, ChannelException {
        header.clear();
        if (link.read(header, firstByteNanos) < 0) {
            return null;
        }
        long deadline = nanoTime.getAsLong() + ChannelProtocol.FRAME_NANOS;
        fill(header, deadline);
        int length = header.flip().getInt();
        if (length < 1 || length > ChannelProtocol.MAX_FRAME_BYTES) {
            throw new ChannelException("frame: " + Integer.toUnsignedString(length) + " bytes; allowed are 1 to "
                    + ChannelProtocol.MAX_FRAME_BYTES);
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        fill(body, deadline);
        return body.array();
    }

    /** Sends a frame, its length included. */
    void write(ByteBuffer frame) throws IOException {
        link.write(frame, ChannelProtocol.FRAME_NANOS);
    }

    /** Sends a frame. */
    void write(byte[] body) throws IOException {
        if (body.length > ChannelProtocol.MAX_FRAME_BYTES) {
            throw new IOException(
                    "frame: " + body.length + " bytes; allowed are 1 to " + ChannelProtocol.MAX_FRAME_BYTES);
        }
        write(ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .flip());
    }

    void close() throws IOException {
        link.close();
    }

    private void fill(ByteBuffer target, long deadline) throws IOException {
        while (target.hasRemaining()) {
            if (link.read(target, deadline - nanoTime.getAsLong()) < 0) {
                throw new EOFException("The connection ended inside a frame, after " + target.position() + " of "
                        + target.limit() + " bytes");
            }
        }
    }
}
