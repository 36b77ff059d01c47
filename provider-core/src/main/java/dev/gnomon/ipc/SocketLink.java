/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.ipc;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection over a socket, TCP or Unix. Everything that a read or write needs is opened with it. */
public final class SocketLink implements Link {
    private final SocketChannel socket;
    private final String refusal;
    private final Selector readable;
    private final Selector writable;

    /** Takes over a connected socket, whose peer may be served: {@link #close} closes it, and so does a failure here. */
    public SocketLink(SocketChannel socket) throws IOException {
        this(socket, "");
    }

    /** As the other, and says why the peer may not be served. */
    public SocketLink(SocketChannel socket, String refusal) throws IOException {
        this.socket = socket;
        this.refusal = refusal;
        @Nullable Selector reads = null;
        @Nullable Selector writes = null;
        try {
            socket.configureBlocking(false);
            reads = Selector.open();
            writes = Selector.open();
            socket.register(reads, SelectionKey.OP_READ);
            socket.register(writes, SelectionKey.OP_WRITE);
            this.readable = reads;
            this.writable = writes;
        } catch (IOException e) {
            closeAll(socket, reads, writes);
            throw e;
        }
    }

    @Override
    public int read(ByteBuffer target, long timeoutNanos) throws IOException {
        long deadline = System.nanoTime() + timeoutNanos;
        while (true) {
            int count = socket.read(target);
            if (count != 0) {
                return count;
            }
            await(readable, deadline);
        }
    }

    @Override
    public void write(ByteBuffer source, long timeoutNanos) throws IOException {
        long deadline = System.nanoTime() + timeoutNanos;
        while (true) {
            socket.write(source);
            if (!source.hasRemaining()) {
                return;
            }
            await(writable, deadline);
        }
    }

    @Override
    public String refusal() {
        return refusal;
    }

    @Override
    public void close() throws IOException {
        closeAll(socket, readable, writable);
    }

    private static void closeAll(SocketChannel socket, @Nullable Selector reads, @Nullable Selector writes)
            throws IOException {
        try (reads;
                writes) {
            socket.close();
        }
    }

    private static void await(Selector selector, long deadline) throws IOException {
        long remaining = deadline - System.nanoTime();
        if (remaining <= 0) {
            throw new SocketTimeoutException("The peer took too long");
        }
        try {
            // Rounded up: a wait of no milliseconds would be one without end.
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(remaining)));
            selector.selectedKeys().clear();
        } catch (CancelledKeyException | ClosedSelectorException e) {
            throw new IOException("This end closed the connection", e);
        }
    }
}
