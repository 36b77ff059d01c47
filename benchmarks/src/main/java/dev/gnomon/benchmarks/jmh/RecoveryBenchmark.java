/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.CostProfiler;
import dev.gnomon.benchmarks.jmh.fixture.EngineOnDisk;
import dev.gnomon.benchmarks.jmh.fixture.FilledStore;
import dev.gnomon.benchmarks.jmh.fixture.Scratch;
import dev.gnomon.store.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What does it cost to open a store that was killed, with 0.1, 1, 10 million exceptions of one piece each, until its volume is
 * online? The image is that of a store in use, the log behind its last checkpoint included. Beside it: reading its files.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class RecoveryBenchmark {
    private static final int BUFFER_BYTES = 1 << 20;

    /** Exceptions in the store. */
    @Param({"100000", "1000000", "10000000"})
    private long exceptions;

    private Scratch scratch;
    private Path image;
    private Path killed;
    private @Nullable EngineOnDisk engine;

    /** Makes the image. */
    @Setup
    public void setUp() throws Exception {
        scratch = new Scratch();
        image = scratch.path("image");
        killed = scratch.path("killed");
        FilledStore.makeEmpty(scratch.path("store"), scratch.path("v"), exceptions);
        try (Store store = FilledStore.open(scratch.path("store"))) {
            FilledStore.fill(store, exceptions);
            Scratch.replace(scratch.path("store"), image); // nobody writes now but perhaps a checkpoint
        }
    }

    /** Removes it. */
    @TearDown
    public void tearDown() throws Exception {
        scratch.close();
    }

    /** Puts the image in place. */
    @Setup(Level.Invocation)
    public void restore() throws Exception {
        CostProfiler.uncounted(() -> Scratch.replace(image, killed));
    }

    /** Stops what was opened. */
    @TearDown(Level.Invocation)
    public void stop() throws Exception {
        CostProfiler.uncounted(() -> {
            EngineOnDisk opened = engine;
            engine = null;
            if (opened != null) {
                opened.close();
            }
        });
    }

    /** The limit. */
    @Benchmark
    public long rawRead() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long sum = 0;
        for (Path file : Scratch.files(killed)) {
            try (FileChannel channel = FileChannel.open(file)) {
                while (channel.read(buffer.clear()) > 0) {
                    sum += buffer.position();
                }
            }
        }
        return sum;
    }

    /** Recovery. */
    @Benchmark
    public Object open() throws Exception {
        EngineOnDisk opened = new EngineOnDisk(killed);
        engine = opened;
        return opened.volume("v");
    }
}
