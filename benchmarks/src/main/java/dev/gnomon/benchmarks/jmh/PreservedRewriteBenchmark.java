/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.Client;
import dev.gnomon.benchmarks.jmh.fixture.CopiedVolume;
import java.io.IOException;
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
 * What does a write to a piece cost that is preserved already, with 1, 8, 64, 512 shadow copies? It goes straight to the
 * origin, and must cost what it does without copies. Beside it: the same on a plain file.
 */
@State(Scope.Benchmark)
@Concurrently
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class PreservedRewriteBenchmark {
    private static final int BYTES = 4096;

    /** Shadow copies of the volume. */
    @Param({"1", "8", "64", "512"})
    private int copies;

    private CopiedVolume volume;
    private long firstTouches;

    /** Preserves all pieces for all copies. */
    @Setup
    public void setUp() throws Exception {
        volume = new CopiedVolume(copies);
        volume.overwriteAll();
        firstTouches = volume.firstTouches();
    }

    /** Fails if anything but straight writes was measured. */
    @TearDown
    public void tearDown() throws Exception {
        long staged = volume.firstTouches() - firstTouches;
        volume.close();
        if (staged > 0) {
            throw new IllegalStateException(staged + " writes did not go straight to the origin");
        }
    }

    /** The limit. */
    @Benchmark
    public int rawWrite(Client client) throws IOException {
        return volume.raw().write(client.buffer(BYTES), client.offset(CopiedVolume.BYTES, BYTES));
    }

    /** A write to a preserved piece. */
    @Benchmark
    public void rewrite(Client client) {
        volume.live().write(client.offset(CopiedVolume.BYTES, BYTES), client.buffer(BYTES), false, client.completion);
    }
}
