/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FieldRules;
import dev.gnomon.control.FrameChannel;
import dev.gnomon.control.Json;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.Reply;
import dev.gnomon.control.RequestCodec;
import dev.gnomon.observe.Events;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What fuzzing of the control socket and the replay of its corpus run.
 *
 * <p>Oracle for a connection: every frame that is whole gets one answer, of the kind that the codec alone says; the first
 * answer of kind PROTOCOL ends it, as does the end of the input; no answer speaks of a defect; the thread ends.
 *
 * <p>Oracle for a message: it is a request that survives a round trip, or a {@link ControlException} of a documented kind
 * with a printable text that fits a reply; the memory that it costs is bounded by its length.
 */
public final class ControlFuzzTarget {
    /** Fits a socket's buffer, so that writer and reader need no second thread. */
    private static final int INPUT_BYTES_MAX = 64 << 10;

    /** Longest text of a refusal: what is shown of a value and a number of 1000 digits, and words around them. */
    private static final int TEXT_CHARS_MAX = 2048;

    /** Memory that a message may cost beside its length: parser tables and the text of a refusal. */
    private static final long FIXED_COST_BYTES = 1 << 20;

    /** Memory that each byte of a message may cost: a node of the tree for every second byte. */
    private static final long COST_PER_BYTE = 256;

    private static final int WAIT_SECONDS = 20;

    /** Runs bytes as everything that a client sends. */
    public void frames(byte[] fuzz) {
        byte[] input = Arrays.copyOf(fuzz, Math.min(fuzz.length, INPUT_BYTES_MAX));
        check(ByteBuffer.wrap(input), ByteBuffer.wrap(exchange(input)));
    }

    /** Runs bytes as one message. */
    public void request(byte[] message) {
        try {
            RequestCodec.Numbered read = decode(message);
            byte[] again = Json.toBytes(RequestCodec.encode(read.id(), read.request()));
            assertThat(RequestCodec.decode(Json.parseObject(again))).isEqualTo(read);
        } catch (ControlException e) {
            String text = String.valueOf(e.getMessage());
            assertThat(e.kind()).isIn(ErrorKind.PROTOCOL, ErrorKind.INVALID);
            assertThat(text.length()).as(text).isLessThan(TEXT_CHARS_MAX);
            assertThat(text).isEqualTo(FieldRules.printable(text));
            assertThat(Json.toBytes(new Reply.Failure(0, e.kind(), text).toJson()).length)
                    .isLessThan(Protocol.MAX_FRAME_BYTES);
        }
        // The first time also loads classes, so this time counts.
        assertThat(allocatedByDecoding(message))
                .as("bytes allocated for a message of %s", message.length)
                .isLessThan(FIXED_COST_BYTES + COST_PER_BYTE * message.length);
    }

    private static long allocatedByDecoding(byte[] message) {
        long before = allocatedBytes();
        kindOf(message);
        return allocatedBytes() - before;
    }

    /** Returns what this thread has allocated so far, asked for by name: the bean's own class is not portable. */
    private static long allocatedBytes() {
        try {
            return (Long) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME), "CurrentThreadAllocatedBytes");
        } catch (JMException e) {
            throw new AssertionError("this JVM does not count allocations", e);
        }
    }

    private static RequestCodec.Numbered decode(byte[] message) throws ControlException {
        ObjectNode tree = Json.parseObject(message);
        long id = RequestCodec.idOf(tree);
        RequestCodec.Numbered read = RequestCodec.decode(tree);
        if (read.id() != id) {
            throw new AssertionError("id " + read.id() + " of a request whose reply would carry " + id);
        }
        return read;
    }

    /** Walks through what was sent and what was answered, side by side. */
    private static void check(ByteBuffer input, ByteBuffer output) {
        boolean goesOn = true;
        while (goesOn && input.remaining() >= Integer.BYTES) {
            int length = input.getInt();
            boolean legal = length >= 1 && length <= Protocol.MAX_FRAME_BYTES;
            if (legal && length > input.remaining()) {
                break;
            }
            byte[] frame = new byte[legal ? length : 0];
            input.get(frame);
            Reply reply = takeReply(output);
            ErrorKind kind = kindOf(frame);
            if (kind == null) {
                assertThat(reply).isInstanceOf(Reply.Result.class);
            } else {
                assertThat(reply)
                        .isInstanceOfSatisfying(
                                Reply.Failure.class,
                                failure -> assertThat(failure.kind()).isEqualTo(kind));
            }
            goesOn = kind != ErrorKind.PROTOCOL;
        }
        assertThat(output.remaining()).as("bytes behind the last answer").isZero();
    }

    /** Returns how the codec refuses a message, or null if it is a request; no message at all is refused as none. */
    private static @Nullable ErrorKind kindOf(byte[] frame) {
        try {
            decode(frame);
            return null;
        } catch (ControlException e) {
            return e.kind();
        }
    }

    private static Reply takeReply(ByteBuffer output) {
        assertThat(output.remaining()).as("an answer").isGreaterThan(Integer.BYTES);
        byte[] body = new byte[output.getInt()];
        output.get(body);
        try {
            return Reply.fromJson(Json.parseObject(body));
        } catch (ControlException e) {
            throw new AssertionError("not a reply: " + new String(body, StandardCharsets.UTF_8), e);
        }
    }

    /** Runs one connection whose client sends everything, ends its side, and reads until the server ends the other. */
    private static byte[] exchange(byte[] input) {
        CountDownLatch ended = new CountDownLatch(1);
        try (Pair pair = Pair.open()) {
            new Connection(
                            new FrameChannel(pair.server()),
                            request -> sink -> sink.part(Json.object(), false),
                            ControlLimits.DEFAULT,
                            Events.toLog(),
                            connection -> ended.countDown())
                    .start("control-fuzz");
            byte[] output = talk(pair.client(), input);
            assertThat(ended.await(WAIT_SECONDS, TimeUnit.SECONDS))
                    .as("the thread ends")
                    .isTrue();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
    }

    private static byte[] talk(SocketChannel client, byte[] input) throws IOException {
        try {
            ByteBuffer source = ByteBuffer.wrap(input);
            while (source.hasRemaining()) {
                client.write(source);
            }
            client.shutdownOutput();
        } catch (IOException e) {
            // The server has ended the connection before it read everything: what it said is still there.
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(8192);
        try {
            while (client.read(part.clear()) >= 0) {
                output.write(part.array(), 0, part.position());
            }
        } catch (IOException e) {
            // Closed with bytes unread, which the kernel reports after the answers.
        }
        return output.toByteArray();
    }

    /** Two ends of one Unix socket. */
    private record Pair(SocketChannel client, SocketChannel server) implements AutoCloseable {
        static Pair open() throws IOException {
            Path directory = ShortTempDirectories.create();
            Path path = directory.resolve("s");
            try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                listener.bind(UnixDomainSocketAddress.of(path));
                return new Pair(SocketChannel.open(UnixDomainSocketAddress.of(path)), listener.accept());
            } finally {
                Files.deleteIfExists(path);
                Files.deleteIfExists(directory);
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }
}
