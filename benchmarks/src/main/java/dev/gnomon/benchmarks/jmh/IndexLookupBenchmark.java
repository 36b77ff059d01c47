/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.Client;
import dev.gnomon.benchmarks.jmh.fixture.FilledStore;
import dev.gnomon.benchmarks.jmh.fixture.Scratch;
import dev.gnomon.store.Lookup;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.StoreException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a reader of a copy pay to learn where a piece is: in the tail of the index, in memory, and in its runs on disk, in
 * a store with a million exceptions? One random piece of which every second is preserved. Beside it: a binary search in memory.
 */
@State(Scope.Benchmark)
@Concurrently
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class IndexLookupBenchmark {
    private static final int EXCEPTIONS = 1_000_000;
    private static final int STEP = FilledStore.PIECES_APART / 2;

    /** Where the exceptions are. */
    public enum Place {
        /** Newer than the last checkpoint. */
        TAIL,
        /** Written down by it. */
        RUNS
    }

    /** Where the exceptions are. */
    @Param
    private Place place;

    private Scratch scratch;
    private Store store;
    private VolumeExceptions exceptions;
    private long[] pieces;
    private long copy;

    /** A look-up for each thread. */
    @State(Scope.Thread)
    public static class Scratchpad {
        private final Lookup lookup = new Lookup();
    }

    /** Fills the store. */
    @Setup
    public void setUp() throws Exception {
        scratch = new Scratch();
        boolean runs = place == Place.RUNS;
        if (runs) {
            FilledStore.make(scratch.path("store"), scratch.path("v"), EXCEPTIONS); // closing it makes a checkpoint
        } else {
            FilledStore.makeEmpty(scratch.path("store"), scratch.path("v"), EXCEPTIONS);
        }
        store = FilledStore.open(scratch.path("store"));
        copy = store.highestEpoch(FilledStore.VOLUME) - (runs ? 1 : 0);
        if (!runs) {
            FilledStore.fill(store, EXCEPTIONS);
        }
        exceptions = store.exceptions(FilledStore.VOLUME);
        pieces = new long[EXCEPTIONS];
        Arrays.setAll(pieces, i -> (long) i * FilledStore.PIECES_APART);
    }

    /** Removes it. */
    @TearDown
    public void tearDown() throws Exception {
        store.close();
        scratch.close();
    }

    private static long piece(Client client) {
        return client.offset(2L * EXCEPTIONS, 1) * STEP;
    }

    /** The limit. */
    @Benchmark
    public int rawSearch(Client client) {
        return Arrays.binarySearch(pieces, piece(client));
    }

    /** A look-up. */
    @Benchmark
    public boolean lookup(Client client, Scratchpad scratchpad) throws StoreException {
        exceptions.lookup(piece(client), 1, copy, scratchpad.lookup);
        return scratchpad.lookup.found(0);
    }
}
