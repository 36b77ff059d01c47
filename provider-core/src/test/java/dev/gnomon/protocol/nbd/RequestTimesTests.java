/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Export.ZeroMode;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.LatencySummary;
import dev.gnomon.observe.Observer;
import dev.gnomon.observe.Timed;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RequestTimesTests {
    private final Latencies latencies = new Latencies();
    private final ManualClock clock = new ManualClock();
    private final MemoryExport data = new MemoryExport("data", 4 << 20, false);
    private final NbdServer server = new NbdServer(
            MemoryExport.exports(data),
            NbdLimits.defaults(),
            clock,
            Optional.empty(),
            new Observer(Events.toLog(), latencies));

    @AfterEach
    void close() {
        data.releaseAll();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = MemoryExport.Mode.class,
            names = {"INLINE", "ASYNC"})
    void eachRequestIsRecordedOnceUnderItsCommand(MemoryExport.Mode mode) throws IOException {
        data.complete(mode);
        try (NbdClient client = NbdClient.connect(server.listen(NbdAddress.loopback(0)), "data")) {
            for (int i = 0; i < 3; i++) {
                client.read(0, ByteBuffer.allocate(1 << 20));
            }
            client.write(0, ByteBuffer.allocate(3 << 20), Durability.BUFFERED);
            client.flush();
            client.flush();
            client.trim(0, 4096, Durability.BUFFERED);
            client.writeZeroes(0, 4096, ZeroMode.MAY_PUNCH, Durability.FORCED);
            client.blockStatus(0, 4096);
            // Answers are recorded before they are sent, so all of them are there.
            assertThat(count(Timed.NBD_READ)).isEqualTo(3);
            assertThat(count(Timed.NBD_WRITE)).isEqualTo(1);
            assertThat(count(Timed.NBD_FLUSH)).isEqualTo(2);
            assertThat(count(Timed.NBD_TRIM)).isEqualTo(1);
            assertThat(count(Timed.NBD_WRITE_ZEROES)).isEqualTo(1);
            assertThat(count(Timed.NBD_BLOCK_STATUS)).isEqualTo(1);
        }
    }

    @Test
    void durationIsFromArrivalToAnswer() throws Exception {
        data.complete(MemoryExport.Mode.STALLED);
        NbdAddress address = server.listen(NbdAddress.loopback(0));
        AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            try (NbdClient client = NbdClient.connect(address, "data")) {
                client.write(0, ByteBuffer.allocate(4096), Durability.BUFFERED);
            } catch (IOException e) {
                failure.set(e);
            }
        });
        Await.until("the write is at the export", () -> data.held() == 1);
        clock.advance(Duration.ofMillis(250));
        data.releaseAll();
        writer.join();

        assertThat(failure.get()).isNull();
        LatencySummary writes = latencies.summary(Timed.NBD_WRITE);
        assertThat(writes.count()).isEqualTo(1);
        assertThat((double) writes.maxNanos()).isCloseTo(250e6, within(2.5e6));
    }

    private long count(Timed what) {
        return latencies.summary(what).count();
    }
}
