/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every chain busy over one connection a volume: when a record is acknowledged, the next of its chain goes to the
 * other volume. Thread-safe.
 */
final class Writers implements AutoCloseable {
    /** Every so many records of a chain one asks to be durable (FUA), and one of chain 0 is followed by a FLUSH. */
    private static final int FORCED_EVERY = 256;

    private static final long POLL_MS = 2;
    private static final long STALL_SECONDS_MAX = 60;

    private final Layout layout;
    private final List<Chain> chains = new ArrayList<>();
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<NbdClient> clients = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final CountDownLatch running;
    private volatile @Nullable String failure;

    Writers(Layout layout) {
        this.layout = layout;
        this.running = new CountDownLatch(layout.chains());
        for (int i = 0; i < layout.chains(); i++) {
            chains.add(new Chain(i));
            buffers.add(Stamp.newBuffer());
        }
    }

    /** Connects to both volumes and starts all chains. */
    void start(NbdAddress address) throws DemoFailure {
        try {
            for (String volume : Names.VOLUMES) {
                clients.add(NbdClient.connect(address, volume));
            }
        } catch (IOException e) {
            throw new DemoFailure("connecting to " + address + " failed: " + e.getMessage(), e);
        }
        chains.forEach(this::sendNext);
    }

    private void sendNext(Chain chain) {
        ByteBuffer buffer = buffers.get(chain.number());
        long k = chain.send(System.nanoTime());
        Stamp.write(layout, chain.number(), k, buffer);
        Durability durability = k % FORCED_EVERY == 0 ? Durability.FORCED : Durability.BUFFERED;
        NbdClient client = clients.get(layout.volume(chain.number(), k));
        client.submitWrite(layout.offset(chain.number(), k), buffer.clear(), durability, failed -> {
            if (failed != null) {
                stopped(chain, String.valueOf(failed.getMessage()));
                return;
            }
            chain.acknowledge(System.nanoTime());
            acknowledged.incrementAndGet();
            if (chain.number() == 0 && k % FORCED_EVERY == FORCED_EVERY / 2) {
                client.submitFlush(lost -> {
                    if (lost != null && !ending.get()) {
                        failure = "FLUSH: " + lost.getMessage();
                    }
                });
            }
            sendNext(chain);
        });
    }

    private void stopped(Chain chain, String reason) {
        if (!ending.get()) {
            failure = "a write of chain " + chain.number() + " failed: " + reason;
        }
        running.countDown();
    }

    /** Waits until that many records were acknowledged in all. */
    void awaitTotal(long records) throws DemoFailure {
        await(() -> acknowledged.get() >= records, records + " acknowledged writes");
    }

    /** Waits until every chain has had more than so many records acknowledged. */
    void awaitBeyond(long[] records) throws DemoFailure {
        await(
                () -> {
                    for (Chain chain : chains) {
                        if (chain.progress().acknowledged() <= records[chain.number()]) {
                            return false;
                        }
                    }
                    return true;
                },
                "every chain to go on");
    }

    private void await(BooleanSupplier done, String what) throws DemoFailure {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STALL_SECONDS_MAX);
        while (!done.getAsBoolean()) {
            if (failure != null) {
                throw new DemoFailure(failure);
            }
            if (System.nanoTime() > deadline) {
                throw new DemoFailure("waited " + STALL_SECONDS_MAX + " s for " + what + "; the service stands still");
            }
            pause();
        }
    }

    private void pause() throws DemoFailure {
        try {
            if (running.await(POLL_MS, TimeUnit.MILLISECONDS)) {
                throw new DemoFailure("all chains have ended: " + failure);
            }
        } catch (InterruptedException e) {
            throw new DemoFailure("interrupted", e);
        }
    }

    /** From now on failing requests are no surprise; chains go on until their requests fail. */
    void expectTheEnd() {
        ending.set(true);
    }

    /** Waits until no chain has a record on its way any more. */
    void awaitEnd() throws DemoFailure {
        try {
            if (!running.await(STALL_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new DemoFailure("requests are still open " + STALL_SECONDS_MAX + " s after the end");
            }
        } catch (InterruptedException e) {
            throw new DemoFailure("interrupted", e);
        }
    }

    long acknowledgedTotal() {
        return acknowledged.get();
    }

    long[] acknowledged() {
        return chains.stream().mapToLong(c -> c.progress().acknowledged()).toArray();
    }

    long[] sent() {
        return chains.stream().mapToLong(c -> c.progress().sent()).toArray();
    }

    /** Returns the times of each chain's records from the given ones on. */
    List<Chain.Passage> since(long[] first) {
        return chains.stream().map(c -> c.since(first[c.number()])).toList();
    }

    @Override
    public void close() {
        expectTheEnd();
        clients.forEach(NbdClient::abort);
    }
}
