/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.CostProfiler;
import dev.gnomon.benchmarks.jmh.fixture.DurableAppend;
import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.benchmarks.jmh.fixture.FilledStore;
import dev.gnomon.benchmarks.jmh.fixture.Scratch;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.SetCreated;
import dev.gnomon.snapshot.SetRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * What does a snapshot set cost, of 1, 16, 64 volumes of 1 TiB each that one write went to since the last one, in an empty store
 * and in one with 10 million exceptions? Beside it: a small durable write, the least that it can cost.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 50)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class SetCreationBenchmark {
    private static final long VOLUME_BYTES = 1L << 40;

    /** Volumes of the set. */
    @Param({"1", "16", "64"})
    private int volumes;

    /** Exceptions in the store. */
    @Param({"0", "10000000"})
    private long exceptions;

    private final List<String> names = new ArrayList<>();
    private Scratch scratch;
    private DurableAppend raw;
    private EngineOnDisk engine;
    private int number;
    private boolean created;

    /** Makes store and volumes. */
    @Setup
    public void setUp() throws Exception {
        scratch = new Scratch();
        raw = new DurableAppend(scratch.path("raw"));
        if (exceptions > 0) {
            FilledStore.make(scratch.path("store"), scratch.path("v"), exceptions);
        }
        engine = new EngineOnDisk(scratch.path("store"));
        for (int i = 0; i < volumes; i++) {
            names.add("volume-" + i);
            engine.sparse(names.getLast(), scratch.path(names.getLast()), VOLUME_BYTES);
        }
    }

    /** Removes them. */
    @TearDown
    public void tearDown() throws Exception {
        engine.close();
        raw.close();
        scratch.close();
    }

    /** Deletes the last set and writes to each volume. */
    @Setup(Level.Invocation)
    public void write() throws Exception {
        CostProfiler.uncounted(() -> {
            if (created) {
                engine.engine().deleteSet("set-" + number);
                created = false;
            }
            for (String name : names) {
                EngineOnDisk.write(engine.volume(name), number, 1);
            }
        });
        number++;
    }

    /** The limit. */
    @Benchmark
    public void rawAppend() throws IOException {
        raw.append();
    }

    /** A set. */
    @Benchmark
    public SetCreated create() throws EngineException {
        created = true;
        return engine.engine().createSet(new SetRequest(names, "set-" + number, Map.of()));
    }
}
