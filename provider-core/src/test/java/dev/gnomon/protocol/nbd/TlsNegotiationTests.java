/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_STARTTLS;
import static dev.gnomon.protocol.nbd.NbdProtocol.REP_ERR_TLS_REQD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.observe.Observer;
import dev.gnomon.protocol.nbd.tls.TlsStream;
import dev.gnomon.testkit.Certificates;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that requires TLS, and clients that try to get around it. */
@Timeout(60)
class TlsNegotiationTests {
    private final MemoryExport data = new MemoryExport("data", 1 << 20, false);
    private final ManualClock clock = new ManualClock();
    private final NbdServer server = new NbdServer(
            MemoryExport.exports(data),
            NbdLimits.defaults(),
            clock,
            Optional.of(Certificates.server()),
            Observer.logging());
    private NbdAddress address = NbdAddress.loopback(0);

    @BeforeEach
    void listen() throws IOException {
        address = server.listen(address);
    }

    @AfterEach
    void nothingIsLeft() {
        Await.until("all connections have ended", () -> server.connections() == 0);
        assertThat(data.closed()).isEqualTo(data.opened());
        assertThat(server.stats().faults()).isZero();
        server.close();
    }

    /** NBD protocol, "FORCEDTLS"; and CVE-2019-14850: nothing is opened for a peer that has not proven anything. */
    @Test
    void everyOptionBeforeTlsIsRefused() throws IOException {
        ClientScript script = ClientScript.modern()
                .option(NbdProtocol.OPT_LIST, new byte[0])
                .info("data")
                .go("data")
                .option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0])
                .option(NbdProtocol.OPT_LIST_META_CONTEXT, ClientScript.contexts("data"))
                .setContext("data", NbdProtocol.BASE_ALLOCATION)
                .option(99, new byte[5])
                .option(NbdProtocol.OPT_ABORT, new byte[0]);
        assertThat(OptionReply.takeAll(repliesOf(script)))
                .extracting(OptionReply::type)
                .containsExactly(
                        REP_ERR_TLS_REQD,
                        REP_ERR_TLS_REQD,
                        REP_ERR_TLS_REQD,
                        REP_ERR_TLS_REQD,
                        REP_ERR_TLS_REQD,
                        REP_ERR_TLS_REQD,
                        REP_ERR_TLS_REQD,
                        NbdProtocol.REP_ACK);
        assertThat(data.opened()).isZero();
    }

    @Test
    void clientsThatCannotAskForTlsAreCut() throws IOException {
        assertThat(repliesOf(ClientScript.modern().exportName("data")).remaining())
                .isZero();
        assertThat(repliesOf(new ClientScript().int32(0).exportName("data")).remaining())
                .isZero();
        assertThat(repliesOf(new ClientScript().int32(2).option(OPT_STARTTLS, new byte[0]))
                        .remaining())
                .isZero();
        assertThat(data.opened()).isZero();
    }

    @Test
    void startTlsWithAPayloadIsRefused() throws IOException {
        assertThat(OptionReply.takeAll(repliesOf(ClientScript.modern()
                        .option(OPT_STARTTLS, new byte[1])
                        .option(NbdProtocol.OPT_ABORT, new byte[0]))))
                .extracting(OptionReply::type)
                .containsExactly(NbdProtocol.REP_ERR_INVALID, NbdProtocol.REP_ACK);
    }

    /** CVE-2021-3716: an option that somebody on the way puts behind STARTTLS must not be taken for one inside TLS. */
    @Test
    void bytesInTheClearBehindStartTlsEndTheConnection() throws IOException {
        assertThat(repliesOf(ClientScript.modern()
                                .option(OPT_STARTTLS, new byte[0])
                                .option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0]))
                        .remaining())
                .isZero();
        assertThat(server.stats().violations()).isEqualTo(1);
    }

    @Test
    void clientThatGoesOnInTheClearIsCut() throws IOException {
        try (RawClient client = new RawClient(address)) {
            startTls(client);
            client.send(new ClientScript().go("data").bytes());
            client.drain();
        }
        Await.until("it is counted", () -> server.stats().violations() == 1);
        assertThat(data.opened()).isZero();
    }

    /** CVE-2021-3716: what was asked for in the clear is refused, and does not count inside TLS either. */
    @Test
    void whatWasSaidBeforeTlsIsForgotten() throws IOException {
        try (RawClient client = new RawClient(address)) {
            client.send(ClientScript.modern()
                    .option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0])
                    .bytes());
            client.receive(RawClient.GREETING_BYTES);
            assertThat(option(client).type()).isEqualTo(REP_ERR_TLS_REQD);
            client.send(new ClientScript().option(OPT_STARTTLS, new byte[0]).bytes());
            assertThat(option(client).type()).isEqualTo(NbdProtocol.REP_ACK);
            TlsStream tls = new TlsStream(Certificates.client().clientEngine("localhost"), client.raw());
            tls.handshake();
            send(
                    tls,
                    new ClientScript()
                            .setContext("data", NbdProtocol.BASE_ALLOCATION)
                            .go("data")
                            .request(NbdProtocol.CMD_READ, 0, 7, 0, 4));
            ByteBuffer replies =
                    receive(tls, 3 * 20 + "structured replies must be negotiated first".length() + 12 + 20);
            assertThat(OptionReply.takeAll(replies))
                    .extracting(OptionReply::type)
                    .containsExactly(NbdProtocol.REP_ERR_INVALID, NbdProtocol.REP_INFO, NbdProtocol.REP_ACK);
            assertThat(replies.getInt()).isEqualTo(NbdProtocol.SIMPLE_REPLY_MAGIC);
        }
    }

    @Test
    void secondStartTlsIsRefused() throws IOException {
        try (RawClient client = new RawClient(address)) {
            TlsStream tls = handshake(client, Certificates.client().clientEngine("localhost"));
            send(tls, new ClientScript().option(OPT_STARTTLS, new byte[0]).option(NbdProtocol.OPT_ABORT, new byte[0]));
            ByteBuffer replies = receive(tls, 2 * 20 + "the connection has TLS already".length());
            assertThat(OptionReply.takeAll(replies))
                    .extracting(OptionReply::type)
                    .containsExactly(NbdProtocol.REP_ERR_INVALID, NbdProtocol.REP_ACK);
            assertThat(tls.receive(ByteBuffer.allocate(1))).as("a proper end").isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 100})
    void handshakeThatStallsIsCutWithTheNegotiation(int sent) throws IOException {
        try (RawClient client = new RawClient(address)) {
            startTls(client);
            byte[] start = new byte[sent];
            if (sent > 4) {
                System.arraycopy(new byte[] {22, 3, 1, 2, 0}, 0, start, 0, 5);
            }
            client.send(start);
            clock.advance(Duration.ofMillis(9_900));
            assertThat(server.stats().timeouts()).isZero();
            clock.advance(Duration.ofMillis(200));
            client.drain();
            Await.until("it is counted", () -> server.stats().timeouts() == 1);
        }
    }

    /** A handshake without end: records of one message that announces 16 MiB. */
    @Test
    void handshakeIsBoundedInBytes() throws IOException {
        try (RawClient client = new RawClient(address)) {
            startTls(client);
            byte[] record = new byte[5 + 16_384];
            System.arraycopy(new byte[] {22, 3, 3, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff}, 0, record, 0, 9);
            try {
                for (int i = 0; i < 1000; i++) {
                    client.send(record);
                }
            } catch (IOException e) {
                // The server has had enough.
            }
            client.drain();
        }
        Await.until("it is counted", () -> server.stats().violations() == 1);
    }

    @Test
    void clientThatVanishesInTheHandshakeIsForgotten() throws IOException {
        for (int i = 0; i < 100; i++) {
            int place = i;
            try (RawClient client = new RawClient(address)) {
                startTls(client);
                int[] left = {1 + place * 7};
                TlsStream.Raw cut = new TlsStream.Raw() {
                    @Override
                    public int receive(ByteBuffer target) throws IOException {
                        return client.raw().receive(target);
                    }

                    @Override
                    public void send(ByteBuffer source) throws IOException {
                        int count = Math.min(left[0], source.remaining());
                        left[0] -= count;
                        byte[] part = new byte[count];
                        source.get(part);
                        client.send(part);
                        if (left[0] == 0) {
                            throw new EOFException("enough");
                        }
                    }
                };
                new TlsStream(Certificates.client().clientEngine("localhost"), cut).handshake();
            } catch (IOException e) {
                // Cut off by the test.
            }
        }
    }

    /** Keys may be changed while data flow (TLS 1.3); a whole new handshake may not (TLS 1.2). */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void keysAreUpdatedButNothingIsRenegotiated(String version) throws IOException {
        SSLEngine engine = Certificates.client().clientEngine("localhost");
        engine.setEnabledProtocols(new String[] {version});
        try (RawClient client = new RawClient(address)) {
            TlsStream tls = handshake(client, engine);
            send(tls, new ClientScript().go("data"));
            receive(tls, 2 * 20 + 12);
            engine.beginHandshake();
            ByteBuffer request = ByteBuffer.wrap(new ClientScript()
                    .request(NbdProtocol.CMD_FLUSH, 0, 7, 0, 0)
                    .bytes());
            if (version.equals("TLSv1.2")) {
                tls.send(request);
                client.drain();
                Await.until("the server has cut it", () -> server.connections() == 0);
            } else {
                while (request.hasRemaining()) {
                    tls.send(request);
                }
                assertThat(receive(tls, 16).getLong(8)).isEqualTo(7);
            }
        }
    }

    @Test
    void onlyModernVersionsAreAdmitted() {
        assertThat(Certificates.server().serverEngine().getEnabledProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(Certificates.client().clientEngine("localhost").getEnabledProtocols())
                .containsExactly("TLSv1.3", "TLSv1.2");
    }

    @Test
    void addressesOfOtherMachinesAreAdmittedIfClientsProveWhoTheyAre() throws IOException {
        assertThatThrownBy(() -> server.listen(NbdAddress.parse("0.0.0.0:0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("clients need not prove who they are");
        try (NbdServer checking = new NbdServer(
                MemoryExport.exports(data),
                NbdLimits.defaults(),
                clock,
                Optional.of(Certificates.strictServer()),
                Observer.logging())) {
            assertThat(checking.listen(NbdAddress.parse("0.0.0.0:0")).local()).isFalse();
        }
    }

    private ByteBuffer repliesOf(ClientScript script) throws IOException {
        try (RawClient client = new RawClient(address)) {
            client.send(script.bytes());
            client.receive(RawClient.GREETING_BYTES);
            return client.receive(1 << 16);
        }
    }

    private static OptionReply option(RawClient client) throws IOException {
        ByteBuffer header = client.receive(20);
        int length = header.getInt(16);
        ByteBuffer whole = ByteBuffer.allocate(20 + length).put(header).put(client.receive(length));
        List<OptionReply> replies = OptionReply.takeAll(whole.flip());
        return replies.getFirst();
    }

    private static void startTls(RawClient client) throws IOException {
        client.send(ClientScript.modern().option(OPT_STARTTLS, new byte[0]).bytes());
        client.receive(RawClient.GREETING_BYTES);
        assertThat(option(client).type()).isEqualTo(NbdProtocol.REP_ACK);
    }

    private static TlsStream handshake(RawClient client, SSLEngine engine) throws IOException {
        startTls(client);
        TlsStream tls = new TlsStream(engine, client.raw());
        tls.handshake();
        return tls;
    }

    private static void send(TlsStream tls, ClientScript script) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(script.bytes());
        while (bytes.hasRemaining()) {
            tls.send(bytes);
        }
    }

    private static ByteBuffer receive(TlsStream tls, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        while (target.hasRemaining()) {
            if (tls.receive(target) < 0) {
                throw new EOFException("after " + target.position() + " of " + bytes + " bytes");
            }
        }
        return target.flip();
    }
}
