/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.CopiedVolume;
import dev.gnomon.benchmarks.jmh.fixture.CostProfiler;
import dev.gnomon.benchmarks.jmh.fixture.DurableAppend;
import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.benchmarks.jmh.fixture.Scratch;
import dev.gnomon.snapshot.CopyInfo;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
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
 * What does it cost to delete the newest of 1, 64, 511 shadow copies, durably, with pieces that only it reads? Beside it: a small
 * durable write, the least that it can cost.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 50)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class CopyDeleteBenchmark {
    /** Shadow copies of the volume. */
    @Param({"1", "64", "511"})
    private int copies;

    private Scratch scratch;
    private DurableAppend raw;
    private CopiedVolume volume;
    private int number;

    /** Makes the copies. */
    @Setup
    public void setUp() throws Exception {
        scratch = new Scratch();
        raw = new DurableAppend(scratch.path("raw"));
        volume = new CopiedVolume(copies);
        number = 0;
    }

    /** Removes them. */
    @TearDown
    public void tearDown() throws Exception {
        volume.close();
        raw.close();
        scratch.close();
    }

    /** Makes one more copy, which reads some pieces of its own. */
    @Setup(Level.Iteration)
    public void copy() throws Exception {
        CostProfiler.uncounted(() -> {
            volume.engine().copy("v", "more-" + ++number);
            EngineOnDisk.write(volume.live(), 0, CopiedVolume.BUSY_PIECES);
        });
    }

    /** Deletes it, if that was not measured. */
    @TearDown(Level.Iteration)
    public void delete() throws Exception {
        String name = "v@more-" + number;
        if (volume.engine().engine().copies().stream()
                .anyMatch(each -> each.exportName().equals(name))) {
            volume.engine().engine().deleteCopy(name);
        }
    }

    /** The limit. */
    @Benchmark
    public void rawAppend() throws IOException {
        raw.append();
    }

    /** A delete. */
    @Benchmark
    public CopyInfo deleteNewest() throws Exception {
        return volume.engine().engine().deleteCopy("v@more-" + number);
    }
}
