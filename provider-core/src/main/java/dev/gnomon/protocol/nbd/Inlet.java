/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a client sends, seen through one buffer: many requests arrive with one receive. Used by the reader only.
 *
 * <p><b>Invariant:</b> between calls the buffer's remaining bytes are those received and not yet consumed.
 */
final class Inlet {
    /** Runs before each receive, which may wait: replies must not be held back while the client waits for them. */
    @FunctionalInterface
    interface BeforeWait {
        void run() throws IOException;
    }

    private final ByteLink link;
    private final ByteBuffer buffer;
    private final Progress progress;
    private BeforeWait beforeWait = () -> {};

    Inlet(ByteLink link, ByteBuffer buffer, Progress progress) {
        this.link = link;
        this.buffer = buffer.clear().flip();
        this.progress = progress;
    }

    void beforeWait(BeforeWait action) {
        beforeWait = action;
    }

    /** Returns the buffer; its position is at the bytes that {@link #await} waited for. */
    ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Waits until so many bytes are in the buffer.
     *
     * @return false if the stream ended before the first of them
     * @throws EOFException if it ended in the midst of them
     */
    boolean await(int bytes) throws IOException {
        while (buffer.remaining() < bytes) {
            boolean half = buffer.hasRemaining();
            buffer.compact();
            int count;
            try {
                count = receive(buffer, half);
            } finally {
                buffer.flip();
            }
            if (count < 0) {
                if (half) {
                    throw new EOFException("client left after " + buffer.remaining() + " of " + bytes + " bytes");
                }
                return false;
            }
        }
        return true;
    }

    /** As {@link #await}, where the stream must not end. */
    void require(int bytes) throws IOException {
        if (!await(bytes)) {
            throw new EOFException("client left before " + bytes + " bytes that were announced");
        }
    }

    /** Fills the target's remaining bytes; what is not yet received goes there directly. */
    void readFully(ByteBuffer target) throws IOException {
        int here = Math.min(buffer.remaining(), target.remaining());
        target.put(target.position(), buffer, buffer.position(), here);
        target.position(target.position() + here);
        buffer.position(buffer.position() + here);
        while (target.hasRemaining()) {
            if (receive(target, true) < 0) {
                throw new EOFException("client left with " + target.remaining() + " bytes of a payload to come");
            }
        }
    }

    /** Consumes and drops bytes. */
    void skip(int bytes) throws IOException {
        int left = bytes;
        while (true) {
            int here = Math.min(left, buffer.remaining());
            buffer.position(buffer.position() + here);
            left -= here;
            if (left == 0) {
                return;
            }
            require(1);
        }
    }

    private int receive(ByteBuffer target, boolean half) throws IOException {
        beforeWait.run();
        progress.expectMore(half);
        int count = link.receive(target);
        progress.received();
        progress.expectMore(false);
        return count;
    }
}
