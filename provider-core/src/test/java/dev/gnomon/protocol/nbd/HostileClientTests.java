/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.io.IoStatus;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that misbehaves costs itself only: after each of these, and during them, another client is served. */
@Timeout(300)
class HostileClientTests {
    private static final int SIZE = 8 << 20;

    private final ManualClock clock = new ManualClock();
    private final MemoryExport data = new MemoryExport("data", SIZE, false);
    private final MemoryExport other = new MemoryExport("other", SIZE, false);
    private NbdServer server = new NbdServer(MemoryExport.exports(data, other), NbdLimits.defaults(), clock);
    private NbdAddress address = NbdAddress.loopback(0);
    private NbdClient witness;

    @BeforeEach
    void start() throws IOException {
        address = server.listen(address);
        witness = NbdClient.connect(address, "other");
    }

    @AfterEach
    void othersAreServedAndNothingIsLeft() throws IOException {
        data.releaseAll();
        witness.write(0, ByteBuffer.wrap(new byte[] {1}), Durability.BUFFERED);
        witness.read(0, ByteBuffer.allocate(4096));
        witness.close();
        assertThat(server.stats().faults()).isZero();
        Await.until("all connections have ended", () -> server.connections() == 0);
        assertThat(data.closed()).isEqualTo(data.opened());
        server.close();
    }

    /** CVE-2013-7441, CVE-2017-9524: leave after every byte of a conversation. */
    @Test
    void clientThatLeavesAfterAnyByteIsForgotten() throws IOException {
        byte[] conversation = ClientScript.entered("data")
                .request(NbdProtocol.CMD_WRITE, 0, 1, 0, 16)
                .raw(new byte[16])
                .request(NbdProtocol.CMD_READ, 0, 2, 0, 16)
                .request(NbdProtocol.CMD_FLUSH, 0, 3, 0, 0)
                .disconnect()
                .bytes();
        for (int length = 0; length <= conversation.length; length++) {
            try (RawClient client = new RawClient(address)) {
                client.send(Arrays.copyOf(conversation, length));
                if (length % 2 == 0) {
                    client.receive(RawClient.GREETING_BYTES);
                }
            }
            if (length % 8 == 0) {
                witness.read(0, ByteBuffer.allocate(512));
                Await.until("there is room in negotiation", () -> server.connections() < 8);
            }
        }
    }

    /** CVE-2017-9524: connect and vanish, ten thousand times, at random offsets; every second time with a reset. */
    @Test
    void manyShortLivedClientsLeaveNothing() throws IOException {
        byte[] conversation = ClientScript.entered("data")
                .request(NbdProtocol.CMD_READ, 0, 2, 0, SIZE)
                .bytes();
        Xoshiro256 random = new Xoshiro256(42);
        int made = 0;
        // Many are refused, as earlier ones are still in negotiation; enough must get past that limit.
        while (made < 10_000 || server.stats().accepted() < 2_500) {
            try (RawClient client = new RawClient(address)) {
                client.send(Arrays.copyOf(conversation, random.nextInt(conversation.length + 1)));
                if (made % 2 == 0) {
                    client.resetOnClose();
                }
            } catch (IOException e) {
                // Refused.
            }
            made++;
            if (made % 50 == 0) {
                witness.flush();
            }
        }
    }

    @Test
    void negotiationOfMoreThanTenSecondsIsCut() throws IOException {
        try (RawClient silent = new RawClient(address);
                RawClient chatty = new RawClient(address)) {
            silent.receive(RawClient.GREETING_BYTES);
            chatty.send(ClientScript.modern().bytes()).receive(RawClient.GREETING_BYTES);
            clock.advance(Duration.ofMillis(9_900));
            chatty.send(
                    new ClientScript().option(NbdProtocol.OPT_LIST, new byte[0]).bytes());
            assertThat(chatty.receive(20).remaining()).isEqualTo(20);
            assertThat(server.stats().timeouts()).isZero();
            clock.advance(Duration.ofMillis(200));
            silent.drain();
            chatty.drain();
            Await.until("both are counted", () -> server.stats().timeouts() == 2); // after they are cut
        }
    }

    @Test
    void idleClientIsKept() throws IOException {
        try (NbdClient idle = NbdClient.connect(address, "data")) {
            clock.advance(Duration.ofHours(24));
            idle.flush();
            clock.advance(Duration.ofHours(24));
            idle.flush();
            assertThat(server.stats().timeouts()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 27, 28, 29, 28 + (1 << 20), 28 + (1 << 20) + 1, 28 + (2 << 20) - 1})
    void requestThatStopsHalfWayIsCut(int sent) throws IOException {
        byte[] write = new ClientScript()
                .request(NbdProtocol.CMD_WRITE, 0, 1, 0, 2 << 20)
                .raw(new byte[2 << 20])
                .bytes();
        try (RawClient client = new RawClient(address)) {
            client.send(ClientScript.enteredSimple("data").bytes()).receive(RawClient.GREETING_BYTES);
            Await.until("negotiated", () -> server.stats().negotiated() == 2);
            client.send(Arrays.copyOf(write, sent));
            advanceUntil("it is cut", () -> server.stats().timeouts() == 1);
            client.drain();
        }
    }

    @Test
    void clientThatTakesNoRepliesIsCut() throws IOException {
        try (RawClient client = new RawClient(address)) {
            ClientScript script = ClientScript.enteredSimple("data");
            for (int i = 0; i < 20; i++) {
                script.request(NbdProtocol.CMD_READ, 0, i, 0, SIZE);
            }
            client.send(script.bytes());
            Await.until("negotiated", () -> server.stats().negotiated() == 2);
            witness.read(0, ByteBuffer.allocate(4096));
            advanceUntil("it is cut", () -> server.stats().timeouts() == 1);
        }
    }

    @Test
    void handshakesOfOneAddressAreCounted() throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                clients.add(new RawClient(address));
                assertThat(clients.getLast().receive(RawClient.GREETING_BYTES).remaining())
                        .as("client %s", i)
                        .isEqualTo(RawClient.GREETING_BYTES);
            }
            try (RawClient oneMore = new RawClient(address)) {
                assertThat(oneMore.drain()).isZero();
            }
            clients.removeFirst().close();
            Await.until("there is room again", () -> server.connections() == 16);
            clients.add(new RawClient(address));
            assertThat(clients.getLast().receive(RawClient.GREETING_BYTES).remaining())
                    .isEqualTo(RawClient.GREETING_BYTES);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void connectionsToOneExportAreCounted() throws IOException {
        List<NbdClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                clients.add(NbdClient.connect(address, "data"));
            }
            assertThatThrownBy(() -> NbdClient.connect(address, "data"))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("0x80000002");
            try (NbdClient another = NbdClient.connect(address, "other")) {
                another.flush();
            }
            clients.removeFirst().close();
            Await.until("there is room again", () -> data.closed() == 1);
            Await.until("its slot is free", () -> server.connections() <= 64);
            clients.add(NbdClient.connect(address, "data"));
            assertThat(data.opened()).isEqualTo(65);
        } finally {
            clients.forEach(NbdClient::close);
        }
    }

    @Test
    void connectionsInAllAreCounted() throws IOException {
        replaceServer(NbdLimits.defaults().withConnections(3, 3, 3));
        try (NbdClient two = NbdClient.connect(address, "data");
                NbdClient three = NbdClient.connect(address, "data")) {
            try (RawClient four = new RawClient(address)) {
                assertThat(four.drain()).isZero();
            }
            two.flush();
            three.flush();
        }
    }

    @Test
    void requestsInFlightAreBoundedByCount() throws IOException {
        data.complete(MemoryExport.Mode.STALLED);
        try (RawClient client = new RawClient(address)) {
            ClientScript script = ClientScript.enteredSimple("data");
            for (int i = 0; i < 130; i++) {
                script.request(NbdProtocol.CMD_FLUSH, 0, i, 0, 0);
            }
            client.send(script.bytes());
            Await.until("the limit is reached", () -> data.held() == 128);
            witness.flush();
            assertThat(data.held()).isEqualTo(128);
            data.release(1);
            Await.until("one more is taken", () -> data.held() == 128);
            assertThat(server.stats().requests()).isBetween(130L, 131L);
            data.releaseAll();
            // Greeting, size and flags, acknowledgement, and every reply.
            assertThat(client.receive(18 + 32 + 20 + 130 * 16).remaining()).isEqualTo(18 + 32 + 20 + 130 * 16);
        }
    }

    @Test
    void requestsInFlightAreBoundedByBytes() throws IOException {
        data.complete(MemoryExport.Mode.STALLED);
        AtomicInteger done = new AtomicInteger();
        try (NbdClient client = NbdClient.connect(address, "data")) {
            for (int i = 0; i < 70; i++) {
                client.submitWrite(0, ByteBuffer.allocate(1 << 20), Durability.BUFFERED, failure -> {
                    if (failure == null) {
                        done.incrementAndGet();
                    }
                });
            }
            Await.until("64 MiB are in flight", () -> data.held() == 64);
            witness.write(0, ByteBuffer.allocate(2 << 20), Durability.BUFFERED);
            assertThat(data.held()).isEqualTo(64);
            data.release(3);
            Await.until("as much again is taken", () -> data.held() == 64);
            data.releaseAll();
            Await.until("all are done", () -> done.get() == 70);
        }
    }

    /** CVE-2022-0485 from the server's side: every failed request is told, at every index. */
    @Test
    void everyFailureIsTold() throws IOException {
        try (NbdClient client = NbdClient.connect(address, "data")) {
            for (int i = 0; i < 50; i++) {
                boolean fail = i % 3 == 0;
                data.answer(fail ? IoStatus.IO_ERROR : IoStatus.OK);
                if (fail) {
                    assertThatThrownBy(() -> client.write(0, ByteBuffer.allocate(512), Durability.BUFFERED))
                            .isInstanceOf(NbdException.class);
                } else {
                    client.write(0, ByteBuffer.allocate(512), Durability.BUFFERED);
                }
            }
        }
    }

    /** A client that vanishes with writes at a stalled engine keeps its slot until they end, and no longer. */
    @Test
    void vanishedClientKeepsItsSlotWhileTheEngineWorksForIt() throws IOException {
        data.complete(MemoryExport.Mode.STALLED);
        NbdClient client = NbdClient.connect(address, "data");
        for (int i = 0; i < 10; i++) {
            client.submitWrite(0, ByteBuffer.allocate(100_000), Durability.BUFFERED, failure -> {});
        }
        Await.until("all are at the engine", () -> data.held() == 10);
        client.abort();
        witness.flush();
        assertThat(server.connections()).isEqualTo(2);
        data.releaseAll();
        Await.until("its slot is free", () -> server.connections() == 1);
    }

    /** Replies that were sent before the violation stand, and the connection ends. */
    @Test
    void violationEndsTheConnectionOnly() throws IOException {
        try (RawClient client = new RawClient(address)) {
            client.send(ClientScript.enteredSimple("data")
                    .request(NbdProtocol.CMD_FLUSH, 0, 1, 0, 0)
                    .raw(new byte[28])
                    .request(NbdProtocol.CMD_WRITE, 0, 1, 0, 4096)
                    .bytes());
            client.drain();
            Await.until("it is counted", () -> server.stats().violations() == 1);
        }
    }

    private void replaceServer(NbdLimits limits) throws IOException {
        witness.close();
        server.close();
        server = new NbdServer(MemoryExport.exports(data, other), limits, clock);
        address = server.listen(NbdAddress.loopback(0));
        witness = NbdClient.connect(address, "other");
    }

    /** Moves the clock in steps, because the watchdog must have seen the stall begin before it can see it last. */
    private void advanceUntil(String what, java.util.function.BooleanSupplier condition) {
        Await.until(what, () -> {
            clock.advance(Duration.ofMillis(100));
            return condition.getAsBoolean();
        });
    }
}
