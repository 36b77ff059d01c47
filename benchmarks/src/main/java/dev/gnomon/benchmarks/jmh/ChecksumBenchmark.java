/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.store.format.Prologue;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Warmup;

/** What does the checksum of a piece cost, and of a large write? Beside it: a copy of the same bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class ChecksumBenchmark {
    /** Bytes. */
    @Param({"4096", "65536"})
    private int bytes;

    private ByteBuffer source;
    private ByteBuffer target;

    /** Makes the content. */
    @Setup
    public void setUp() {
        source = ByteBuffer.allocateDirect(bytes);
        target = ByteBuffer.allocateDirect(bytes);
        SplittableRandom random = new SplittableRandom(1);
        while (source.hasRemaining()) {
            source.putLong(random.nextLong());
        }
    }

    /** The limit: memory. */
    @Benchmark
    public ByteBuffer rawCopy() {
        return target.put(0, source, 0, bytes);
    }

    /** CRC32C. */
    @Benchmark
    public int checksum() {
        return Prologue.crc(source, 0, bytes);
    }
}
