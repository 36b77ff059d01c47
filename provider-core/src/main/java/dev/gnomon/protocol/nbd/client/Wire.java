/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;

/** Buffered receiving and whole sending. One thread receives, one sends, any may close or ask for the progress. */
final class Wire {
    private static final int BUFFER_BYTES = 128 << 10;

    private volatile Transport transport;
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();

    private final AtomicLong receives = new AtomicLong();

    Wire(Transport transport) {
        this.transport = transport;
    }

    /** Returns a number that has changed if anything was received since it was asked for last. */
    long progress() {
        return receives.get();
    }

    /**
     * Goes on in TLS; on return the server has shown a certificate that is trusted.
     *
     * @throws NbdException if the server has sent something in the clear that would count as sent in TLS
     */
    void startTls(SSLEngine engine) throws IOException {
        if (received.hasRemaining()) {
            throw NbdException.broken(received.remaining() + " bytes in the clear follow the answer to STARTTLS");
        }
        TlsTransport protectedTransport = new TlsTransport(transport, engine);
        protectedTransport.handshake();
        transport = protectedTransport;
    }

    /** Returns the receive buffer with at least so many bytes, at most {@link #BUFFER_BYTES}. */
    ByteBuffer need(int bytes) throws IOException {
        while (received.remaining() < bytes) {
            received.compact();
            int count = receive(received);
            received.flip();
            if (count < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
        return received;
    }

    /** Returns whether the stream has ended before another byte came. */
    boolean ended() throws IOException {
        if (received.hasRemaining()) {
            return false;
        }
        received.clear();
        int count = receive(received);
        received.flip();
        return count < 0;
    }

    /** Takes so many bytes, at most as many as fit an array that the caller has bounded. */
    byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        readFully(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** Fills the target. */
    void readFully(ByteBuffer target) throws IOException {
        int here = Math.min(received.remaining(), target.remaining());
        target.put(target.position(), received, received.position(), here);
        target.position(target.position() + here);
        received.position(received.position() + here);
        while (target.hasRemaining()) {
            if (receive(target) < 0) {
                throw new EOFException("the server closed the connection in the midst of a reply");
            }
        }
    }

    void send(ByteBuffer bytes) throws IOException {
        transport.send(bytes);
    }

    void endOutput() throws IOException {
        transport.endOutput();
    }

    void close() throws IOException {
        transport.close();
    }

    private int receive(ByteBuffer target) throws IOException {
        int count = transport.receive(target);
        receives.setRelease(receives.getPlain() + 1); // one writer: the receiving thread
        return count;
    }
}
