/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.protocol.nbd.NbdAddress;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Sees whether an NBD server greets, within a bounded time. */
final class NbdGreeting {
    /** NBD protocol, "Newstyle negotiation": the first eight bytes of every server. */
    private static final String MAGIC = "NBDMAGIC";

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private NbdGreeting() {}

    /** Returns when it has greeted. */
    static void await(String address) throws IOException {
        NbdAddress target = NbdAddress.parse(address);
        try (SocketChannel channel = target instanceof NbdAddress.Unix
                        ? SocketChannel.open(StandardProtocolFamily.UNIX)
                        : SocketChannel.open();
                Selector selector = Selector.open()) {
            // On this machine a connect is done or refused at once.
            channel.connect(target.socketAddress());
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer greeting = ByteBuffer.allocate(MAGIC.length());
            long began = System.nanoTime();
            while (greeting.hasRemaining()) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(LIMIT_NANOS - (System.nanoTime() - began));
                if (leftMs <= 0) {
                    throw new SocketTimeoutException(address + ": no greeting within 5 s");
                }
                selector.select(leftMs);
                selector.selectedKeys().clear();
                if (channel.read(greeting) < 0) {
                    throw new IOException(address + ": closed before the greeting");
                }
            }
            String text = new String(greeting.array(), StandardCharsets.US_ASCII);
            if (!text.equals(MAGIC)) {
                throw new IOException(address + ": greets as something else than NBD");
            }
        }
    }
}
