/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The writers: every chain sends its next record the moment that the one before it is acknowledged, so each has a write
 * in flight at any time but the few microseconds of that turn. Flushes run beside them.
 *
 * <p>Runs on the receiving threads of the NBD clients; ends with the connections. States: writing, then losing once
 * {@link #expectLoss} was called: from then on a failed request ends its chain, before that it is a failure of the run.
 */
final class Load implements AutoCloseable {
    /** Connections per volume: more than one, because a flush on one must cover what was acknowledged on another. */
    private static final int CONNECTIONS = 2;
    /** One record of so many is sent with FUA. */
    private static final int RECORDS_PER_FORCED = 256;
    /** One flush of both volumes follows so many records. */
    private static final int RECORDS_PER_FLUSH = 4096;

    private final Layout layout;
    private final List<List<NbdClient>> clients;
    private final List<Chain> chains = new ArrayList<>();
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<AtomicBoolean> flushing = new ArrayList<>();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong forced = new AtomicLong();
    private final AtomicLong flushes = new AtomicLong();
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private final CountDownLatch chainsEnded;
    private volatile boolean lossExpected;

    private Load(Layout layout, List<List<NbdClient>> clients) {
        this.layout = layout;
        this.clients = clients;
        this.chainsEnded = new CountDownLatch(layout.chains());
        for (int chain = 0; chain < layout.chains(); chain++) {
            chains.add(new Chain(chain));
            buffers.add(Stamp.newBuffer());
        }
        for (int volume = 0; volume < Layout.VOLUMES; volume++) {
            flushing.add(new AtomicBoolean());
        }
    }

    /** Connects, and starts all chains. */
    static Load start(Layout layout, NbdAddress address) throws IOException {
        List<List<NbdClient>> clients = new ArrayList<>();
        Load load = new Load(layout, clients);
        try {
            for (String volume : Names.VOLUMES) {
                List<NbdClient> ofVolume = new ArrayList<>();
                clients.add(ofVolume);
                for (int i = 0; i < CONNECTIONS; i++) {
                    ofVolume.add(NbdClient.connect(address, volume));
                }
            }
        } catch (IOException e) {
            load.close();
            throw e;
        }
        load.chains.forEach(load::next);
        return load;
    }

    /** Lets the writers write for a while; comes back early if one of them fails. */
    void run(long millis) throws DemoFailure {
        String reason = failure.copy()
                .completeOnTimeout("", millis, TimeUnit.MILLISECONDS)
                .join();
        if (!reason.isEmpty()) {
            throw new DemoFailure(reason);
        }
    }

    /** Lets the writers write until there are so many acknowledged writes in total, or the time is up. */
    void runUntil(long writesTotal, long millisMax) throws DemoFailure {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (writes.get() < writesTotal && System.nanoTime() < end) {
            run(1);
        }
    }

    /** From now on requests may fail: the service is about to be killed. */
    void expectLoss() {
        lossExpected = true;
    }

    /** Waits until no chain has a write in flight any more. */
    void awaitEnd(long secondsMax) throws DemoFailure {
        boolean ended;
        try {
            ended = chainsEnded.await(secondsMax, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the demonstration", e);
        }
        if (!ended) {
            throw new DemoFailure(chainsEnded.getCount() + " chains of " + layout.chains()
                    + " still wait for an answer " + secondsMax + " s after the service was killed");
        }
    }

    List<Chain.Progress> progress() {
        return chains.stream().map(Chain::progress).toList();
    }

    /** Returns the numbers of the last records that were acknowledged, by chain. */
    long[] acknowledged() {
        return chains.stream()
                .mapToLong(chain -> chain.progress().acknowledged())
                .toArray();
    }

    /** Returns the numbers of the last records that were sent, by chain. */
    long[] sent() {
        return chains.stream().mapToLong(chain -> chain.progress().sent()).toArray();
    }

    /** Returns the times of all records from these on. */
    List<Chain.Passage> since(long[] first) {
        return chains.stream().map(chain -> chain.since(first[chain.number()])).toList();
    }

    /** Returns how many writes were acknowledged. */
    long writes() {
        return writes.get();
    }

    /** Returns how many of the writes were acknowledged as durable. */
    long forcedWrites() {
        return forced.get();
    }

    /** Returns how many flushes were acknowledged. */
    long flushes() {
        return flushes.get();
    }

    /** Drops all connections. */
    @Override
    public void close() {
        lossExpected = true;
        clients.forEach(ofVolume -> ofVolume.forEach(NbdClient::abort));
    }

    private void next(Chain chain) {
        ByteBuffer buffer = buffers.get(chain.number());
        long k = chain.progress().acknowledged() + 1;
        Stamp.write(layout, chain.number(), k, buffer);
        Durability durability = Math.floorMod(mix(chain.number(), k), RECORDS_PER_FORCED) == 0
                ? Durability.FORCED
                : Durability.BUFFERED;
        NbdClient client = clients.get(layout.volume(chain.number(), k)).get(chain.number() % CONNECTIONS);
        chain.send(System.nanoTime());
        client.submitWrite(
                layout.offset(chain.number(), k), buffer, durability, lost -> answered(chain, k, durability, lost));
    }

    private void answered(Chain chain, long k, Durability durability, @Nullable NbdException lost) {
        if (lost != null) {
            failed("chain " + chain.number() + ", write of record " + k + ": " + lost.getMessage());
            chainsEnded.countDown();
            return;
        }
        chain.acknowledge(System.nanoTime());
        next(chain);
        if (durability == Durability.FORCED) {
            forced.incrementAndGet();
        }
        if (writes.incrementAndGet() % RECORDS_PER_FLUSH == 0) {
            flush();
        }
    }

    /** Flushes both volumes; one that is still being flushed is left alone. */
    private void flush() {
        for (int volume = 0; volume < Layout.VOLUMES; volume++) {
            AtomicBoolean busy = flushing.get(volume);
            if (busy.compareAndSet(false, true)) {
                clients.get(volume).getLast().submitFlush(lost -> {
                    if (lost != null) {
                        failed("flush: " + lost.getMessage());
                        return;
                    }
                    flushes.incrementAndGet();
                    busy.set(false);
                });
            }
        }
    }

    private void failed(String reason) {
        if (!lossExpected) {
            failure.complete(reason);
        }
    }

    private long mix(int chain, long k) {
        long together = layout.runId() ^ ((long) chain << Integer.SIZE) ^ k;
        return (together * 0x9E3779B97F4A7C15L) >>> Integer.SIZE;
    }
}
