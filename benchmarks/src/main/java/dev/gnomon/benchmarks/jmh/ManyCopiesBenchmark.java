/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.benchmarks.jmh.fixture.FreshPlaces;
import dev.gnomon.benchmarks.jmh.fixture.FreshPlaces.Old;
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

/** Does a first overwrite cost more with 8, 64, 512 shadow copies than with 1? One record serves all; 4 KiB, 32 at a time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class ManyCopiesBenchmark {
    private static final int BYTES = 4096;
    private static final int DEPTH = 32;

    /** Shadow copies of the volume. */
    @Param({"1", "8", "64", "512"})
    private int copies;

    private FreshPlaces places;
    private EngineOnDisk.Window window;

    /** Makes the copies. */
    @Setup
    public void setUp() throws Exception {
        places = new FreshPlaces(Old.CACHED, BYTES, 0, copies);
        window = new EngineOnDisk.Window(DEPTH);
    }

    /** Removes them. */
    @TearDown
    public void tearDown() throws Exception {
        places.close();
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

    /** First overwrites. */
    @Benchmark
    @OperationsPerInvocation(FreshPlaces.COUNT)
    public void overwrite() {
        places.overwrite(window);
    }
}
