/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.benchmarks.jmh.fixture.FreshPlaces;
import dev.gnomon.benchmarks.jmh.fixture.FreshPlaces.Old;
import dev.gnomon.io.IoStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the first overwrite of a piece after a shadow copy cost until it is acknowledged: small and large, aligned to pieces
 * and not, one at a time and 32, and with old bytes that are cached, cold, zeros or a hole? That they are preserved and settled
 * behind the client's back is not in the time, but in the counts. Beside it: the same writes to a plain file in the same state.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class FirstOverwriteBenchmark {
    /** Bytes of a write. */
    @Param({"4096", "16384", "65536", "1048576"})
    private int bytes;

    /** Where in a piece a write begins. */
    @Param({"0", "512"})
    private int shiftBytes;

    /** Writes under way at once. */
    @Param({"1", "32"})
    private int depth;

    /** What is overwritten. */
    @Param
    private Old old;

    private FreshPlaces places;
    private EngineOnDisk.Window window;

    /** Makes volume, copy and plain file. */
    @Setup
    public void setUp() throws Exception {
        places = new FreshPlaces(old, bytes, shiftBytes, 1);
        window = new EngineOnDisk.Window(depth);
    }

    /** Removes them. */
    @TearDown
    public void tearDown() throws Exception {
        places.close();
    }

    /** Starts with a new copy, so that what is preserved does not pile up. */
    @Setup(Level.Iteration)
    public void begin() throws Exception {
        places.copyAnew();
    }

    /** Finds places that were not overwritten yet. */
    @Setup(Level.Invocation)
    public void prepare() throws Exception {
        places.next();
    }

    /** Waits until all is preserved. */
    @TearDown(Level.Invocation)
    public void settle() {
        places.awaitPreserved();
    }

    /** The limit. */
    @Benchmark
    @OperationsPerInvocation(FreshPlaces.COUNT)
    public void rawWrite() throws IOException {
        FileChannel raw = places.raw();
        for (int i = 0; i < FreshPlaces.COUNT; i++) {
            ByteBuffer content = window.begin(bytes);
            raw.write(content, places.offset(i));
            window.complete(IoStatus.OK);
        }
    }

    /** First overwrites. */
    @Benchmark
    @OperationsPerInvocation(FreshPlaces.COUNT)
    public void overwrite() {
        places.overwrite(window);
    }
}
