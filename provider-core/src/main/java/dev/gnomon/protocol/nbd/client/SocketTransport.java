/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection on a blocking socket. */
final class SocketTransport implements Transport {
    private final SocketChannel channel;

    private SocketTransport(SocketChannel channel) {
        this.channel = channel;
    }

    /** Returns a socket that is not yet connected, so that a connect that hangs can be ended by closing it. */
    static SocketTransport open(NbdAddress address) throws IOException {
        return new SocketTransport(
                address instanceof NbdAddress.Unix
                        ? SocketChannel.open(StandardProtocolFamily.UNIX)
                        : SocketChannel.open());
    }

    void connect(NbdAddress address) throws IOException {
        channel.connect(address.socketAddress());
        if (!(address instanceof NbdAddress.Unix)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    @Override
    public int receive(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    @Override
    public void send(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            channel.write(source);
        }
    }

    @Override
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
