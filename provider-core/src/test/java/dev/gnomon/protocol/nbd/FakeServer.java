/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server that says what it is told and follows no rules. What it sends in negotiation goes out at once, as the client's
 * questions are known; requests are read one by one and answered by the test.
 */
final class FakeServer implements AutoCloseable {
    /** Context number that its good negotiation gives. */
    static final int CONTEXT = 7;
    /** Size of its export. */
    static final long SIZE = 1 << 20;

    /** One request. */
    record Asked(int type, int flags, long cookie, long offset, int length) {}

    /** Answers requests; ends the connection by throwing. */
    @FunctionalInterface
    interface Answers {
        /** Returns what to send, nothing to stay silent. */
        byte[] to(Asked request) throws IOException;
    }

    /** Stays silent. */
    static final Answers SILENCE = request -> new byte[0];

    private final ServerSocketChannel listener;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final byte[] negotiation;
    private final boolean endsThere;
    private final Answers answers;

    /** Sends bytes, then answers requests. */
    FakeServer(byte[] negotiation, Answers answers) throws IOException {
        this(negotiation, false, answers);
    }

    private FakeServer(byte[] negotiation, boolean endsThere, Answers answers) throws IOException {
        this.negotiation = negotiation;
        this.endsThere = endsThere;
        this.answers = answers;
        this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    /** Sends only so many bytes of a negotiation, then ends the connection. */
    static FakeServer leaving(byte[] negotiation, int after) throws IOException {
        return new FakeServer(Arrays.copyOf(negotiation, after), true, SILENCE);
    }

    NbdAddress address() throws IOException {
        return NbdAddress.of(listener.getLocalAddress());
    }

    /** Returns the first 18 bytes of a good server. */
    static ClientScript greeting() {
        return new ClientScript()
                .int64(NbdProtocol.INIT_MAGIC)
                .int64(NbdProtocol.OPTION_MAGIC)
                .int16(NbdProtocol.FLAG_FIXED_NEWSTYLE | NbdProtocol.FLAG_NO_ZEROES);
    }

    /** Appends a reply to an option. */
    static ClientScript reply(ClientScript script, int option, int type, byte... payload) {
        return script.int64(NbdProtocol.OPTION_REPLY_MAGIC)
                .int32(option)
                .int32(type)
                .int32(payload.length)
                .raw(payload);
    }

    /** Returns the greeting, and structured replies and the metadata context agreed on. */
    static ClientScript beforeGo() {
        ClientScript script = reply(greeting(), NbdProtocol.OPT_STRUCTURED_REPLY, NbdProtocol.REP_ACK);
        reply(script, NbdProtocol.OPT_SET_META_CONTEXT, NbdProtocol.REP_META_CONTEXT, context(CONTEXT));
        return reply(script, NbdProtocol.OPT_SET_META_CONTEXT, NbdProtocol.REP_ACK);
    }

    /** Returns the whole negotiation of a good server. */
    static byte[] good() {
        ClientScript script = reply(beforeGo(), NbdProtocol.OPT_GO, NbdProtocol.REP_INFO, export(SIZE, 0x1ff));
        reply(script, NbdProtocol.OPT_GO, NbdProtocol.REP_INFO, blockSizes(1, 4096, 32 << 20));
        return reply(script, NbdProtocol.OPT_GO, NbdProtocol.REP_ACK).bytes();
    }

    /** Returns the whole negotiation of a good server that knows simple replies only. */
    static byte[] goodSimple() {
        ClientScript script = reply(greeting(), NbdProtocol.OPT_STRUCTURED_REPLY, NbdProtocol.REP_ERR_UNSUP);
        reply(script, NbdProtocol.OPT_GO, NbdProtocol.REP_INFO, export(SIZE, 0x1ff));
        return reply(script, NbdProtocol.OPT_GO, NbdProtocol.REP_ACK).bytes();
    }

    static byte[] context(int id) {
        return new ClientScript()
                .int32(id)
                .raw("base:allocation".getBytes(StandardCharsets.UTF_8))
                .bytes();
    }

    static byte[] export(long size, int flags) {
        return new ClientScript()
                .int16(NbdProtocol.INFO_EXPORT)
                .int64(size)
                .int16(flags)
                .bytes();
    }

    static byte[] blockSizes(int least, int preferred, int most) {
        return new ClientScript()
                .int16(NbdProtocol.INFO_BLOCK_SIZE)
                .int32(least)
                .int32(preferred)
                .int32(most)
                .bytes();
    }

    /** Returns a chunk whose header announces another length than there is. */
    static byte[] chunk(int flags, int type, long cookie, int length, byte[] payload) {
        return new ClientScript()
                .int32(NbdProtocol.CHUNK_MAGIC)
                .int16(flags)
                .int16(type)
                .int64(cookie)
                .int32(length)
                .raw(payload)
                .bytes();
    }

    static byte[] chunk(int flags, int type, long cookie, byte[] payload) {
        return chunk(flags, type, cookie, payload.length, payload);
    }

    static byte[] simple(int error, long cookie) {
        return new ClientScript()
                .int32(NbdProtocol.SIMPLE_REPLY_MAGIC)
                .int32(error)
                .int64(cookie)
                .bytes();
    }

    /** Returns the payload of a chunk of data. */
    static byte[] data(long offset, byte[] content) {
        return new ClientScript().int64(offset).raw(content).bytes();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            send(connection, negotiation);
            if (endsThere) {
                return;
            }
            skipOptions(connection);
            while (true) {
                ByteBuffer in = take(connection, NbdProtocol.REQUEST_BYTES);
                in.getInt();
                int flags = in.getShort();
                Asked asked = new Asked(in.getShort(), flags, in.getLong(), in.getLong(), in.getInt());
                if (asked.type() == NbdProtocol.CMD_WRITE) {
                    take(connection, asked.length());
                }
                send(connection, answers.to(asked));
            }
        } catch (IOException e) {
            // The client is gone, or the test wants this end to leave.
        } finally {
            connections.remove(connection);
        }
    }

    private static void skipOptions(SocketChannel connection) throws IOException {
        take(connection, Integer.BYTES);
        int code;
        do {
            ByteBuffer header = take(connection, NbdProtocol.OPTION_HEADER_BYTES);
            code = header.getInt(8);
            take(connection, header.getInt(12));
        } while (code != NbdProtocol.OPT_GO);
    }

    private static ByteBuffer take(SocketChannel connection, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        while (target.hasRemaining()) {
            if (connection.read(target) < 0) {
                throw new EOFException();
            }
        }
        return target.flip();
    }

    private static void send(SocketChannel connection, byte[] bytes) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        while (source.hasRemaining()) {
            connection.write(source);
        }
    }
}
