/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.FakeServer.beforeGo;
import static dev.gnomon.protocol.nbd.FakeServer.blockSizes;
import static dev.gnomon.protocol.nbd.FakeServer.context;
import static dev.gnomon.protocol.nbd.FakeServer.export;
import static dev.gnomon.protocol.nbd.FakeServer.good;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_GO;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_LIST;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_SET_META_CONTEXT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_STRUCTURED_REPLY;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_ACK;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_INFO;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_META_CONTEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.protocol.nbd.client.NbdSecurity;
import dev.gnomon.protocol.nbd.client.NbdTimeouts;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that misbehaves in negotiation: the client says what is wrong, opens nothing and never hangs. */
@Timeout(60)
class HostileNegotiationTests {
    private static final NbdTimeouts HASTY = new NbdTimeouts(100, 100);

    static Stream<Arguments> misbehaviour() {
        byte[] info = export(4096, 1);
        return Stream.of(
                argumentSet("wrong first magic", greeting(1, NbdProtocol.OPTION_MAGIC, 3), "not an NBD server"),
                argumentSet("wrong second magic", greeting(NbdProtocol.INIT_MAGIC, 1, 3), "not an NBD server"),
                argumentSet("oldstyle", greeting(NbdProtocol.INIT_MAGIC, 0x00420281861253L, 3), "not an NBD server"),
                argumentSet(
                        "no fixed newstyle", greeting(NbdProtocol.INIT_MAGIC, NbdProtocol.OPTION_MAGIC, 2), "fixed"),
                argumentSet(
                        "wrong reply magic",
                        FakeServer.greeting().int64(1).raw(new byte[12]).bytes(),
                        "malformed"),
                argumentSet(
                        "reply to another option",
                        FakeServer.reply(FakeServer.greeting(), OPT_GO, REP_ACK).bytes(),
                        "malformed"),
                argumentSet("reply of 2^32-1 bytes", reply(OPT_STRUCTURED_REPLY, REP_ACK, -1), "4294967295 bytes"),
                argumentSet("reply of 2^31 bytes", reply(OPT_STRUCTURED_REPLY, REP_ACK, 1 << 31), "2147483648 bytes"),
                argumentSet("reply over 64 KiB", reply(OPT_STRUCTURED_REPLY, REP_ACK, 65537), "65537 bytes"),
                argumentSet(
                        "names for an option that has none",
                        FakeServer.reply(FakeServer.greeting(), OPT_STRUCTURED_REPLY, 2)
                                .bytes(),
                        "type 2"),
                argumentSet("another context", contexts(new byte[20], false), "not asked for"),
                argumentSet("a context twice", contexts(context(1), true), "not asked for"),
                argumentSet("size -1 (CVE-2023-5215)", go(export(-1, 1)), "18446744073709551615 bytes"),
                argumentSet("size 2^63 (CVE-2023-5215)", go(export(Long.MIN_VALUE, 1)), "9223372036854775808 bytes"),
                argumentSet("no transmission flags", go(export(4096, 0)), "flags 0x0"),
                argumentSet("no size", go(), "did not tell the size"),
                argumentSet("size cut short", go(Arrays.copyOf(info, 11)), "9 bytes, expected are 10"),
                argumentSet("size with a byte more", go(Arrays.copyOf(info, 13)), "11 bytes, expected are 10"),
                argumentSet("information of one byte", go(new byte[1]), "expected"),
                argumentSet(
                        "information of another kind",
                        FakeServer.reply(beforeGo(), OPT_GO, 2, info).bytes(),
                        "type 2"),
                argumentSet("block size 0", go(info, blockSizes(0, 4096, 4096)), "block sizes of 0"),
                argumentSet("preferred block size 0", go(info, blockSizes(1, 0, 4096)), "block sizes of 1, 0"),
                argumentSet("preferred block size 3", go(info, blockSizes(1, 3000, 4096)), "block sizes of 1, 3000"),
                argumentSet("preferred block size 2^31", go(info, blockSizes(1, 1 << 31, -1)), "2147483648"),
                argumentSet("largest request 0", go(info, blockSizes(1, 4096, 0)), "4096 and 0"),
                argumentSet("block sizes cut short", go(info, Arrays.copyOf(blockSizes(1, 4096, 4096), 13)), "of 11"),
                argumentSet(
                        "refusal without text",
                        FakeServer.reply(beforeGo(), OPT_GO, 1 << 31 | 6).bytes(),
                        "no such export"),
                argumentSet(
                        "unknown refusal",
                        FakeServer.reply(beforeGo(), OPT_GO, -1).bytes(),
                        "0xffffffff"));
    }

    @ParameterizedTest
    @MethodSource("misbehaviour")
    void serverThatMisbehavesIsRefusedWithTheReason(byte[] negotiation, String reason) throws IOException {
        try (FakeServer server = new FakeServer(negotiation, FakeServer.SILENCE)) {
            assertThatThrownBy(() -> NbdClient.connect(server.address(), "data"))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining(reason);
        }
    }

    @Test
    void serverThatBehavesIsAccepted() throws IOException {
        try (FakeServer server = new FakeServer(good(), FakeServer.SILENCE)) {
            NbdClient client = NbdClient.connect(server.address(), "data");
            assertThat(client.info().sizeBytes()).isEqualTo(FakeServer.SIZE);
            assertThat(client.info().structured()).isTrue();
            assertThat(client.info().allocation()).isTrue();
            client.abort();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 512, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void everySizeBelow2To63IsAccepted(long size) throws IOException {
        try (FakeServer server = new FakeServer(go(export(size, 1)), FakeServer.SILENCE)) {
            NbdClient client = NbdClient.connect(server.address(), "data");
            assertThat(client.sizeBytes()).isEqualTo(size);
            client.abort();
        }
    }

    /** A context that is told and then refused was not chosen: block status must not be believed to be there. */
    @Test
    void contextThatIsRefusedAfterItWasToldIsNotThere() throws IOException {
        ClientScript script = FakeServer.reply(FakeServer.greeting(), OPT_STRUCTURED_REPLY, REP_ACK);
        FakeServer.reply(script, OPT_SET_META_CONTEXT, REP_META_CONTEXT, context(1));
        FakeServer.reply(script, OPT_SET_META_CONTEXT, NbdProtocol.REP_ERR_UNSUP);
        FakeServer.reply(script, OPT_GO, REP_INFO, export(4096, 1));
        try (FakeServer server =
                new FakeServer(FakeServer.reply(script, OPT_GO, REP_ACK).bytes(), FakeServer.SILENCE)) {
            NbdClient client = NbdClient.connect(server.address(), "data");
            assertThat(client.info().allocation()).isFalse();
            client.abort();
        }
    }

    @Test
    void serverThatLeavesAfterAnyByteOfNegotiationIsAnError() throws IOException {
        byte[] negotiation = good();
        for (int length = 0; length < negotiation.length; length++) {
            try (FakeServer server = FakeServer.leaving(negotiation, length)) {
                assertThatThrownBy(() -> NbdClient.connect(server.address(), "data"))
                        .as("after %s bytes", length)
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 18, 38, 100})
    void serverThatFallsSilentInNegotiationIsLeft(int after) throws IOException {
        try (FakeServer server = new FakeServer(Arrays.copyOf(good(), after), FakeServer.SILENCE)) {
            assertThatThrownBy(() -> NbdClient.connect(server.address(), "data", HASTY, NbdSecurity.NONE))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("has not finished negotiation within 100 ms");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 18})
    void serverThatFallsSilentBeforeItsListIsLeft(int after) throws IOException {
        try (FakeServer server = new FakeServer(Arrays.copyOf(good(), after), FakeServer.SILENCE)) {
            assertThatThrownBy(() -> NbdClient.list(server.address(), HASTY, NbdSecurity.NONE))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("has not finished negotiation within 100 ms");
        }
    }

    /** Answers without end must end, and must not fill the memory. */
    @Test
    void serverThatNeverEndsItsAnswersIsLeft() throws IOException {
        ClientScript script = FakeServer.greeting();
        byte[] information = new byte[60_000];
        information[0] = 1;
        FakeServer.reply(script, OPT_STRUCTURED_REPLY, NbdProtocol.REP_ERR_UNSUP);
        for (int i = 0; i < 600; i++) {
            FakeServer.reply(script, OPT_GO, REP_INFO, information);
        }
        try (FakeServer server = new FakeServer(script.bytes(), FakeServer.SILENCE)) {
            assertThatThrownBy(() -> NbdClient.connect(server.address(), "data"))
                    .hasMessageContaining("or 33554432 bytes to option 7");
        }
    }

    static Stream<Arguments> wrongLists() {
        return Stream.of(
                argumentSet("no length", new byte[3], 2),
                argumentSet(
                        "length past the end",
                        new ClientScript().int32(2).raw((byte) 'a').bytes(),
                        2),
                argumentSet(
                        "length 2^32-1",
                        new ClientScript().int32(-1).raw((byte) 'a').bytes(),
                        2),
                argumentSet(
                        "length over 4096",
                        new ClientScript().string("n".repeat(4097)).bytes(),
                        2),
                argumentSet(
                        "another kind of answer", new ClientScript().string("a").bytes(), REP_INFO));
    }

    @ParameterizedTest
    @MethodSource("wrongLists")
    void listThatIsMalformedIsRefused(byte[] name, int type) throws IOException {
        try (FakeServer server = new FakeServer(
                FakeServer.reply(FakeServer.greeting(), OPT_LIST, type, name).bytes(), FakeServer.SILENCE)) {
            assertThatThrownBy(() -> NbdClient.list(server.address()))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("to the list of exports");
        }
    }

    @Test
    void namesUpToTheLimitAreListed() throws IOException {
        String longest = "n".repeat(4096);
        ClientScript script = FakeServer.reply(
                FakeServer.greeting(),
                OPT_LIST,
                2,
                new ClientScript().string("").bytes());
        FakeServer.reply(script, OPT_LIST, 2, new ClientScript().string(longest).bytes());
        FakeServer.reply(script, OPT_LIST, REP_ACK);
        FakeServer.reply(script, NbdProtocol.OPT_ABORT, REP_ACK);
        try (FakeServer server = new FakeServer(script.bytes(), FakeServer.SILENCE)) {
            assertThat(NbdClient.list(server.address())).isEqualTo(List.of("", longest));
        }
    }

    private static byte[] greeting(long first, long second, int flags) {
        return new ClientScript().int64(first).int64(second).int16(flags).bytes();
    }

    private static byte[] reply(int option, int type, int announced) {
        return FakeServer.greeting()
                .int64(NbdProtocol.OPTION_REPLY_MAGIC)
                .int32(option)
                .int32(type)
                .int32(announced)
                .bytes();
    }

    private static byte[] contexts(byte[] payload, boolean twice) {
        ClientScript script = FakeServer.reply(FakeServer.greeting(), OPT_STRUCTURED_REPLY, REP_ACK);
        for (int i = 0; i < (twice ? 2 : 1); i++) {
            FakeServer.reply(script, OPT_SET_META_CONTEXT, REP_META_CONTEXT, payload);
        }
        return script.bytes();
    }

    private static byte[] go(byte[]... infos) {
        ClientScript script = beforeGo();
        for (byte[] info : infos) {
            FakeServer.reply(script, OPT_GO, REP_INFO, info);
        }
        return FakeServer.reply(script, OPT_GO, REP_ACK).bytes();
    }
}
