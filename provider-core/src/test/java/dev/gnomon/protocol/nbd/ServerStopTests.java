/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CVE-2024-7409: the server stops under 64 idle clients, 64 busy ones, and some in negotiation, again and again. */
@Timeout(300)
class ServerStopTests {
    private static final int CLIENTS = 64;

    @ParameterizedTest
    @EnumSource(MemoryExport.Mode.class)
    void stopEndsInFiveSecondsAndFailsEveryRequestInFlight(MemoryExport.Mode mode) throws IOException {
        // A stalled engine costs the whole 5 s, so once is enough for it.
        int rounds = mode == MemoryExport.Mode.STALLED ? 1 : 5;
        for (int round = 0; round < rounds; round++) {
            MemoryExport data = new MemoryExport("data", 1 << 20, false);
            MemoryExport idle = new MemoryExport("idle", 1 << 20, false);
            NbdServer server = new NbdServer(MemoryExport.exports(data, idle), NbdLimits.defaults(), new ManualClock());
            NbdAddress address = server.listen(NbdAddress.loopback(0));
            List<NbdClient> clients = new ArrayList<>();
            for (int i = 0; i < 2 * CLIENTS; i++) {
                clients.add(NbdClient.connect(address, i < CLIENTS ? "data" : "idle"));
            }
            List<RawClient> negotiating = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                negotiating.add(
                        new RawClient(address).send(ClientScript.modern().bytes()));
            }
            data.complete(mode);
            AtomicInteger submitted = new AtomicInteger();
            AtomicInteger ended = new AtomicInteger();
            for (NbdClient busy : clients.subList(0, CLIENTS)) {
                keepBusy(busy, submitted, ended);
            }
            long start = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(5_500));
            Await.until("every callback was called", () -> ended.get() == submitted.get());
            for (RawClient client : negotiating) {
                client.drain();
                client.close();
            }
            clients.forEach(NbdClient::close);
            data.releaseAll();
            Await.until("nothing is left", () -> server.connections() == 0);
            assertThat(data.closed()).isEqualTo(data.opened());
            assertThat(idle.closed()).isEqualTo(idle.opened());
            assertThat(server.stats().faults()).isZero();
        }
    }

    private static void keepBusy(NbdClient client, AtomicInteger submitted, AtomicInteger ended) {
        submitted.incrementAndGet();
        client.submitWrite(0, ByteBuffer.allocate(4096), Durability.BUFFERED, failure -> {
            if (failure == null) {
                keepBusy(client, submitted, ended);
            }
            ended.incrementAndGet();
        });
    }
}
