/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_ABORT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_GO;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_INFO;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_LIST;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_LIST_META_CONTEXT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_SET_META_CONTEXT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_STARTTLS;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_STRUCTURED_REPLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.MemoryExport;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Negotiation, byte by byte, and what it refuses. Golden bytes are written down from the NBD protocol document. */
class HandshakeTests {
    private final MemoryExport data = new MemoryExport("data", 1 << 20, false);
    private final MemoryExport copy = new MemoryExport("data@1", 1 << 20, true);
    private final InProcess server = new InProcess(MemoryExport.exports(data, copy));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void greetingOffersFixedNewstyleWithoutZeroes() {
        assertHex(server.run(new byte[0]), "4e42444d41474943 49484156454f5054 0003");
    }

    @Test
    void goAnswersSizeAndFlags() {
        ByteBuffer replies = server.replies(ClientScript.modern().go("data").bytes());
        // HAS_FLAGS, FLUSH, FUA, TRIM, WRITE_ZEROES, MULTI_CONN, FAST_ZERO; no DF without structured replies.
        assertHex(
                rest(replies),
                "0003e889045565a9 00000007 00000003 0000000c 0000 0000000000100000 0d6d"
                        + "0003e889045565a9 00000007 00000001 00000000");
        assertThat(data.opened()).isEqualTo(1);
        assertThat(data.closed()).isEqualTo(1);
    }

    @Test
    void goAnswersNameAndBlockSizeWhenAsked() {
        ByteBuffer replies = server.replies(ClientScript.modern()
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .go("data@1", 1, 2, 3, 77)
                .bytes());
        assertHex(
                rest(replies),
                "0003e889045565a9 00000008 00000001 00000000"
                        + "0003e889045565a9 00000007 00000003 0000000c 0000 0000000000100000 058f"
                        + "0003e889045565a9 00000007 00000003 00000008 0001 646174614031"
                        + "0003e889045565a9 00000007 00000003 0000000e 0003 00000001 00001000 02000000"
                        + "0003e889045565a9 00000007 00000001 00000000");
    }

    @Test
    void exportNameAnswersWithoutHeader() {
        assertHex(rest(server.replies(ClientScript.modern().exportName("data").bytes())), "0000000000100000 0d6d");
    }

    @Test
    void exportNameIsPaddedForClientsThatDidNotDeclineZeroes() {
        byte[] reply = rest(
                server.replies(new ClientScript().int32(1).exportName("data").bytes()));
        assertThat(reply).hasSize(134);
        assertThat(Arrays.copyOfRange(reply, 10, 134)).containsOnly(0);
    }

    @Test
    void oldClientMayOnlyNameAnExport() {
        byte[] named = rest(
                server.replies(new ClientScript().int32(0).exportName("data").bytes()));
        assertThat(named).hasSize(134);
        assertThat(server.cut()).isFalse();
        byte[] listed = rest(server.replies(
                new ClientScript().int32(0).option(OPT_LIST, new byte[0]).bytes()));
        assertThat(listed).isEmpty();
        assertThat(server.stats().violations()).isEqualTo(1);
    }

    @Test
    void listNamesEveryExportAndOpensNone() {
        ByteBuffer replies = server.replies(
                ClientScript.modern().option(OPT_LIST, new byte[0]).bytes());
        assertHex(
                rest(replies),
                "0003e889045565a9 00000003 00000002 00000008 00000004 64617461"
                        + "0003e889045565a9 00000003 00000002 0000000a 00000006 646174614031"
                        + "0003e889045565a9 00000003 00000001 00000000");
        assertThat(data.opened()).isZero();
    }

    @Test
    void metadataContextsAreListedAndChosen() {
        ByteBuffer replies = server.replies(ClientScript.modern()
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .option(OPT_LIST_META_CONTEXT, ClientScript.contexts("data"))
                .option(OPT_SET_META_CONTEXT, ClientScript.contexts("data", "base:", "qemu:x", "base:allocation"))
                .bytes());
        assertHex(
                rest(replies),
                "0003e889045565a9 00000008 00000001 00000000"
                        + "0003e889045565a9 00000009 00000004 00000013 00000000 626173653a616c6c6f636174696f6e"
                        + "0003e889045565a9 00000009 00000001 00000000"
                        + "0003e889045565a9 0000000a 00000004 00000013 00000001 626173653a616c6c6f636174696f6e"
                        + "0003e889045565a9 0000000a 00000001 00000000");
    }

    @Test
    void abortIsAcknowledgedAndEnds() {
        ByteBuffer replies = server.replies(ClientScript.modern()
                .option(OPT_ABORT, new byte[0])
                .option(OPT_LIST, new byte[0])
                .bytes());
        assertHex(rest(replies), "0003e889045565a9 00000002 00000001 00000000");
    }

    @Test
    void unknownOptionsAreRefusedAndNegotiationGoesOn() {
        List<OptionReply> replies = OptionReply.takeAll(server.replies(ClientScript.modern()
                .option(OPT_STARTTLS, new byte[0])
                .option(4, new byte[] {1, 2, 3})
                .option(-1, new byte[100])
                .go("data")
                .bytes()));
        assertThat(replies)
                .extracting(OptionReply::type)
                .containsExactly(
                        NbdProtocol.REP_ERR_UNSUP,
                        NbdProtocol.REP_ERR_UNSUP,
                        NbdProtocol.REP_ERR_UNSUP,
                        NbdProtocol.REP_INFO,
                        NbdProtocol.REP_ACK);
    }

    /** CVE-2017-15118 (a name past its buffer), CVE-2020-10761 (an echo of it past the limit of texts). */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4095, 4096})
    void namesUpToTheLimitAreEchoedShort(int length) {
        String name = "\u0007" + ClientScript.name(length - 1);
        List<OptionReply> replies = OptionReply.takeAll(
                server.replies(ClientScript.modern().go(name).bytes()));
        assertThat(replies).singleElement().satisfies(reply -> {
            assertThat(reply.type()).isEqualTo(NbdProtocol.REP_ERR_UNKNOWN);
            assertThat(reply.payloadBytes()).isLessThan(OptionReplies.TEXT_BYTES_MAX);
            assertThat(reply.text()).startsWith("no export '?").doesNotContain("\u0007");
        });
    }

    @Test
    void nameOverTheLimitIsTooBig() {
        List<OptionReply> replies = OptionReply.takeAll(server.replies(ClientScript.modern()
                .go(ClientScript.name(4097))
                .option(OPT_SET_META_CONTEXT, new byte[0])
                .go("data")
                .bytes()));
        assertThat(replies.getFirst().type()).isEqualTo(NbdProtocol.REP_ERR_TOO_BIG);
        assertThat(replies.getLast().type()).isEqualTo(NbdProtocol.REP_ACK);
    }

    /** CVE-2022-26495 (a length that wraps), CVE-2022-26496 (an inner length beyond the outer one). */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 6, 7, 4096, 4097, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void innerLengthThatDisagreesWithTheOptionIsRefused(int innerLength) {
        // The option holds "data" and a count of zero: 4 is the only length that fits.
        for (int option : new int[] {OPT_GO, OPT_INFO}) {
            byte[] payload = new ClientScript()
                    .int32(innerLength)
                    .raw((byte) 'd', (byte) 'a', (byte) 't', (byte) 'a')
                    .int16(0)
                    .bytes();
            List<OptionReply> replies = OptionReply.takeAll(server.replies(
                    ClientScript.modern().option(option, payload).go("data").bytes()));
            assertThat(replies.getFirst().refusal()).as(replies.toString()).isTrue();
            assertThat(replies.getLast().type()).isEqualTo(NbdProtocol.REP_ACK);
        }
        assertThat(data.opened()).isEqualTo(2);
    }

    /** CVE-2017-15119: gigabytes of an option that are read and dropped. */
    @ParameterizedTest
    @ValueSource(ints = {65537, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void oversizedOptionIsRefusedAndNotRead(int length) {
        ByteBuffer replies = server.replies(ClientScript.modern()
                .optionHeader(99, length)
                .raw(new byte[1000])
                .bytes());
        assertThat(OptionReply.takeAll(replies))
                .extracting(OptionReply::type)
                .containsExactly(NbdProtocol.REP_ERR_TOO_BIG);
        assertThat(server.stats().violations()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65535, 65536})
    void optionUpToTheLimitIsTakenWhole(int length) {
        List<OptionReply> replies = OptionReply.takeAll(server.replies(
                ClientScript.modern().option(99, new byte[length]).go("data").bytes()));
        assertThat(replies)
                .extracting(OptionReply::type)
                .containsExactly(NbdProtocol.REP_ERR_UNSUP, NbdProtocol.REP_INFO, NbdProtocol.REP_ACK);
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 32, 33})
    void optionsAreCounted(int count) {
        ClientScript script = ClientScript.modern();
        for (int i = 0; i < count; i++) {
            script.option(OPT_STRUCTURED_REPLY, new byte[0]);
        }
        List<OptionReply> replies = OptionReply.takeAll(server.replies(script.bytes()));
        assertThat(replies).hasSize(Math.min(count, 32));
        assertThat(server.stats().violations()).isEqualTo(count > 32 ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 32, 33, 65535})
    void informationRequestsAreCounted(int count) {
        List<OptionReply> replies = OptionReply.takeAll(server.replies(
                ClientScript.modern().info("data", new int[count]).bytes()));
        // An option that is larger than the receive limit is cut earlier; both ways answer "too big".
        assertThat(replies.getLast().type()).isEqualTo(count <= 32 ? NbdProtocol.REP_ACK : NbdProtocol.REP_ERR_TOO_BIG);
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 32, 33, -1, Integer.MIN_VALUE})
    void contextQueriesAreCounted(int count) {
        ClientScript payload = new ClientScript().string("data").int32(count);
        for (int i = 0; i < Math.clamp(count, 0, 33); i++) {
            payload.string("x:y");
        }
        List<OptionReply> replies = OptionReply.takeAll(server.replies(ClientScript.modern()
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .option(OPT_SET_META_CONTEXT, payload.bytes())
                .bytes()));
        boolean fits = count >= 0 && count <= 32;
        assertThat(replies.getLast().type()).isEqualTo(fits ? NbdProtocol.REP_ACK : NbdProtocol.REP_ERR_TOO_BIG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c328", "6100", "eda080"})
    void nameThatIsNotTextIsRefused(String hex) {
        byte[] name = HexFormat.of().parseHex(hex);
        byte[] payload =
                new ClientScript().int32(name.length).raw(name).int16(0).bytes();
        assertThat(OptionReply.takeAll(server.replies(
                        ClientScript.modern().option(OPT_GO, payload).bytes())))
                .extracting(OptionReply::type)
                .containsExactly(NbdProtocol.REP_ERR_INVALID);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 0x80, -1})
    void unknownClientFlagsEndTheConnection(int flags) {
        server.replies(new ClientScript().int32(flags).go("data").bytes());
        assertThat(server.stats().violations()).isEqualTo(1);
        assertThat(data.opened()).isZero();
    }

    @Test
    void wrongOptionMagicEndsTheConnection() {
        server.replies(ClientScript.modern().int64(1).int32(OPT_LIST).int32(0).bytes());
        assertThat(server.stats().violations()).isEqualTo(1);
    }

    @Test
    void contextOfAnotherExportDoesNotCount() {
        ByteBuffer replies = server.replies(ClientScript.modern()
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .setContext("data@1", "base:allocation")
                .go("data")
                .request(NbdProtocol.CMD_BLOCK_STATUS, 0, 9, 0, 4096)
                .bytes());
        OptionReply.takeAll(replies);
        assertHex(rest(replies), "668e33ef 0001 8001 0000000000000009 00000006 00000016 0000");
    }

    private static void assertHex(byte[] actual, String expected) {
        assertThat(HexFormat.of().formatHex(actual)).isEqualTo(expected.replace(" ", ""));
    }

    private static byte[] rest(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
