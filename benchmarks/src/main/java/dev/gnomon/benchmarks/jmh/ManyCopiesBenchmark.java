/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.FreshPlaces;
import dev.gnomon.benchmarks.jmh.fixture.FreshPlaces.Old;
import dev.gnomon.benchmarks.jmh.fixture.OfFreshPlaces;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Does a first overwrite cost more with 8, 64, 512 shadow copies than with 1? One record serves all; 4 KiB, 32 at a time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ManyCopiesBenchmark extends OfFreshPlaces {
    private static final int BYTES = 4096;
    private static final int DEPTH = 32;

    /** Shadow copies of the volume. */
    @Param({"1", "8", "64", "512"})
    private int copies;

    @Override
    protected FreshPlaces make() throws Exception {
        return new FreshPlaces(Old.CACHED, BYTES, 0, copies);
    }

    @Override
    protected int writeBytes() {
        return BYTES;
    }

    @Override
    protected int writesAtOnce() {
        return DEPTH;
    }
}
