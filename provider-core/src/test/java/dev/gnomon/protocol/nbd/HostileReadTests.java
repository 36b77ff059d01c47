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
import static dev.gnomon.protocol.nbd.Answer.hole;
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
import static dev.gnomon.protocol.nbd.NbdProtocol.CHUNK_OFFSET_HOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
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

/**
 * A server that misbehaves in its answer to a read (CVE-2022-0485: what it does not say must not be taken for data): the
 * read fails, and its buffer's position does not move.
 */
@Timeout(60)
class HostileReadTests {
    static Stream<Arguments> wrongAnswersToARead() {
        byte[] half = data(AT, new byte[LENGTH / 2]);
        byte[] second = data(AT + LENGTH / 2, new byte[LENGTH / 2]);
        byte[] whole = data(AT, new byte[LENGTH]);
        return Stream.of(
                argumentSet("wrong magic", new byte[20]),
                argumentSet(
                        "request magic",
                        new ClientScript().request(0, 0, COOKIE, AT, LENGTH).bytes()),
                argumentSet("unknown cookie", done(CHUNK_OFFSET_DATA, 99, whole)),
                argumentSet("unknown cookie, simple", simple(0, 99)),
                argumentSet("cookie 0", done(CHUNK_OFFSET_DATA, 0, whole)),
                argumentSet("simple reply where chunks were agreed", join(simple(0, COOKIE), new byte[LENGTH])),
                argumentSet("half of it", done(CHUNK_OFFSET_DATA, COOKIE, half)),
                argumentSet("nothing of it", done(CHUNK_NONE, COOKIE, new byte[0])),
                argumentSet("the same half twice", join(part(half), done(CHUNK_OFFSET_DATA, COOKIE, half))),
                argumentSet(
                        "halves that overlap",
                        join(
                                part(half),
                                done(CHUNK_OFFSET_DATA, COOKIE, data(AT + LENGTH / 2 - 1, new byte[LENGTH / 2])))),
                argumentSet(
                        "second half twice", join(part(second), part(second), done(CHUNK_OFFSET_DATA, COOKIE, half))),
                argumentSet("a hole over data", join(part(whole), done(CHUNK_OFFSET_HOLE, COOKIE, hole(AT, LENGTH)))),
                argumentSet("whole, and a byte more", done(CHUNK_OFFSET_DATA, COOKIE, data(AT, new byte[LENGTH + 1]))),
                argumentSet("before its range", done(CHUNK_OFFSET_DATA, COOKIE, data(AT - 1, new byte[LENGTH]))),
                argumentSet("past its range", done(CHUNK_OFFSET_DATA, COOKIE, data(AT + 1, new byte[LENGTH]))),
                argumentSet("offset -1", done(CHUNK_OFFSET_DATA, COOKIE, data(-1, new byte[LENGTH]))),
                argumentSet("offset 2^63", done(CHUNK_OFFSET_DATA, COOKIE, data(Long.MIN_VALUE, new byte[LENGTH]))),
                argumentSet(
                        "offset that wraps", done(CHUNK_OFFSET_DATA, COOKIE, data(Long.MAX_VALUE, new byte[LENGTH]))),
                argumentSet(
                        "chunk without data",
                        done(
                                CHUNK_OFFSET_DATA,
                                COOKIE,
                                new ClientScript().int64(AT).bytes())),
                argumentSet("chunk shorter than its offset", done(CHUNK_OFFSET_DATA, COOKIE, new byte[7])),
                argumentSet("empty chunk of data", done(CHUNK_OFFSET_DATA, COOKIE, new byte[0])),
                argumentSet("chunk of 2^32-1 bytes", chunk(1, CHUNK_OFFSET_DATA, COOKIE, -1, whole)),
                argumentSet("chunk of 2^31 bytes", chunk(1, CHUNK_OFFSET_DATA, COOKIE, 1 << 31, whole)),
                argumentSet("hole of no bytes", done(CHUNK_OFFSET_HOLE, COOKIE, hole(AT, 0))),
                argumentSet("hole of 2^32-1 bytes", done(CHUNK_OFFSET_HOLE, COOKIE, hole(AT, -1))),
                argumentSet("hole past its range", done(CHUNK_OFFSET_HOLE, COOKIE, hole(AT + LENGTH - 1, 2))),
                argumentSet("hole cut short", done(CHUNK_OFFSET_HOLE, COOKIE, new byte[11])),
                argumentSet("hole with a byte more", done(CHUNK_OFFSET_HOLE, COOKIE, new byte[13])),
                argumentSet("an empty chunk that ends nothing", chunk(0, CHUNK_NONE, COOKIE, new byte[0])),
                argumentSet("an empty chunk with bytes", done(CHUNK_NONE, COOKIE, new byte[1])),
                argumentSet("unknown kind of chunk", done(3, COOKIE, whole)),
                argumentSet("block status", done(CHUNK_BLOCK_STATUS, COOKIE, status(FakeServer.CONTEXT, LENGTH, 0))),
                argumentSet("error chunk without a text length", done(CHUNK_ERROR, COOKIE, new byte[4])),
                argumentSet("error chunk of no bytes", done(CHUNK_ERROR, COOKIE, new byte[0])),
                argumentSet(
                        "error text past its chunk",
                        done(
                                CHUNK_ERROR,
                                COOKIE,
                                new ClientScript().int32(5).int16(1).bytes())),
                argumentSet("error chunk of 2^32-1 bytes", chunk(1, CHUNK_ERROR, COOKIE, -1, new byte[100])),
                argumentSet("a chunk, then a simple reply", join(part(half), simple(0, COOKIE), new byte[LENGTH])));
    }

    @ParameterizedTest
    @MethodSource("wrongAnswersToARead")
    void wrongAnswerToAReadBreaksTheConnection(byte[] answer) throws IOException {
        try (FakeServer server = new FakeServer(
                        FakeServer.good(), request -> request.cookie() == COOKIE ? answer : new byte[0]);
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            CompletableFuture<NbdException> flushed = new CompletableFuture<>();
            ByteBuffer target = ByteBuffer.allocate(LENGTH);
            assertThatThrownBy(() -> client.read(AT, target))
                    .isInstanceOfSatisfying(
                            NbdException.class,
                            failure -> assertThat(failure.code()).isEqualTo(NbdException.NO_CODE));
            assertThat(target.position()).isZero();
            client.submitFlush(flushed::complete);
            assertThat(flushed.join()).isInstanceOf(NbdException.class);
        }
    }

    static Stream<Arguments> rightAnswersToARead() {
        byte[] first = bytes(1);
        byte[] second = bytes(2);
        byte[] both = join(first, second);
        byte[] zeros = new byte[LENGTH / 2];
        byte[] one = part(data(AT, first));
        byte[] two = part(data(AT + LENGTH / 2, second));
        byte[] end = done(CHUNK_NONE, COOKIE, new byte[0]);
        return Stream.of(
                argumentSet("whole", done(CHUNK_OFFSET_DATA, COOKIE, data(AT, both)), both),
                argumentSet("in order", join(one, two, end), both),
                argumentSet("out of order", join(two, one, end), both),
                argumentSet(
                        "hole first",
                        join(part(CHUNK_OFFSET_HOLE, hole(AT, LENGTH / 2)), two, end),
                        join(zeros, second)),
                argumentSet(
                        "hole last",
                        join(one, done(CHUNK_OFFSET_HOLE, COOKIE, hole(AT + LENGTH / 2, LENGTH / 2))),
                        join(first, zeros)));
    }

    @ParameterizedTest
    @MethodSource("rightAnswersToARead")
    void rightAnswerToAReadIsTaken(byte[] answer, byte[] expected) throws IOException {
        try (FakeServer server = new FakeServer(FakeServer.good(), request -> answer);
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            ByteBuffer target = ByteBuffer.wrap(new byte[LENGTH]);
            Arrays.fill(target.array(), (byte) 9);
            client.read(AT, target);
            assertThat(target.array()).isEqualTo(expected);
            client.abort();
        }
    }

    @Test
    void bytesOfAReadMayComeInAnyOrder() throws IOException {
        ClientScript script = new ClientScript();
        byte[] expected = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            int at = i * 7 % LENGTH;
            expected[at] = (byte) at;
            script.raw(part(data(AT + at, new byte[] {(byte) at})));
        }
        byte[] answer = script.raw(done(CHUNK_NONE, COOKIE, new byte[0])).bytes();
        try (FakeServer server = new FakeServer(FakeServer.good(), request -> answer);
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            ByteBuffer target = ByteBuffer.allocate(LENGTH);
            client.read(AT, target);
            assertThat(target.array()).isEqualTo(expected);
            client.abort();
        }
    }

    static Stream<Arguments> errorsInTheMiddle() {
        byte[] eio = part(CHUNK_ERROR, error(5));
        byte[] end = done(CHUNK_NONE, COOKIE, new byte[0]);
        byte[] one = part(data(AT, bytes(1)));
        byte[] two = part(data(AT + LENGTH / 2, bytes(2)));
        return Stream.of(
                argumentSet("instead of data", done(CHUNK_ERROR, COOKIE, error(5)), 5),
                argumentSet("between data", join(one, eio, two, end), 5),
                argumentSet("before data", join(eio, one, two, end), 5),
                argumentSet("after all data", join(one, two, eio, end), 5),
                argumentSet("two of them, the first counts", join(eio, part(CHUNK_ERROR, error(28)), end), 5),
                argumentSet(
                        "with a text",
                        done(
                                CHUNK_ERROR,
                                COOKIE,
                                new ClientScript()
                                        .int32(28)
                                        .int16(3)
                                        .raw(new byte[3])
                                        .bytes()),
                        28),
                argumentSet(
                        "with an offset",
                        done(
                                CHUNK_ERROR + 1,
                                COOKIE,
                                new ClientScript().raw(error(5)).int64(AT).bytes()),
                        5),
                argumentSet("of number 0", done(CHUNK_ERROR, COOKIE, error(0)), 5),
                argumentSet("of number 2^32-1", done(CHUNK_ERROR, COOKIE, error(-1)), 22),
                argumentSet("of an unknown number", done(CHUNK_ERROR, COOKIE, error(4711)), 4711),
                argumentSet("simple", simple(5, COOKIE), 5));
    }

    /** A server that reports an error costs the request, whatever data it sends beside it, and nothing else. */
    @ParameterizedTest
    @MethodSource("errorsInTheMiddle")
    void errorInTheMiddleOfAReadFailsTheRead(byte[] answer, int code) throws IOException {
        try (FakeServer server = new FakeServer(
                        FakeServer.good(),
                        request -> request.cookie() == COOKIE ? answer : simple(0, request.cookie()));
                NbdClient client = NbdClient.connect(server.address(), "data")) {
            ByteBuffer target = ByteBuffer.allocate(LENGTH);
            assertThatThrownBy(() -> client.read(AT, target))
                    .isInstanceOfSatisfying(
                            NbdException.class,
                            failure -> assertThat(failure.code()).isEqualTo(code));
            assertThat(target.position()).isZero();
            client.flush();
            client.abort();
        }
    }
}
