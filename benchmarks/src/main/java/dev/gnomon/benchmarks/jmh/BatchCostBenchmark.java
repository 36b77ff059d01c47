/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.Preserve;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to put a preserved piece into a batch: the copy of its bytes, the search for zeros, its checksum, and
 * its part of the sealed head? Per piece; batches of 32, as a queue depth of 32 makes them. No I/O.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatchCostBenchmark {
    private static final int PIECES = 32;
    private static final int PIECES_PER_CHUNK = 4;
    private static final int VOLUME = 1;
    /** Of random pieces no two share a chunk; this keeps them apart. */
    private static final long STRIDE_PIECES = 1009;

    private final UUID store = new UUID(1, 2);
    private final byte[] hash = new byte[BatchHeader.HASH_BYTES];
    private final byte[] old = new byte[Preserve.PIECE_BYTES];
    private final BatchWriter batch =
            new BatchWriter(PIECES_PER_CHUNK, BatchHeader.ALIGNMENT_BYTES * 4, PIECES * Preserve.PIECE_BYTES);
    private long sequence;

    /** Makes content without zeros to skip. */
    @Setup
    public void setUp() {
        new SplittableRandom(1).nextBytes(old);
    }

    /** Builds and seals one batch. */
    @Benchmark
    @OperationsPerInvocation(PIECES)
    public ByteBuffer buildAndSeal() {
        batch.clear();
        for (int i = 0; i < PIECES; i++) {
            batch.nextPiece().put(old);
            batch.addPiece(VOLUME, i * STRIDE_PIECES, 1);
        }
        sequence++;
        return batch.seal(store, sequence, sequence - 1, 1, 0, hash);
    }
}
