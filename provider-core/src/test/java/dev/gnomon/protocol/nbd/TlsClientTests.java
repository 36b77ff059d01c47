/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_STARTTLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.observe.Observer;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.protocol.nbd.client.NbdSecurity;
import dev.gnomon.protocol.nbd.client.NbdTimeouts;
import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import dev.gnomon.testkit.Certificates;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client and our server in TLS, and a client that somebody wants to do without. */
@Timeout(60)
class TlsClientTests {
    private static final int SIZE = 16 << 20;

    private final MemoryExport data = new MemoryExport("data", SIZE, false);
    private final List<NbdServer> servers = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        for (NbdServer server : servers) {
            Await.until("all connections have ended", () -> server.connections() == 0);
            assertThat(server.stats().faults()).isZero();
            server.close();
        }
        assertThat(data.closed()).isEqualTo(data.opened());
    }

    @ParameterizedTest
    @EnumSource(
            value = MemoryExport.Mode.class,
            names = {"INLINE", "ASYNC"})
    void whatIsWrittenIsRead(MemoryExport.Mode mode) throws IOException {
        data.complete(mode);
        NbdAddress address = serve(Certificates.server());
        assertThat(NbdClient.list(address, NbdTimeouts.DEFAULT, security(Certificates.client())))
                .containsExactly("data");
        Xoshiro256 random = new Xoshiro256(7);
        try (NbdClient client = connect(address, Certificates.client())) {
            for (int length : new int[] {1, 512, 16_383, 16_384, 16_385, 262_145, 5_000_001}) {
                byte[] content = new byte[length];
                random.fill(content);
                client.write(13, ByteBuffer.wrap(content), Durability.BUFFERED);
                ByteBuffer back = ByteBuffer.allocate(length);
                client.read(13, back);
                assertThat(back.array()).isEqualTo(content);
            }
            client.flush();
        }
    }

    /** Both directions at once, by all threads of both sides. */
    @Test
    void manyRequestsAtOnceKeepTheirData() throws IOException {
        data.complete(MemoryExport.Mode.ASYNC);
        NbdAddress address = serve(Certificates.server());
        try (NbdClient client = connect(address, Certificates.client())) {
            int count = 400;
            List<CompletableFuture<Boolean>> done = new ArrayList<>();
            List<ByteBuffer> reads = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] content = new byte[20_000];
                new Xoshiro256(i).fill(content);
                long offset = i * 20_000L;
                CompletableFuture<Boolean> written = new CompletableFuture<>();
                ByteBuffer back = ByteBuffer.allocate(content.length);
                reads.add(back);
                done.add(written);
                client.submitWrite(offset, ByteBuffer.wrap(content), Durability.BUFFERED, failure -> {
                    if (failure != null) {
                        written.completeExceptionally(failure);
                    } else {
                        client.submitRead(offset, back, read -> written.complete(read == null));
                    }
                });
            }
            for (int i = 0; i < count; i++) {
                assertThat(done.get(i).join()).isTrue();
                byte[] expected = new byte[20_000];
                new Xoshiro256(i).fill(expected);
                assertThat(reads.get(i).array()).isEqualTo(expected);
            }
        }
    }

    @Test
    void clientsMustShowACertificateWhereTheServerAsksForIt() throws IOException {
        NbdAddress address = serve(Certificates.strictServer());
        try (NbdClient client = connect(address, Certificates.client("client"))) {
            client.flush();
        }
        assertThat(data.opened()).isEqualTo(1);
        assertThatThrownBy(() -> connect(address, Certificates.client())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> connect(address, Certificates.client("stranger")))
                .isInstanceOf(IOException.class);
        Await.until("both were refused", () -> servers.getFirst().stats().violations() == 2);
        assertThat(data.opened()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"elsewhere", "stranger"})
    void serversMustShowTheRightCertificate(String server) throws IOException {
        NbdAddress address = serve(Certificates.server(server, Optional.empty()));
        assertThatThrownBy(() -> connect(address, Certificates.client()))
                .isInstanceOf(NbdException.class)
                .hasMessageContaining("TLS with the server failed");
        assertThat(data.opened()).isZero();
    }

    @Test
    void certificateCountsForTheNameThatTheClientMeans() throws IOException {
        NbdAddress address = serve(Certificates.server());
        for (String name : List.of("localhost", "127.0.0.1")) {
            NbdSecurity security = new NbdSecurity.Tls(Certificates.client(), name);
            NbdClient.connect(address, "data", NbdTimeouts.DEFAULT, security).close();
        }
        NbdSecurity other = new NbdSecurity.Tls(Certificates.client(), "example.org");
        assertThatThrownBy(() -> NbdClient.connect(address, "data", NbdTimeouts.DEFAULT, other))
                .isInstanceOf(NbdException.class);
    }

    @Test
    void clientWithoutTlsIsToldThatItIsRequired() throws IOException {
        NbdAddress address = serve(Certificates.server());
        assertThatThrownBy(() -> NbdClient.connect(address, "data")).hasMessageContaining("0x80000005");
        assertThatThrownBy(() -> NbdClient.list(address)).hasMessageContaining("0x80000005");
    }

    /** CVE-2019-14842: a server without TLS, or somebody on the way who says that it has none. */
    @Test
    void clientDoesNotGoOnWithoutTls() throws IOException {
        NbdServer plain = new NbdServer(MemoryExport.exports(data), NbdLimits.defaults(), new ManualClock());
        servers.add(plain);
        NbdAddress address = plain.listen(NbdAddress.loopback(0));
        assertThatThrownBy(() -> connect(address, Certificates.client()))
                .isInstanceOf(NbdException.class)
                .hasMessage("the server refuses TLS with 0x80000001, and this client does not go on without");
        assertThat(data.opened()).isZero();
        for (int refusal : new int[] {NbdProtocol.REP_ERR_POLICY, NbdProtocol.REP_ERR_INVALID, -1}) {
            ClientScript script = FakeServer.reply(FakeServer.greeting(), OPT_STARTTLS, refusal);
            assertRefused(script.bytes(), "does not go on without");
        }
    }

    /** The proxy acknowledges STARTTLS itself, and goes on in the clear or puts answers of its own behind it. */
    @Test
    void answersInTheClearAreNotTakenForTls() throws IOException {
        ClientScript acknowledged = FakeServer.reply(FakeServer.greeting(), OPT_STARTTLS, NbdProtocol.REP_ACK);
        byte[] good = FakeServer.good();
        byte[] behind =
                acknowledged.raw(Arrays.copyOfRange(good, 18, good.length)).bytes();
        try (FakeServer server = new FakeServer(behind, FakeServer.SILENCE)) {
            assertThatThrownBy(() -> connect(server.address(), Certificates.client()))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("TLS");
        }
    }

    private static void assertRefused(byte[] negotiation, String reason) throws IOException {
        try (FakeServer server = new FakeServer(negotiation, FakeServer.SILENCE)) {
            assertThatThrownBy(() -> connect(server.address(), Certificates.client()))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining(reason);
        }
    }

    private NbdAddress serve(TlsCredentials credentials) throws IOException {
        NbdServer server = new NbdServer(
                MemoryExport.exports(data),
                NbdLimits.defaults(),
                new ManualClock(),
                Optional.of(credentials),
                Observer.logging());
        servers.add(server);
        return server.listen(NbdAddress.loopback(0));
    }

    private static NbdClient connect(NbdAddress address, TlsCredentials credentials) throws IOException {
        return NbdClient.connect(address, "data", NbdTimeouts.DEFAULT, security(credentials));
    }

    private static NbdSecurity security(TlsCredentials credentials) {
        return new NbdSecurity.Tls(credentials, "localhost");
    }
}
