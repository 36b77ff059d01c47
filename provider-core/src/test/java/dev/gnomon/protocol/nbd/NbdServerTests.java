/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Export.ZeroMode;
import dev.gnomon.io.IoStatus;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.protocol.nbd.client.NbdExtent;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server and the client together, over loopback. */
@Timeout(60)
class NbdServerTests {
    private static final int SIZE = 64 << 20;

    private final MemoryExport data = new MemoryExport("data", SIZE, false);
    private final MemoryExport copy = new MemoryExport("data@nightly", SIZE, true);
    private final NbdServer server =
            new NbdServer(MemoryExport.exports(data, copy), NbdLimits.defaults(), new ManualClock());
    private NbdAddress address = NbdAddress.loopback(0);

    @BeforeEach
    void listen() throws IOException {
        address = server.listen(address);
    }

    @AfterEach
    void close() {
        data.releaseAll();
        server.close();
    }

    @Test
    void listsNames() throws IOException {
        assertThat(NbdClient.list(address)).containsExactly("data", "data@nightly");
    }

    @Test
    void clientsAreNamedWhileTheyHaveAnExportOpen() throws IOException {
        assertThat(server.clients()).isEmpty();
        try (NbdClient _ = NbdClient.connect(address, "data");
                NbdClient _ = NbdClient.connect(address, "data@nightly")) {
            Await.until("both clients", () -> server.clients().size() == 2);
            assertThat(server.clients())
                    .extracting(NbdServer.Client::export)
                    .containsExactlyInAnyOrder("data", "data@nightly");
            assertThat(server.clients())
                    .allMatch(NbdServer.Client::local)
                    .allMatch(client -> client.peer().startsWith("127.0.0.1:"));
        }
        Await.until("nobody", () -> server.clients().isEmpty());
    }

    @Test
    void aServerThatListensNoMoreGoesOnForThoseThatAreConnected() throws IOException {
        try (NbdClient client = NbdClient.connect(address, "data")) {
            server.stopListening();

            assertThatThrownBy(() -> NbdClient.connect(address, "data")).isInstanceOf(IOException.class);
            client.write(0, ByteBuffer.allocate(512), Durability.FORCED);
        }
    }

    @Test
    void unknownExportIsRefusedByName() {
        assertThatThrownBy(() -> NbdClient.connect(address, "nothing"))
                .isInstanceOf(NbdException.class)
                .hasMessageContaining("'nothing'")
                .hasMessageContaining("no such export");
    }

    @ParameterizedTest
    @EnumSource(
            value = MemoryExport.Mode.class,
            names = {"INLINE", "ASYNC"})
    void whatIsWrittenIsRead(MemoryExport.Mode mode) throws IOException {
        data.complete(mode);
        Random random = new Random(7);
        try (NbdClient client = NbdClient.connect(address, "data")) {
            assertThat(client.sizeBytes()).isEqualTo(SIZE);
            assertThat(client.info().structured()).isTrue();
            for (int length :
                    new int[] {1, 511, 512, 4096, 65536, 65537, 262144, 262145, 1 << 20, 5_000_001, 32 << 20}) {
                byte[] content = new byte[length];
                random.nextBytes(content);
                client.write(13, ByteBuffer.wrap(content), Durability.BUFFERED);
                ByteBuffer back = ByteBuffer.allocate(length);
                client.read(13, back);
                assertThat(back.hasRemaining()).isFalse();
                assertThat(back.array()).isEqualTo(content);
            }
            client.flush();
            client.trim(0, 4096, Durability.FORCED);
            client.writeZeroes(0, 1 << 20, ZeroMode.MAY_PUNCH, Durability.BUFFERED);
            assertThat(data.copy(0, 1 << 20)).containsOnly(0);
        }
    }

    @Test
    void blockStatusTellsHolesFromData() throws IOException {
        data.put(8192, new byte[] {1});
        try (NbdClient client = NbdClient.connect(address, "data")) {
            assertThat(client.blockStatus(4096, 16384))
                    .containsExactly(new NbdExtent(4096, 3), new NbdExtent(4096, 0), new NbdExtent(8192, 3));
        }
    }

    @Test
    void readOnlyExportRefusesChanges() throws IOException {
        try (NbdClient client = NbdClient.connect(address, "data@nightly")) {
            assertThat(client.info().readOnly()).isTrue();
            assertRefused(NbdError.EPERM, () -> client.write(0, ByteBuffer.allocate(512), Durability.BUFFERED));
            assertRefused(NbdError.EPERM, () -> client.trim(0, 512, Durability.BUFFERED));
            assertRefused(NbdError.EPERM, () -> client.writeZeroes(0, 512, ZeroMode.MAY_PUNCH, Durability.BUFFERED));
            client.read(0, ByteBuffer.allocate(512));
        }
    }

    @ParameterizedTest
    @EnumSource(value = IoStatus.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void failureOfTheEngineAnswersThatRequestOnly(IoStatus status) throws IOException {
        try (NbdClient client = NbdClient.connect(address, "data")) {
            data.answer(status);
            NbdError error = NbdError.of(status);
            assertRefused(error, () -> client.read(0, ByteBuffer.allocate(512)));
            assertRefused(error, () -> client.read(0, ByteBuffer.allocate(1 << 20)));
            assertRefused(error, () -> client.write(0, ByteBuffer.allocate(512), Durability.FORCED));
            assertRefused(error, () -> client.write(0, ByteBuffer.allocate(3 << 20), Durability.BUFFERED));
            assertRefused(error, client::flush);
            assertRefused(error, () -> client.blockStatus(0, 512));
            data.answer(IoStatus.OK);
            client.read(0, ByteBuffer.allocate(512));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3 << 20})
    void stalledWriteDoesNotDelayARead(int length) throws Exception {
        data.complete(MemoryExport.Mode.STALLED);
        try (NbdClient client = NbdClient.connect(address, "data")) {
            CompletableFuture<Boolean> written = new CompletableFuture<>();
            client.submitWrite(
                    0, ByteBuffer.allocate(length), Durability.BUFFERED, failure -> written.complete(failure == null));
            client.read(4096, ByteBuffer.allocate(4096));
            assertThat(written).isNotDone();
            data.releaseAll();
            assertThat(written.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closeEndsWithClientsAttached() throws IOException {
        data.complete(MemoryExport.Mode.STALLED);
        NbdClient idle = NbdClient.connect(address, "data");
        NbdClient busy = NbdClient.connect(address, "data");
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        busy.submitWrite(
                0, ByteBuffer.allocate(512), Durability.BUFFERED, failure -> written.complete(failure == null));
        while (data.held() == 0) {
            Thread.onSpinWait();
        }
        long start = System.nanoTime();
        server.close();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(6));
        assertThat(written.join()).isFalse();
        assertThatThrownBy(() -> idle.read(0, ByteBuffer.allocate(512))).isInstanceOf(NbdException.class);
        data.releaseAll();
    }

    @Test
    void addressesOfOtherMachinesNeedPermission() {
        NbdAddress any = NbdAddress.parse("0.0.0.0:0");
        assertThatThrownBy(() -> server.listen(any))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("allow it explicitly");
    }

    @Test
    void connectionsAreCounted() throws IOException {
        try (NbdClient one = NbdClient.connect(address, "data");
                NbdClient two = NbdClient.connect(address, "data")) {
            one.flush();
            two.flush();
            assertThat(server.connections()).isEqualTo(2);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (server.connections() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(server.connections()).isZero();
        assertThat(data.opened()).isEqualTo(2);
        assertThat(data.closed()).isEqualTo(2);
        assertThat(server.addresses()).isEqualTo(List.of(address));
    }

    private static void assertRefused(NbdError error, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        NbdException.class,
                        failure -> assertThat(failure.code())
                                .as(failure.getMessage())
                                .isEqualTo(error.code()));
    }
}
