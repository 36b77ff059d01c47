/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.tls.TlsStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;

/** A connection in TLS. */
final class TlsTransport implements Transport {
    private final Transport plain;
    private final TlsStream stream;

    TlsTransport(Transport plain, SSLEngine engine) {
        this.plain = plain;
        this.stream = new TlsStream(engine, new TlsStream.Raw() {
            @Override
            public int receive(ByteBuffer target) throws IOException {
                return plain.receive(target);
            }

            @Override
            public void send(ByteBuffer source) throws IOException {
                plain.send(source);
            }
        });
    }

    void handshake() throws IOException {
        stream.handshake();
    }

    @Override
    public int receive(ByteBuffer target) throws IOException {
        return stream.receive(target);
    }

    @Override
    public void send(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            stream.send(source);
        }
    }

    /** The socket's own output stays open: TLS may still have to answer the server. */
    @Override
    public void endOutput() throws IOException {
        stream.endOutput();
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
