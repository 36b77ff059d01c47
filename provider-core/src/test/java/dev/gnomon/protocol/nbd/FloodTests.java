/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * CVE-2014-0255: a flood of connections that stall or vanish in negotiation must not take the server from those who have
 * finished it. How much a good client loses is reported, not judged: flood and client share the processors here.
 */
@Timeout(60)
class FloodTests {
    private static final int PHASES = 6;
    private static final long PHASE_NANOS = 500_000_000;
    private static final int DEPTH = 8;
    private static final int FLOOD_ADDRESSES = 3;

    private final MemoryExport data = new MemoryExport("data", 8 << 20, false);
    private final AtomicLong flooded = new AtomicLong();
    private volatile boolean flooding;
    private volatile boolean over;

    @Test
    void clientThatIsServedWorksOnUnderAFlood() throws Exception {
        try (NbdServer server = new NbdServer(MemoryExport.exports(data), NbdLimits.defaults(), new ManualClock())) {
            NbdAddress address = server.listen(NbdAddress.loopback(0));
            List<Thread> flood = startFlood(address);
            long[] requests = new long[2];
            try (NbdClient client = NbdClient.connect(address, "data")) {
                for (int phase = 0; phase < PHASES; phase++) {
                    flooding = phase % 2 == 1;
                    long done = work(client);
                    assertThat(done).as("requests in phase %s", phase).isPositive();
                    requests[phase % 2] += done;
                    if (flooding) {
                        // One that comes now, from an address that does not take part, is served as well.
                        try (NbdClient late = NbdClient.connect(address, "data")) {
                            late.flush();
                        }
                    }
                    assertThat(server.connections()).isLessThanOrEqualTo(2 + 16 * FLOOD_ADDRESSES);
                }
            } finally {
                over = true;
                for (Thread thread : flood) {
                    thread.join();
                }
            }
            assertThat(flooded.get()).isPositive();
            assertThat(server.stats().refused()).isPositive();
            assertThat(server.stats().faults()).isZero();
            System.out.printf(
                    Locale.ROOT,
                    "FIGURE nbd flood: %.0f requests/s in peace, %.0f requests/s (%.0f %%) under %.0f connections/s"
                            + " that stall or vanish in negotiation%n",
                    perSecond(requests[0]),
                    perSecond(requests[1]),
                    100.0 * requests[1] / requests[0],
                    perSecond(flooded.get()));
        }
        assertThat(data.closed()).isEqualTo(data.opened());
    }

    private static double perSecond(long count) {
        return count / (PHASES / 2 * (PHASE_NANOS / 1e9));
    }

    /** Keeps a few requests in flight for one phase; returns how many were acknowledged. All must be. */
    private static long work(NbdClient client) throws Exception {
        long end = System.nanoTime() + PHASE_NANOS;
        AtomicLong done = new AtomicLong();
        AtomicReference<@Nullable NbdException> failure = new AtomicReference<>();
        CountDownLatch chains = new CountDownLatch(DEPTH);
        for (int i = 0; i < DEPTH; i++) {
            chain(client, ByteBuffer.allocate(4096), i, end, done, failure, chains);
        }
        chains.await();
        assertThat(failure.get()).isNull();
        return done.get();
    }

    private static void chain(
            NbdClient client,
            ByteBuffer buffer,
            int index,
            long end,
            AtomicLong done,
            AtomicReference<@Nullable NbdException> failure,
            CountDownLatch chains) {
        NbdClient.Callback next = refused -> {
            if (refused != null || System.nanoTime() >= end) {
                failure.compareAndSet(null, refused);
                chains.countDown();
                return;
            }
            done.incrementAndGet();
            chain(client, buffer.clear(), index + DEPTH, end, done, failure, chains);
        };
        long offset = index % 2048 * 4096L;
        if (index / DEPTH % 2 == 0) {
            client.submitWrite(offset, buffer, Durability.BUFFERED, next);
        } else {
            client.submitRead(offset, buffer, next);
        }
    }

    private List<Thread> startFlood(NbdAddress address) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < FLOOD_ADDRESSES; i++) {
            String from = "127.0.0." + (2 + i);
            threads.add(Thread.ofPlatform().daemon().start(() -> flood(address, from)));
        }
        return threads;
    }

    /** Opens connections from one address; the newest sixteen stall, the others vanish. */
    private void flood(NbdAddress address, String from) {
        byte[] start =
                ClientScript.modern().option(NbdProtocol.OPT_LIST, new byte[0]).bytes();
        List<SocketChannel> stalled = new ArrayList<>();
        while (!over) {
            if (!flooding) {
                closeAll(stalled);
                LockSupport.parkNanos(1_000_000);
                continue;
            }
            try {
                SocketChannel channel = SocketChannel.open();
                stalled.add(channel);
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                channel.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
                channel.connect(address.socketAddress());
                flooded.incrementAndGet();
                channel.write(ByteBuffer.wrap(start));
            } catch (IOException e) {
                // Refused: the limit at work.
            }
            if (stalled.size() > 16) {
                closeAll(stalled.subList(0, 1));
            }
        }
        closeAll(stalled);
    }

    private static void closeAll(List<SocketChannel> channels) {
        for (SocketChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                // It is gone either way.
            }
        }
        channels.clear();
    }
}
