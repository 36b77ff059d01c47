/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client on a blocking socket. */
final class SocketLink implements ByteLink {
    private final SocketChannel channel;
    private final String peer;
    private final String address;
    private final boolean local;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over an accepted channel. */
    SocketLink(SocketChannel channel, String listener) throws IOException {
        this.channel = channel;
        SocketAddress remote = channel.getRemoteAddress();
        if (remote instanceof InetSocketAddress tcp) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            this.peer = remote.toString();
            this.address = tcp.getAddress().getHostAddress();
            this.local = isOfThisMachine(tcp, channel.getLocalAddress());
        } else {
            this.peer = listener;
            this.address = listener;
            this.local = true;
        }
    }

    /** One that comes from the address that it came to does not leave the machine either. */
    private static boolean isOfThisMachine(InetSocketAddress remote, SocketAddress own) {
        return remote.getAddress().isLoopbackAddress()
                || (own instanceof InetSocketAddress here && here.getAddress().equals(remote.getAddress()));
    }

    @Override
    public int receive(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    @Override
    public void send(ByteBuffer source) throws IOException {
        channel.write(source);
    }

    @Override
    public String peer() {
        return peer;
    }

    /** Returns what connections are counted by: the host, or the Unix socket that it came through. */
    String address() {
        return address;
    }

    /** Returns whether the client runs on this machine. */
    boolean local() {
        return local;
    }

    /** Closes; returns whether it was open. */
    boolean cut() {
        boolean first = closed.compareAndSet(false, true);
        close();
        return first;
    }

    @Override
    public void close() {
        closed.set(true);
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way, and nobody waits for the outcome.
        }
    }
}
