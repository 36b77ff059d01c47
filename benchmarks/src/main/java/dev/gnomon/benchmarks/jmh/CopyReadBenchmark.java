/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.Client;
import dev.gnomon.benchmarks.jmh.fixture.CopiedVolume;
import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.snapshot.ShadowCopy;
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
 * What does a read of a shadow copy cost: the oldest and the newest of 1, 64, 512, of pieces that are in the diff area, each
 * with a record for every copy, and of pieces that are still the origin's? Beside it: a read of a plain file.
 */
@State(Scope.Benchmark)
@Concurrently
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class CopyReadBenchmark {
    private static final int BYTES = 4096;
    private static final long BUSY_BYTES = (long) CopiedVolume.BUSY_PIECES * BYTES;

    /** Which copy. */
    public enum Which {
        /** Everything that was overwritten since is preserved for it. */
        OLDEST,
        /** Only the last overwrites are. */
        NEWEST
    }

    /** Shadow copies of the volume. */
    @Param({"1", "64", "512"})
    private int copies;

    /** The one that is read. */
    @Param
    private Which which;

    private CopiedVolume volume;
    private ShadowCopy copy;

    /** Makes the copies. */
    @Setup
    public void setUp() throws Exception {
        volume = new CopiedVolume(copies);
        copy = which == Which.OLDEST ? volume.oldest() : volume.newest();
    }

    /** Removes them. */
    @TearDown
    public void tearDown() throws Exception {
        volume.close();
    }

    /** The limit. */
    @Benchmark
    public int rawRead(Client client) throws IOException {
        return volume.raw().read(client.buffer(BYTES), client.offset(CopiedVolume.BYTES, BYTES));
    }

    /** A read of a piece that is preserved. */
    @Benchmark
    public void preserved(Client client) {
        EngineOnDisk.require(copy.read(client.offset(BUSY_BYTES, BYTES), client.buffer(BYTES)));
    }

    /** A read of a piece that was not written to since the first copy. */
    @Benchmark
    public void fromOrigin(Client client) {
        long offset = BUSY_BYTES + client.offset(CopiedVolume.BYTES - BUSY_BYTES, BYTES);
        EngineOnDisk.require(copy.read(offset, client.buffer(BYTES)));
    }
}
