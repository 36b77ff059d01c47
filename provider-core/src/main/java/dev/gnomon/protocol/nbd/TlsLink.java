/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import dev.gnomon.protocol.nbd.tls.TlsStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A client that must use TLS: in the clear until {@link #start}, encrypted from then on.
 *
 * <p><b>Invariant:</b> {@code stream} is set once, by the reader, when nobody else sends yet.
 */
final class TlsLink implements ByteLink {
    private final ByteLink link;
    private final TlsCredentials credentials;
    private volatile @Nullable TlsStream stream;

    TlsLink(ByteLink link, TlsCredentials credentials) {
        this.link = link;
        this.credentials = credentials;
    }

    /** Agrees on keys with the client; bounded in bytes here, and in time by what bounds negotiation. */
    void start() throws IOException {
        TlsStream started = new TlsStream(credentials.serverEngine(), new TlsStream.Raw() {
            @Override
            public int receive(ByteBuffer target) throws IOException {
                return link.receive(target);
            }

            @Override
            public void send(ByteBuffer source) throws IOException {
                link.send(source);
            }
        });
        started.handshake();
        stream = started;
    }

    @Override
    public int receive(ByteBuffer target) throws IOException {
        TlsStream tls = stream;
        return tls == null ? link.receive(target) : tls.receive(target);
    }

    @Override
    public void send(ByteBuffer source) throws IOException {
        TlsStream tls = stream;
        if (tls == null) {
            link.send(source);
        } else {
            tls.send(source);
        }
    }

    @Override
    public void finish() throws IOException {
        TlsStream tls = stream;
        if (tls != null) {
            tls.endOutput();
        }
    }

    @Override
    public String peer() {
        return link.peer();
    }

    @Override
    public void close() {
        link.close();
    }
}
