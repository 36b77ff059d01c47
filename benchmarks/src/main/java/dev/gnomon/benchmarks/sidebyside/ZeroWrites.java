/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.StatsView;
import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Export.ZeroMode;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Zeros over the holes of a sparse volume: first overwrites, each with an exception, that take no space for content. File
 * systems reserve far more than 4 KiB around each write of something else into a huge hole, and some run out of space by that.
 *
 * @param count of requests
 * @param bytes of each
 * @param place of each, by its number from 0
 */
record ZeroWrites(long count, int bytes, LongUnaryOperator place) {
    private static final int IN_FLIGHT = NbdClient.IN_FLIGHT_MAX;
    private static final long PRESERVED_SECONDS_MAX = 120;
    private static final long POLL_MILLIS = 20;
    /** A server that is gone says more than a connection that it closed. */
    private static final long LAST_WORDS_MILLIS = 1000;

    /** With a prime above their number all are chosen, each once. */
    private static final long PRIME = 2_147_483_647;

    /** Returns one request in each step of a volume from its begin on, in order. */
    static ZeroWrites inOrder(long fromBytes, long count, int bytes, long stepBytes) {
        return new ZeroWrites(count, bytes, number -> fromBytes + number * stepBytes);
    }

    /** As the other, in an order that looks random. */
    static ZeroWrites atRandom(long count, int bytes, long stepBytes) {
        if (count >= PRIME) {
            throw new IllegalArgumentException(count + " requests; allowed are fewer than " + PRIME);
        }
        return new ZeroWrites(count, bytes, number -> number * PRIME % Math.max(1, count) * stepBytes);
    }

    /** Writes them; on return they are durable. */
    void run(Server server, String volume) throws BenchFailure {
        AtomicReference<@Nullable NbdException> failure = new AtomicReference<>();
        Semaphore free = new Semaphore(IN_FLIGHT);
        try (NbdClient client = server.connect(volume)) {
            for (long i = 0; i < count && failure.get() == null; i++) {
                free.acquireUninterruptibly();
                long offset = place.applyAsLong(i);
                client.submitWriteZeroes(offset, bytes, ZeroMode.MAY_PUNCH, Durability.BUFFERED, error -> {
                    if (error != null) {
                        failure.set(error);
                    }
                    free.release();
                });
            }
            free.acquireUninterruptibly(IN_FLIGHT);
            client.flush();
        } catch (IOException e) {
            server.requireAlive(LAST_WORDS_MILLIS);
            throw new BenchFailure(volume + ": " + e.getMessage(), e);
        }
        NbdException failed = failure.get();
        if (failed != null) {
            server.requireAlive(LAST_WORDS_MILLIS);
            throw new BenchFailure(volume + ": a write failed: " + failed.getMessage(), failed);
        }
    }

    /** Waits until a service has so many exceptions, which it must not exceed. */
    static StatsView awaitPreserved(Gnomon server, long exceptions) throws BenchFailure {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PRESERVED_SECONDS_MAX);
        StatsView stats = server.ask(client -> client.status().stats());
        while (stats.exceptions() != exceptions) {
            if (System.nanoTime() - deadline > 0 || stats.exceptions() > exceptions) {
                throw new BenchFailure("there are " + stats.exceptions() + " exceptions, expected " + exceptions);
            }
            server.requireAlive(POLL_MILLIS);
            stats = server.ask(client -> client.status().stats());
        }
        return stats;
    }
}
