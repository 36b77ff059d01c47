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
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the first overwrite of a piece after a shadow copy cost until it is acknowledged: small and large, aligned to pieces
 * and not, one at a time and 32, and with old bytes that are cached, cold, zeros or a hole?
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters first
public class FirstOverwriteBenchmark extends OfFreshPlaces {
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

    @Override
    protected FreshPlaces make() throws Exception {
        return new FreshPlaces(old, bytes, shiftBytes, 1);
    }

    @Override
    protected int writeBytes() {
        return bytes;
    }

    @Override
    protected int writesAtOnce() {
        return depth;
    }

    /** Starts with a new copy, so that what is preserved does not pile up. */
    @Setup(Level.Iteration)
    public void begin() throws Exception {
        places().copyAnew();
    }
}
