/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.tls;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * A TLS connection over blocking byte streams. One thread receives, one at a time sends; closing the raw stream ends both.
 *
 * <p><b>Invariants:</b> {@code encryptedIn} and {@code plainIn} hold, between calls, the bytes received and not yet
 * consumed, and are used by the receiver only; {@code encryptedOut} is used under {@link #outLock} and is empty between
 * sends. After the handshake neither side may start another (TLS 1.2: renegotiation); updates of keys are followed.
 */
public final class TlsStream {
    /** What TLS runs over. */
    public interface Raw {
        /** Receives at least one byte into the buffer; returns -1 at the end of the stream. */
        int receive(ByteBuffer target) throws IOException;

        /** Sends some bytes of the buffer, at least one; waits for room. */
        void send(ByteBuffer source) throws IOException;
    }

    /** Most bytes of a peer's handshake: certificates of a few kilobytes each, and room for long chains. */
    public static final int HANDSHAKE_BYTES_MAX = 64 << 10;

    private final ReentrantLock outLock = new ReentrantLock();
    private final SSLEngine engine;
    private final Raw raw;
    private final ByteBuffer encryptedIn;
    private final ByteBuffer plainIn;
    private final ByteBuffer encryptedOut;
    private boolean ended;

    /** Starts nothing yet. */
    public TlsStream(SSLEngine engine, Raw raw) {
        this.engine = engine;
        this.raw = raw;
        SSLSession session = engine.getSession();
        this.encryptedIn = ByteBuffer.allocate(session.getPacketBufferSize()).flip();
        this.plainIn = ByteBuffer.allocate(session.getApplicationBufferSize()).flip();
        this.encryptedOut = ByteBuffer.allocate(session.getPacketBufferSize());
    }

    /**
     * Agrees on keys with the peer; the caller bounds its time.
     *
     * @throws SSLException if the peer speaks no TLS that is admitted, shows no certificate that is trusted, or sends more
     *     than {@link #HANDSHAKE_BYTES_MAX}; it has been told the reason where TLS has words for it
     * @throws IOException if the connection ended
     */
    public void handshake() throws IOException {
        try {
            engine.beginHandshake();
            int received = 0;
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> runTasks();
                    case NEED_WRAP -> sendOwn();
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        received += handshakeStep();
                        if (received > HANDSHAKE_BYTES_MAX) {
                            throw new SSLException("a handshake of more than " + HANDSHAKE_BYTES_MAX + " bytes");
                        }
                    }
                    case FINISHED, NOT_HANDSHAKING -> {
                        return;
                    }
                }
            }
        } catch (SSLException e) {
            sendAlert();
            throw e;
        }
    }

    /** Receives at least one byte; returns -1 when the peer has ended its side, with or without saying so. */
    public int receive(ByteBuffer target) throws IOException {
        while (!plainIn.hasRemaining()) {
            if (ended) {
                return -1;
            }
            // A peer that goes without a word only cuts off what NBD would notice as cut off itself.
            Status status = unwrap();
            if (status == Status.BUFFER_UNDERFLOW && fill() < 0) {
                ended = true;
            }
            afterwards();
        }
        int count = Math.min(plainIn.remaining(), target.remaining());
        target.put(target.position(), plainIn, plainIn.position(), count);
        target.position(target.position() + count);
        plainIn.position(plainIn.position() + count);
        return count;
    }

    /** Sends one record of the buffer's bytes, at least one byte of them. */
    public void send(ByteBuffer source) throws IOException {
        outLock.lock();
        try {
            wrapAndSend(source);
        } finally {
            outLock.unlock();
        }
    }

    /** Tells the peer that nothing more comes. */
    public void endOutput() throws IOException {
        outLock.lock();
        try {
            engine.closeOutbound();
            sendOwn();
        } finally {
            outLock.unlock();
        }
    }

    /** Takes one record of a handshake; returns the bytes that were received for it. */
    private int handshakeStep() throws IOException {
        Status status = unwrap();
        if (status == Status.CLOSED) {
            throw new EOFException("the peer ended the TLS handshake");
        }
        if (status != Status.BUFFER_UNDERFLOW) {
            return 0;
        }
        int count = fill();
        if (count < 0) {
            throw new EOFException("the connection ended in the TLS handshake");
        }
        return count;
    }

    private Status unwrap() throws SSLException {
        plainIn.compact();
        try {
            SSLEngineResult result = engine.unwrap(encryptedIn, plainIn);
            if (result.getStatus() == Status.CLOSED) {
                ended = true;
            }
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                throw new SSLException("a record longer than TLS admits");
            }
            return result.getStatus();
        } finally {
            plainIn.flip();
        }
    }

    private int fill() throws IOException {
        encryptedIn.compact();
        try {
            return raw.receive(encryptedIn);
        } finally {
            encryptedIn.flip();
        }
    }

    /** Follows what a record that was not data asks for. */
    private void afterwards() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            throw new SSLException("the peer wants to renegotiate, which is not admitted");
        }
        if (status == HandshakeStatus.NEED_WRAP && !ended) {
            sendOwn();
        }
    }

    private void runTasks() {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }

    /** Sends what the engine itself has to say. */
    private void sendOwn() throws IOException {
        outLock.lock();
        try {
            wrapAndSend(ByteBuffer.allocate(0));
        } finally {
            outLock.unlock();
        }
    }

    private void sendAlert() {
        try {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                sendOwn();
            }
        } catch (IOException e) {
            // The peer does not want to know.
        }
    }

    private void wrapAndSend(ByteBuffer source) throws IOException {
        SSLEngineResult result = engine.wrap(source, encryptedOut);
        if (result.getStatus() == Status.CLOSED && result.bytesProduced() == 0 && source.hasRemaining()) {
            throw new IOException("the TLS connection is closed");
        }
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            encryptedOut.clear();
            throw new SSLException("a record of ours does not fit " + encryptedOut.capacity() + " bytes");
        }
        encryptedOut.flip();
        try {
            while (encryptedOut.hasRemaining()) {
                raw.send(encryptedOut);
            }
        } finally {
            encryptedOut.clear();
        }
    }
}
