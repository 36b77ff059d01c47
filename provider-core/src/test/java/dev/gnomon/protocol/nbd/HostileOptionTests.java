/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_ABORT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_EXPORT_NAME;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_GO;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_INFO;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_LIST;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_LIST_META_CONTEXT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_SET_META_CONTEXT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_STRUCTURED_REPLY;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_ACK;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_ERR_INVALID;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_ERR_TOO_BIG;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_ERR_UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.MemoryExport;
import dev.gnomon.testkit.Xoshiro256;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that a hostile client sends, and what they may cost. */
class HostileOptionTests {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int[] OPTIONS = {
        OPT_ABORT, OPT_LIST, OPT_INFO, OPT_GO, OPT_STRUCTURED_REPLY, OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT
    };

    private final MemoryExport data = new MemoryExport("data", 4096, false);
    private final InProcess server = new InProcess(MemoryExport.exports(data));

    @AfterEach
    void nothingIsLeft() {
        assertThat(data.closed()).isEqualTo(data.opened());
        server.close();
    }

    /** QEMU issue 4843: what follows the end of an option is refused, taken off the wire, and harms nothing behind it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 4096, 60_000})
    void trailingBytesInEveryOptionAreRefused(int extra) {
        for (int option : OPTIONS) {
            byte[] payload = payload(option);
            List<OptionReply> replies = OptionReply.takeAll(server.replies(ClientScript.modern()
                    .option(OPT_STRUCTURED_REPLY, new byte[0])
                    .option(option, Arrays.copyOf(payload, payload.length + extra))
                    .go("data")
                    .bytes()));
            if (option == OPT_ABORT) {
                assertThat(replies).extracting(OptionReply::type).containsExactly(REP_ACK, REP_ACK);
            } else {
                assertThat(replies.get(1).type()).as("option %s", option).isEqualTo(REP_ERR_INVALID);
                assertThat(replies.getLast().type()).isEqualTo(REP_ACK);
            }
        }
        assertThat(data.opened()).isEqualTo(OPTIONS.length - 1);
        server.replies(ClientScript.modern()
                .option(OPT_EXPORT_NAME, new byte[] {'d', 'a', 't', 'a', 0})
                .bytes());
        assertThat(data.opened()).isEqualTo(OPTIONS.length - 1);
    }

    /** The same for payloads that end too early, at every byte. */
    @Test
    void optionsThatEndTooEarlyAreRefused() {
        for (int option : OPTIONS) {
            byte[] payload = payload(option);
            for (int length = 0; length < payload.length; length++) {
                List<OptionReply> replies = OptionReply.takeAll(server.replies(ClientScript.modern()
                        .option(OPT_STRUCTURED_REPLY, new byte[0])
                        .option(option, Arrays.copyOf(payload, length))
                        .go("data")
                        .bytes()));
                assertThat(replies.get(1).type())
                        .as("%s bytes of option %s", length, option)
                        .isEqualTo(REP_ERR_INVALID);
                assertThat(replies.getLast().type()).isEqualTo(REP_ACK);
            }
        }
    }

    /** CVE-2017-15118: strings at their limit wherever an option holds one, as a name and as a query. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 4095, 4096, 4097, 60_000})
    void stringsHaveOneLimitEverywhere(int length) {
        String text = ClientScript.name(length);
        boolean fits = length <= 4096;
        for (int option : new int[] {OPT_INFO, OPT_GO}) {
            assertThat(answer(option, ClientScript.describe(text))).isEqualTo(fits ? REP_ERR_UNKNOWN : REP_ERR_TOO_BIG);
        }
        for (int option : new int[] {OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT}) {
            assertThat(answer(option, ClientScript.contexts(text, "x:"))).isEqualTo(fits ? REP_ACK : REP_ERR_TOO_BIG);
            assertThat(answer(option, ClientScript.contexts("data", text))).isEqualTo(fits ? REP_ACK : REP_ERR_TOO_BIG);
        }
        // There is no way to refuse a name here, so the connection ends.
        assertThat(OptionReply.takeAll(
                        server.replies(ClientScript.modern().exportName(text).bytes())))
                .isEmpty();
    }

    /** CVE-2017-15119: what is announced is neither read on nor waited for. */
    @ParameterizedTest
    @ValueSource(ints = {65537, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void oversizedOptionCostsNoMoreThanOneReceive(int announced) {
        server.run(ClientScript.modern()
                .optionHeader(OPT_GO, announced)
                .raw(new byte[8 << 20])
                .bytes());
        assertThat(server.cut()).isTrue();
        assertThat(server.consumedBytes()).isLessThanOrEqualTo(NbdLimits.RECEIVE_BYTES);
    }

    /** CVE-2017-15119 as a budget: the dearest negotiation that the limits admit, in processor time. */
    @Test
    void dearestNegotiationIsCheap() {
        ClientScript script = ClientScript.modern().option(OPT_STRUCTURED_REPLY, new byte[0]);
        String[] queries = new String[15];
        Arrays.fill(queries, ClientScript.name(4096));
        for (int i = 0; i < 30; i++) {
            script.option(OPT_LIST_META_CONTEXT, ClientScript.contexts(ClientScript.name(4000), queries));
        }
        byte[] input = script.go("data").bytes();
        assertThat(input.length).isGreaterThan(30 * 64_000);
        long before = THREADS.getCurrentThreadCpuTime();
        List<OptionReply> replies = OptionReply.takeAll(server.replies(input));
        assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - before)).isLessThan(Duration.ofSeconds(2));
        assertThat(replies.getLast().type()).isEqualTo(REP_ACK);
        assertThat(server.stats().violations()).isZero();
    }

    /** CVE-2019-14850: nothing is opened for a peer that only negotiates, wherever it stops. */
    @Test
    void peerThatDoesNotFinishNegotiationOpensNothing() {
        byte[] negotiation = ClientScript.modern()
                .option(OPT_LIST, new byte[0])
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .option(OPT_LIST_META_CONTEXT, ClientScript.contexts("data"))
                .setContext("data", NbdProtocol.BASE_ALLOCATION)
                .option(99, new byte[100])
                .go("data")
                .bytes();
        for (int length = 0; length < negotiation.length; length++) {
            server.run(Arrays.copyOf(negotiation, length));
        }
        server.run(
                ClientScript.modern().option(OPT_ABORT, new byte[0]).go("data").bytes());
        assertThat(data.opened()).isZero();
        server.run(negotiation);
        assertThat(data.opened()).isEqualTo(1);
    }

    /**
     * CVE-2017-7539, CVE-2019-14851: well-formed and broken options in any order, and requests behind them. The server
     * never fails, and serves a good client after each.
     */
    @Test
    void randomNegotiationNeverFails() {
        FuzzTarget target = new FuzzTarget();
        Xoshiro256 random = new Xoshiro256(20_260_101);
        for (int round = 0; round < 3000; round++) {
            ClientScript script = ClientScript.modern();
            int options = random.nextInt(8);
            for (int i = 0; i < options; i++) {
                appendOption(script, random);
            }
            if (random.percent(50)) {
                script.go("data");
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                script.request(random.nextInt(10), random.nextInt(32), i, random.nextInt(70_000), random.nextInt(5000));
            }
            target.handshake(script.bytes());
        }
    }

    private static void appendOption(ClientScript script, Xoshiro256 random) {
        int option = random.percent(90) ? OPTIONS[random.nextInt(OPTIONS.length)] : random.nextInt(20);
        byte[] payload = payload(option);
        if (random.percent(30) && payload.length > 0) {
            payload[random.nextInt(payload.length)] = (byte) random.nextInt(256);
        }
        if (random.percent(20)) {
            payload = Arrays.copyOf(payload, random.nextInt(payload.length + 20));
        }
        script.optionHeader(option, random.percent(95) ? payload.length : random.nextInt(1 << 20))
                .raw(payload);
    }

    private int answer(int option, byte[] payload) {
        return OptionReply.takeAll(server.replies(ClientScript.modern()
                        .option(OPT_STRUCTURED_REPLY, new byte[0])
                        .option(option, payload)
                        .bytes()))
                .get(1)
                .type();
    }

    /** Returns a payload that the option takes. */
    private static byte[] payload(int option) {
        return switch (option) {
            case OPT_INFO, OPT_GO -> ClientScript.describe("data", NbdProtocol.INFO_BLOCK_SIZE);
            case OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT ->
                ClientScript.contexts("data", NbdProtocol.BASE_ALLOCATION);
            default -> new byte[0];
        };
    }
}
