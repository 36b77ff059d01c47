/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.ipc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Listens on 127.0.0.1, which other machines cannot reach but every user of this one can: whoever connects must prove who he is. The
 * port is this server's alone: the class library asks Windows for exclusive use of it.
 */
public final class LoopbackServer implements LinkServer {
    /** Connections that wait to be accepted. */
    private static final int BACKLOG = 32;

    private final ServerSocketChannel listener;
    private final int port;

    private LoopbackServer(ServerSocketChannel listener, int port) {
        this.listener = listener;
        this.port = port;
    }

    /** Listens on a port that the system chooses. */
    public static LoopbackServer open() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), BACKLOG);
            return new LoopbackServer(listener, ((InetSocketAddress) listener.getLocalAddress()).getPort());
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    /** Returns the port. */
    public int port() {
        return port;
    }

    @Override
    public Link accept() throws IOException {
        SocketChannel socket = listener.accept();
        try {
            // A reply is one small segment that nothing follows.
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new SocketLink(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
