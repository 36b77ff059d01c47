/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.Client;
import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.benchmarks.jmh.fixture.Scratch;
import dev.gnomon.snapshot.LiveVolume;
import java.io.IOException;
import java.nio.channels.FileChannel;
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

/** What does a write cost where there is no shadow copy, and a read? Beside them: the same on a plain file. */
@State(Scope.Benchmark)
@Concurrently
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class LiveWriteBenchmark {
    private static final long BYTES = 256 << 20;

    /** Bytes of a request. */
    @Param({"4096", "65536"})
    private int bytes;

    private Scratch scratch;
    private FileChannel raw;
    private EngineOnDisk engine;
    private LiveVolume volume;

    /** Makes both files. */
    @Setup
    public void setUp() throws Exception {
        scratch = new Scratch();
        raw = scratch.filled("raw", BYTES);
        scratch.filled("origin", BYTES).close();
        engine = new EngineOnDisk(scratch.path("store"));
        volume = engine.add("v", scratch.path("origin"));
        EngineOnDisk.write(volume, 0, BYTES / EngineOnDisk.PIECE); // into the cache, as the plain file is
    }

    /** Removes them. */
    @TearDown
    public void tearDown() throws Exception {
        engine.close();
        raw.close();
        scratch.close();
    }

    /** The limit of a write. */
    @Benchmark
    public int rawWrite(Client client) throws IOException {
        return raw.write(client.buffer(bytes), client.offset(BYTES, bytes));
    }

    /** A write. */
    @Benchmark
    public void write(Client client) {
        volume.write(client.offset(BYTES, bytes), client.buffer(bytes), false, client.completion);
    }

    /** The limit of a read. */
    @Benchmark
    public int rawRead(Client client) throws IOException {
        return raw.read(client.buffer(bytes), client.offset(BYTES, bytes));
    }

    /** A read. */
    @Benchmark
    public void read(Client client) {
        EngineOnDisk.require(volume.read(client.offset(BYTES, bytes), client.buffer(bytes)));
    }
}
