/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.Preserve;
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does every live write pay to learn whether its piece is preserved? Random single pieces of a volume of which half
 * are: in the bitmap, and in the index, which is asked where a bit is clear. Without the mutex that guards both. Beside it: a
 * bit of a plain array of them.
 *
 * <p>It stands in this package because what it measures is seen from nowhere else.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PreservedLookupBenchmark {
    private static final long COPY = 1;
    private static final long EPOCH = 2;
    private static final int ASKED = 1 << 16;

    /** Pieces of the volume: 1 GiB, 64 GiB. */
    @Param({"262144", "16777216"})
    private int pieces;

    private PreservedBitmap bitmap = new PreservedBitmap(1);
    private final ExceptionIndex index = new ExceptionIndex();
    private final long[] asked = new long[ASKED];
    private long[] bits = new long[1];
    private int next;

    /** Preserves every other piece of as many as a million spread over the volume. */
    @Setup
    public void setUp() {
        bitmap = new PreservedBitmap(pieces);
        bits = new long[pieces / Long.SIZE];
        int step = Math.max(2, pieces / (1 << 20));
        for (long piece = 0; piece < pieces; piece += step) {
            bitmap.set(piece, EPOCH, COPY);
            bits[(int) (piece / Long.SIZE)] |= 1L << piece;
            index.insert(piece, EPOCH, piece * Preserve.PIECE_BYTES, (int) piece);
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ASKED; i++) {
            long piece = random.nextLong(pieces / step) * step;
            asked[i] = random.nextBoolean() ? piece : piece + 1;
        }
    }

    /** The limit. */
    @Benchmark
    public boolean rawBit() {
        long piece = piece();
        return (bits[(int) (piece / Long.SIZE)] >>> piece & 1) != 0;
    }

    /** Asks the bitmap. */
    @Benchmark
    public boolean bitmap() {
        return bitmap.all(piece(), 1, COPY);
    }

    /** Asks the index. */
    @Benchmark
    public long index() {
        return index.newestEpoch(piece());
    }

    private long piece() {
        next = next + 1 & ASKED - 1;
        return asked[next];
    }
}
