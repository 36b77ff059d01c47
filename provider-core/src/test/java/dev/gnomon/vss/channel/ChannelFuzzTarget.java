/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.os.OsClock;
import dev.gnomon.ipc.Link;
import dev.gnomon.ipc.LinkServer;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.vss.FaultVolumes;
import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.Provider;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.Texts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What fuzzing of the channel and the replay of its corpus run.
 *
 * <p>Oracle for a connection: every whole request before the first violation gets one reply with its number, and nothing else gets one;
 * nothing speaks of a defect; the connection ends, and with it that of the provider.
 *
 * <p>Oracle for a message: it is a request that survives a round trip, a call that is refused as an invalid argument, or a {@link
 * ChannelException} with a printable text of bounded length.
 */
public final class ChannelFuzzTarget {
    private static final int WAIT_SECONDS = 20;
    private static final int TEXT_UNITS_MAX = 400;

    private static final byte[] HELLO = framed(ChannelJson.toBytes(ShimClient.hello()));

    private final EventRecorder events = new EventRecorder(Instant::now);
    private final AtomicInteger open = new AtomicInteger();
    private final SynchronousQueue<Link> next = new SynchronousQueue<>();

    @SuppressWarnings("unused") // It lives as long as this.
    private final ChannelServer server = start();

    private ChannelServer start() {
        OsClock clock = new OsClock();
        LinkServer links = new LinkServer() {
            @Override
            public Link accept() throws IOException {
                try {
                    return next.take();
                } catch (InterruptedException e) {
                    throw new ClosedChannelException();
                }
            }

            @Override
            public String address() {
                return "memory";
            }

            @Override
            public void close() {}
        };
        Provider provider = peer -> {
            open.incrementAndGet();
            return new Provider.Connection() {
                @Override
                public ProviderAnswer call(long object, int context, ProviderCall call, long deadlineNanos) {
                    return ProviderAnswer.ok();
                }

                @Override
                public void close() {
                    open.decrementAndGet();
                }
            };
        };
        return ChannelServer.overTrusted(
                links,
                new ChannelServer.Parts(
                        provider,
                        clock,
                        events,
                        new FaultTable(clock, FaultVolumes.none()),
                        new Trace(clock),
                        "0.1.0",
                        () -> {}));
    }

    /** Runs bytes as everything that a peer sends, its first frame included. */
    public void handshake(byte[] input) {
        exchange(input, 0);
    }

    /** Runs bytes as everything that a peer sends once it is welcome. */
    public void frames(byte[] input) {
        List<Long> expected = new ArrayList<>();
        boolean clean = requests(ByteBuffer.wrap(input), expected);
        boolean distinct = new HashSet<>(expected).size() == expected.size();
        byte[] all = Arrays.copyOf(HELLO, HELLO.length + input.length);
        System.arraycopy(input, 0, all, HELLO.length, input.length);
        // After a violation, replies that are on their way may be lost.
        List<ObjectNode> answers = exchange(all, clean && distinct ? 1 + expected.size() : 1);
        assertThat(answers.getFirst().path("type").stringValue()).isEqualTo("welcome");
        List<Long> answered = answers.stream()
                .skip(1)
                .map(reply -> reply.path("id").longValue())
                .toList();
        assertThat(expected).containsAll(answered);
        if (distinct) {
            assertThat(answered).doesNotHaveDuplicates();
        }
        if (clean && distinct) {
            assertThat(answered).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /** Runs bytes as one message. */
    public void request(byte[] message) {
        try {
            CallCodec.Decoded decoded = CallCodec.decode(ChannelJson.parse(message));
            @Nullable ChannelRequest request = decoded.request();
            if (request == null) {
                assertThat(decoded.hresult()).isEqualTo(Hresult.E_INVALIDARG);
            } else {
                byte[] again = ChannelJson.toBytes(CallCodec.encode(request));
                assertThat(CallCodec.decode(ChannelJson.parse(again)).request()).isEqualTo(request);
            }
        } catch (ChannelException e) {
            String text = String.valueOf(e.getMessage());
            assertThat(text.length()).as(text).isLessThan(TEXT_UNITS_MAX);
            assertThat(text).isEqualTo(Texts.oneLine(text, TEXT_UNITS_MAX));
        }
    }

    /** Collects the numbers of whole requests; returns whether the input ends without a violation. */
    private static boolean requests(ByteBuffer input, List<Long> ids) {
        while (input.remaining() >= Integer.BYTES) {
            int length = input.getInt();
            if (length < 1 || length > ChannelProtocol.MAX_FRAME_BYTES) {
                return false;
            }
            if (length > input.remaining()) {
                return true;
            }
            byte[] body = new byte[length];
            input.get(body);
            try {
                ids.add(CallCodec.decode(ChannelJson.parse(body)).id());
            } catch (ChannelException e) {
                return false;
            }
        }
        return true;
    }

    /** Runs one connection; the peer ends its side once it has so many answers. */
    private List<ObjectNode> exchange(byte[] input, int answersBeforeEnd) {
        MemoryLink link = new MemoryLink(input, answersBeforeEnd);
        try {
            next.put(link);
            assertThat(link.closed.await(WAIT_SECONDS, TimeUnit.SECONDS))
                    .as("the connection ends")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (open.get() != 0) {
            assertThat(System.nanoTime()).as("the provider's connection ends").isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(events.counts()).doesNotContainKey(EventId.VSS_CHANNEL_DEFECT);
        return link.answers();
    }

    private static byte[] framed(byte[] body) {
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /** A connection whose peer has said everything already. */
    private static final class MemoryLink implements Link {
        final CountDownLatch closed = new CountDownLatch(1);

        private final ByteBuffer input;
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private final CountDownLatch answered;

        MemoryLink(byte[] input, int answersBeforeEnd) {
            this.input = ByteBuffer.wrap(input);
            this.answered = new CountDownLatch(answersBeforeEnd);
        }

        @Override
        public int read(ByteBuffer target, long timeoutNanos) throws IOException {
            if (closed.getCount() == 0) {
                throw new ClosedChannelException();
            }
            if (!input.hasRemaining()) {
                try {
                    assertThat(answered.await(WAIT_SECONDS, TimeUnit.SECONDS))
                            .as("all answers")
                            .isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError("nobody interrupts", e);
                }
                return -1;
            }
            int count = Math.min(target.remaining(), input.remaining());
            target.put(target.position(), input, input.position(), count);
            target.position(target.position() + count);
            input.position(input.position() + count);
            return count;
        }

        @Override
        public void write(ByteBuffer source, long timeoutNanos) {
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            synchronized (output) {
                output.writeBytes(bytes);
            }
            answered.countDown();
        }

        @Override
        public void close() {
            closed.countDown();
        }

        List<ObjectNode> answers() {
            ByteBuffer bytes;
            synchronized (output) {
                bytes = ByteBuffer.wrap(output.toByteArray());
            }
            List<ObjectNode> answers = new ArrayList<>();
            while (bytes.hasRemaining()) {
                byte[] body = new byte[bytes.getInt()];
                bytes.get(body);
                try {
                    answers.add(ChannelJson.parse(body));
                } catch (ChannelException e) {
                    throw new AssertionError("an answer that is not JSON", e);
                }
            }
            return answers;
        }
    }
}
