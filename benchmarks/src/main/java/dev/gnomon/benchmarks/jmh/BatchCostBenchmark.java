/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
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
 * its part of the sealed head; and to find it in a batch that is read? Per piece; batches of 32, as a queue depth of 32 makes
 * them. No I/O. Beside it: a copy of the bytes alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
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
    private final BatchWriter sealed =
            new BatchWriter(PIECES_PER_CHUNK, BatchHeader.ALIGNMENT_BYTES * 4, PIECES * Preserve.PIECE_BYTES);
    private final ByteBuffer copies = ByteBuffer.allocateDirect(PIECES * Preserve.PIECE_BYTES);
    private long sequence;

    /** Makes content without zeros to skip, and a batch to be read. */
    @Setup
    public void setUp() {
        new SplittableRandom(1).nextBytes(old);
        fill(sealed);
        sealed.seal(store, 1, 0, 1, 0, hash);
    }

    private void fill(BatchWriter target) {
        for (int i = 0; i < PIECES; i++) {
            target.nextPiece().put(old);
            target.addPiece(VOLUME, i * STRIDE_PIECES, 1);
        }
    }

    /** The limit. */
    @Benchmark
    @OperationsPerInvocation(PIECES)
    public ByteBuffer rawCopy() {
        copies.clear();
        for (int i = 0; i < PIECES; i++) {
            copies.put(old);
        }
        return copies;
    }

    /** Goes through the entries of a batch, as recovery and the index do. */
    @Benchmark
    @OperationsPerInvocation(PIECES)
    public long read() throws StoreException {
        long[] sum = new long[1];
        BatchReader.visit(
                sealed.sealed(),
                sealed.sealedStart(),
                sealed.headBytes(),
                PIECES_PER_CHUNK,
                "batch in memory",
                0,
                new BatchReader.Visitor() {
                    @Override
                    public void preserve(ByteBuffer head, int entry) {
                        sum[0] += Preserve.chunk(head, entry) + Preserve.epoch(head, entry);
                    }

                    @Override
                    public void catalog(CatalogEntry entry) {
                        throw new IllegalStateException("there is no such entry");
                    }
                });
        return sum[0];
    }

    /** Builds and seals one batch. */
    @Benchmark
    @OperationsPerInvocation(PIECES)
    public ByteBuffer buildAndSeal() {
        batch.clear();
        fill(batch);
        sequence++;
        return batch.seal(store, sequence, sequence - 1, 1, 0, hash);
    }
}
