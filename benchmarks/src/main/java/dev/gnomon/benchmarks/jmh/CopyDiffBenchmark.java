/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.benchmarks.jmh.fixture.FilledStore;
import dev.gnomon.benchmarks.jmh.fixture.Scratch;
import dev.gnomon.snapshot.DiffPage;
import dev.gnomon.snapshot.DiffRequest;
import dev.gnomon.snapshot.EngineException;
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
 * What does it cost to find out what changed between two copies, with 10,000 and a million pieces that did, none beside another?
 * Beside it: going through as many sorted places in memory, and putting them into extents.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class CopyDiffBenchmark {
    /** Pieces that changed. */
    @Param({"10000", "1000000"})
    private int changed;

    private Scratch scratch;
    private EngineOnDisk engine;
    private long[] pieces;

    /** Makes the copies, before and after. */
    @Setup
    public void setUp() throws Exception {
        scratch = new Scratch();
        FilledStore.make(scratch.path("store"), scratch.path("v"), changed);
        engine = new EngineOnDisk(scratch.path("store"));
        engine.copy("v", "new");
        pieces = new long[changed];
        for (int i = 0; i < changed; i++) {
            pieces[i] = (long) i * FilledStore.PIECES_APART;
        }
    }

    /** Removes them. */
    @TearDown
    public void tearDown() throws Exception {
        engine.close();
        scratch.close();
    }

    /** The limit. */
    @Benchmark
    public long rawScan() {
        long extents = 0;
        long end = -1;
        for (long piece : pieces) {
            extents += piece == end ? 0 : 1;
            end = piece + 1;
        }
        return extents;
    }

    /** All pages of a diff. */
    @Benchmark
    public long diff() throws EngineException {
        long extents = 0;
        long at = 0;
        long size;
        do {
            DiffPage page = engine.engine().diff(new DiffRequest("v@old", "v@new", at));
            extents += page.extents().size();
            at = page.nextOffsetBytes();
            size = page.sizeBytes();
        } while (at < size);
        if (extents != changed) {
            throw new IllegalStateException("the diff has " + extents + " extents, expected " + changed);
        }
        return extents;
    }
}
