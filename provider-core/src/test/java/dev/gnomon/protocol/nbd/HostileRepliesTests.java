/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.Answer.AT;
import static dev.gnomon.protocol.nbd.Answer.COOKIE;
import static dev.gnomon.protocol.nbd.Answer.LENGTH;
import static dev.gnomon.protocol.nbd.Answer.bytes;
import static dev.gnomon.protocol.nbd.Answer.done;
import static dev.gnomon.protocol.nbd.Answer.error;
import static dev.gnomon.protocol.nbd.Answer.join;
import static dev.gnomon.protocol.nbd.Answer.part;
import static dev.gnomon.protocol.nbd.Answer.status;
import static dev.gnomon.protocol.nbd.FakeServer.chunk;
import static dev.gnomon.protocol.nbd.FakeServer.data;
import static dev.gnomon.protocol.nbd.FakeServer.simple;
import static dev.gnomon.protocol.nbd.NbdProtocol.CHUNK_BLOCK_STATUS;
import static dev.gnomon.protocol.nbd.NbdProtocol.CHUNK_ERROR;
import static dev.gnomon.protocol.nbd.NbdProtocol.CHUNK_NONE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CHUNK_OFFSET_DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Export.ZeroMode;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.protocol.nbd.client.NbdExtent;
import dev.gnomon.protocol.nbd.client.NbdSecurity;
import dev.gnomon.protocol.nbd.client.NbdTimeouts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that misbehaves in its replies, or sends none: the request fails, and the connection is of no more use. What
 * concerns the data of reads stands in {@link HostileReadTests}.
 */
@Timeout(60)
class HostileRepliesTests {
    static Stream<Arguments> wrongBlockStatus() {
        int context = FakeServer.CONTEXT;
        return Stream.of(
                argumentSet("a simple reply", simple(0, COOKIE)),
                argumentSet("no answer at all", done(CHUNK_NONE, COOKIE, new byte[0])),
                argumentSet(
                        "no extent",
                        done(
                                CHUNK_BLOCK_STATUS,
                                COOKIE,
                                new ClientScript().int32(context).bytes())),
                argumentSet("no bytes", done(CHUNK_BLOCK_STATUS, COOKIE, new byte[0])),
                argumentSet("half an extent", done(CHUNK_BLOCK_STATUS, COOKIE, new byte[8])),
                argumentSet("an extent and a byte", done(CHUNK_BLOCK_STATUS, COOKIE, new byte[13])),
                argumentSet("another context", done(CHUNK_BLOCK_STATUS, COOKIE, status(context + 1, LENGTH, 0))),
                argumentSet("an empty extent", done(CHUNK_BLOCK_STATUS, COOKIE, status(context, 0, 0))),
                argumentSet(
                        "an extent behind the end", done(CHUNK_BLOCK_STATUS, COOKIE, status(context, LENGTH, 0, 1, 0))),
                argumentSet("an extent behind 2^32-1", done(CHUNK_BLOCK_STATUS, COOKIE, status(context, -1, 0, -1, 0))),
                argumentSet(
                        "the context twice",
                        join(
                                part(CHUNK_BLOCK_STATUS, status(context, 512, 0)),
                                done(CHUNK_BLOCK_STATUS, COOKIE, status(context, 512, 0)))),
                argumentSet("chunk of 2^32-1 bytes", chunk(1, CHUNK_BLOCK_STATUS, COOKIE, -1, new byte[64])),
                argumentSet("data", done(CHUNK_OFFSET_DATA, COOKIE, data(AT, new byte[LENGTH]))));
    }

    @ParameterizedTest
    @MethodSource("wrongBlockStatus")
    void wrongBlockStatusBreaksTheConnection(byte[] answer) throws IOException {
        try (FakeServer server = new FakeServer(FakeServer.good(), request -> answer);
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            assertThatThrownBy(() -> client.blockStatus(AT, LENGTH))
                    .isInstanceOfSatisfying(
                            NbdException.class,
                            failure -> assertThat(failure.code()).isEqualTo(NbdException.NO_CODE));
        }
    }

    @Test
    void lastExtentMayPassTheEnd() throws IOException {
        byte[] answer = done(CHUNK_BLOCK_STATUS, COOKIE, status(FakeServer.CONTEXT, 512, 3, -1, 0));
        try (FakeServer server = new FakeServer(FakeServer.good(), request -> answer);
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            assertThat(client.blockStatus(AT, LENGTH))
                    .containsExactly(new NbdExtent(512, 3), new NbdExtent((1L << 32) - 1, 0));
            client.abort();
        }
    }

    /** Data in answer to a change, and chunks where none were agreed on. */
    @Test
    void answerOfTheWrongKindBreaksTheConnection() throws IOException {
        byte[] data = done(CHUNK_OFFSET_DATA, COOKIE, data(0, new byte[LENGTH]));
        try (FakeServer server = new FakeServer(FakeServer.good(), request -> data)) {
            for (Use use : USES) {
                try (NbdClient client = NbdClient.connect(server.address(), "data")) {
                    assertThatThrownBy(() -> use.of(client)).isInstanceOf(NbdException.class);
                }
            }
        }
        try (FakeServer server = new FakeServer(FakeServer.goodSimple(), request -> data);
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(LENGTH)))
                    .hasMessageContaining("reply magic 0x668e33ef");
        }
    }

    @Test
    void secondReplyToOneRequestBreaksTheConnection() throws IOException {
        try (FakeServer server = new FakeServer(
                        FakeServer.good(), request -> join(simple(0, request.cookie()), simple(0, request.cookie())));
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            client.flush();
            assertThatThrownBy(client::flush).isInstanceOf(NbdException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void serverThatLeavesAfterAnyByteOfAReplyIsAnError(boolean structured) throws IOException {
        byte[] content = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] answer = structured
                ? join(
                        part(data(AT, Arrays.copyOf(content, 4))),
                        done(CHUNK_OFFSET_DATA, COOKIE, data(AT + 4, Arrays.copyOfRange(content, 4, 8))))
                : join(simple(0, COOKIE), content);
        byte[] negotiation = structured ? FakeServer.good() : FakeServer.goodSimple();
        for (int length = 0; length < answer.length; length++) {
            byte[] sent = Arrays.copyOf(answer, length);
            try (FakeServer server = new FakeServer(negotiation, request -> {
                        if (request.cookie() == COOKIE) {
                            return sent;
                        }
                        throw new IOException("leave");
                    });
                    NbdClient client = NbdClient.connect(server.address(), "data")) {
                ByteBuffer target = ByteBuffer.allocate(content.length);
                CompletableFuture<NbdException> read = new CompletableFuture<>();
                client.submitRead(AT, target, read::complete);
                assertThatThrownBy(client::flush).as("after %s bytes", length).isInstanceOf(NbdException.class);
                assertThat(read.join()).as("after %s bytes", length).isNotNull();
                assertThat(target.position()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 40})
    void serverThatFallsSilentInAReplyIsLeft(int after) throws IOException {
        byte[] answer = Arrays.copyOf(done(CHUNK_OFFSET_DATA, COOKIE, data(AT, new byte[LENGTH])), after);
        try (FakeServer server = new FakeServer(FakeServer.good(), request -> answer);
                NbdClient client =
                        NbdClient.connect(server.address(), "data", new NbdTimeouts(10_000, 100), NbdSecurity.NONE)) {
            assertThatThrownBy(() -> client.read(AT, ByteBuffer.allocate(LENGTH)))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("has sent nothing for 100 ms");
        }
    }

    /** Silence counts only while a reply is owed. The other connection tells that the time has passed. */
    @Test
    void idleConnectionIsKept() throws IOException {
        NbdTimeouts hasty = new NbdTimeouts(10_000, 100);
        try (FakeServer good = new FakeServer(FakeServer.good(), request -> simple(0, request.cookie()));
                FakeServer silent = new FakeServer(FakeServer.good(), FakeServer.SILENCE);
                NbdClient idle = NbdClient.connect(good.address(), "data", hasty, NbdSecurity.NONE)) {
            for (int i = 0; i < 3; i++) {
                try (NbdClient other = NbdClient.connect(silent.address(), "data", hasty, NbdSecurity.NONE)) {
                    assertThatThrownBy(other::flush).isInstanceOf(NbdException.class);
                }
                idle.flush();
            }
            idle.abort();
        }
    }

    /** CVE-2022-0485: an error at any request is told for that request, and every other one has its own data. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void errorAtEveryRequestIndexIsTold(boolean structured) throws IOException {
        int requests = 24;
        byte[] negotiation = structured ? FakeServer.good() : FakeServer.goodSimple();
        for (int bad = 1; bad <= requests; bad++) {
            long badCookie = bad;
            try (FakeServer server = new FakeServer(negotiation, request -> answer(request, badCookie, structured));
                    NbdClient client = NbdClient.connect(server.address(), "data")) {
                for (int i = 1; i <= requests; i++) {
                    if (i == bad) {
                        assertThatThrownBy(() -> request(client, badCookie))
                                .as("request %s", i)
                                .isInstanceOfSatisfying(
                                        NbdException.class,
                                        failure -> assertThat(failure.code()).isEqualTo(5));
                    } else {
                        request(client, i);
                    }
                }
                client.abort();
            }
        }
    }

    private interface Use {
        void of(NbdClient client) throws IOException;
    }

    private static final Use[] USES = {
        client -> client.write(0, ByteBuffer.allocate(LENGTH), Durability.BUFFERED),
        NbdClient::flush,
        client -> client.trim(0, LENGTH, Durability.BUFFERED),
        client -> client.writeZeroes(0, LENGTH, ZeroMode.MAY_PUNCH, Durability.BUFFERED)
    };

    /** Makes the request of an index, of every kind in turn, and checks what a read returns. */
    private static void request(NbdClient client, long index) throws IOException {
        int kind = (int) (index % (USES.length + 1));
        if (kind < USES.length) {
            USES[kind].of(client);
            return;
        }
        ByteBuffer target = ByteBuffer.allocate(LENGTH / 2);
        client.read(index * LENGTH, target);
        assertThat(target.array()).isEqualTo(bytes((int) index));
    }

    private static byte[] answer(FakeServer.Asked request, long badCookie, boolean structured) {
        boolean bad = request.cookie() == badCookie;
        if (request.type() != NbdProtocol.CMD_READ) {
            return simple(bad ? 5 : 0, request.cookie());
        }
        byte[] content = bytes((int) (request.offset() / LENGTH));
        if (structured) {
            return bad
                    ? done(CHUNK_ERROR, request.cookie(), error(5))
                    : done(CHUNK_OFFSET_DATA, request.cookie(), data(request.offset(), content));
        }
        return bad ? simple(5, request.cookie()) : join(simple(0, request.cookie()), content);
    }
}
