/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import dev.gnomon.ipc.Link;
import dev.gnomon.ipc.SocketLink;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Frames over one connection, each with a deadline. Owned by one thread, but any thread may {@link #close} it, which ends
 * whatever the owner waits for.
 */
public final class FrameChannel implements AutoCloseable {
    private static final int HEADER_BYTES = Integer.BYTES;

    private final Link link;

    /** Takes over a connected socket: {@link #close} closes it, and so does a failure here. */
    public FrameChannel(SocketChannel socket) throws IOException {
        this(new SocketLink(socket));
    }

    /** Takes over a connection: {@link #close} closes it. */
    public FrameChannel(Link link) {
        this.link = link;
    }

    /**
     * Waits for the next frame.
     *
     * @param idleMs how long its first byte may take
     * @param frameMs how long the rest may take from then on
     * @return what the frame holds, or null if the peer closed the connection before its first byte
     * @throws ControlException of kind PROTOCOL if the announced length is not legal
     * @throws SocketTimeoutException if a deadline passed
     * @throws IOException if the connection ended inside the frame or failed
     */
    public byte @Nullable [] read(int idleMs, int frameMs) throws IOException, ControlException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (!receive(header, 1, deadline(idleMs))) {
            return null;
        }
        long deadline = deadline(frameMs);
        fill(header, deadline);
        int length = header.flip().getInt();
        if (length < 1 || length > Protocol.MAX_FRAME_BYTES) {
            throw new ControlException(
                    ErrorKind.PROTOCOL,
                    "frame: " + Integer.toUnsignedString(length) + " bytes; allowed are 1 to "
                            + Protocol.MAX_FRAME_BYTES);
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        fill(body, deadline);
        return body.array();
    }

    /**
     * Sends a frame.
     *
     * @throws ControlException of kind FAILED if it is longer than a frame may be; nothing was sent
     * @throws SocketTimeoutException if the peer did not take it in time
     */
    public void write(byte[] body, int frameMs) throws IOException, ControlException {
        if (body.length > Protocol.MAX_FRAME_BYTES) {
            throw new ControlException(
                    ErrorKind.FAILED, "frame: " + body.length + " bytes; allowed are 1 to " + Protocol.MAX_FRAME_BYTES);
        }
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + body.length);
        frame.putInt(body.length).put(body).flip();
        link.write(frame, TimeUnit.MILLISECONDS.toNanos(frameMs));
    }

    @Override
    public void close() throws IOException {
        link.close();
    }

    private void fill(ByteBuffer target, long deadline) throws IOException {
        if (!receive(target, target.limit(), deadline)) {
            throw new EOFException("The connection ended inside a frame, after " + target.position() + " of "
                    + target.limit() + " bytes");
        }
    }

    /** Reads until the buffer's position has reached a count; returns false if the peer closed before. */
    private boolean receive(ByteBuffer target, int count, long deadline) throws IOException {
        while (target.position() < count) {
            if (link.read(target, deadline - System.nanoTime()) < 0) {
                return false;
            }
        }
        return true;
    }

    private static long deadline(int timeoutMs) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }
}
