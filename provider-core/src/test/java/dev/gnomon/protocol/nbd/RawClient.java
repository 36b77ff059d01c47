/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.protocol.nbd.tls.TlsStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A client that sends what it is told and follows no rules. */
final class RawClient implements AutoCloseable {
    /** Length of the server's greeting. */
    static final int GREETING_BYTES = 18;

    private final SocketChannel channel;

    RawClient(NbdAddress address) throws IOException {
        channel = SocketChannel.open(address.socketAddress());
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    RawClient send(byte[] bytes) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        while (source.hasRemaining()) {
            channel.write(source);
        }
        return this;
    }

    /** Receives exactly so many bytes; fewer if the server ends the connection. */
    ByteBuffer receive(int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        while (target.hasRemaining() && channel.read(target) >= 0) {
            // Until all are here.
        }
        return target.flip();
    }

    /** Waits until the server ends the connection; returns the bytes that came before. */
    int drain() {
        ByteBuffer target = ByteBuffer.allocate(1 << 16);
        int count = 0;
        try {
            for (int got = channel.read(target); got >= 0; got = channel.read(target.clear())) {
                count += got;
            }
        } catch (IOException e) {
            // A reset ends it as well.
        }
        return count;
    }

    /** Returns the connection as what TLS runs over. */
    TlsStream.Raw raw() {
        return new TlsStream.Raw() {
            @Override
            public int receive(ByteBuffer target) throws IOException {
                return channel.read(target);
            }

            @Override
            public void send(ByteBuffer source) throws IOException {
                channel.write(source);
            }
        };
    }

    /** Lets the server see a reset instead of an end; the kernel then keeps nothing of the connection. */
    void resetOnClose() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
