/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cost;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsRandomSource;
import dev.gnomon.io.os.OsScheduler;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.store.StoreConfig;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What requests leave for the garbage collector, on real files. Bounds hold for interpreted code too, which allocates what
 * compiled code may do without, so they do not depend on what the compiler has come to.
 */
class AllocationTests {
    private static final int PIECE = 4096;
    private static final long STRIDE = 64 << 10;
    private static final int PLACES = 512;
    private static final int DEPTH = 32;
    private static final long DEADLINE_SECONDS = 60;

    /** What asking for the count costs itself, spread over the requests. */
    private static final long NOTHING = 2;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // opened first thing
    private CopyOnWriteEngine engine;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(PIECE);
    private final ByteBuffer[] ofDepth = new ByteBuffer[DEPTH];
    private final Semaphore free = new Semaphore(DEPTH);
    private volatile IoStatus worst = IoStatus.OK;
    private final Completion completion = this::completed;

    private interface Request {
        void at(long offsetBytes);
    }

    @BeforeEach
    void open() throws Exception {
        engine = CopyOnWriteEngine.open(
                new EngineConfig(new StoreConfig(directory.resolve("store"), 16 << 10, 8 << 20, 1 << 20)),
                new OsStorage(),
                new OsClock(),
                new OsScheduler((name, failure) -> failure.printStackTrace()),
                new OsRandomSource());
        engine.createVolume("v", directory.resolve("v"), PLACES * STRIDE, Allocation.ALLOCATED);
        for (int i = 0; i < DEPTH; i++) {
            ofDepth[i] = ByteBuffer.allocateDirect(PIECE);
        }
    }

    @AfterEach
    void close() {
        engine.close();
        assertThat(worst).isEqualTo(IoStatus.OK);
    }

    private void completed(IoStatus status) {
        if (status != IoStatus.OK) {
            worst = status;
        }
        free.release();
    }

    private LiveVolume volume() {
        return Objects.requireNonNull(engine.liveVolume("v"));
    }

    private ShadowCopy copy(String name) throws Exception {
        engine.createSet(new SetRequest(List.of("v"), name, Map.of()));
        return Objects.requireNonNull(engine.shadowCopy(engine.copy("v@" + name).id()));
    }

    /** Returns the bytes that a request leaves on the calling thread, once what is made once is there. */
    private static long perRequest(Request request) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 4; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int place = 0; place < PLACES; place++) {
                request.at(place * STRIDE);
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / PLACES);
        }
        return least;
    }

    /** Returns the bytes that all threads of the engine and this one have left so far. */
    private static long allThreads() {
        long sum = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("gnomon-") || thread == Thread.currentThread()) {
                sum += Math.max(0, THREADS.getThreadAllocatedBytes(thread.threadId()));
            }
        }
        return sum;
    }

    private void overwriteAll(boolean forced) throws InterruptedException {
        LiveVolume volume = volume();
        for (int place = 0; place < PLACES; place++) {
            assertThat(free.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            volume.write(place * STRIDE, ofDepth[place % DEPTH].clear(), forced, completion);
        }
        assertThat(free.tryAcquire(DEPTH, DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        free.release(DEPTH);
    }

    private void awaitPreserved(long exceptions) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (engine.stats().exceptions() < exceptions) {
            assertThat(System.nanoTime()).as("settling takes too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aLiveWriteLeavesNothing() {
        LiveVolume volume = volume();
        assertThat(perRequest(offset -> volume.write(offset, bytes.clear(), false, completion)))
                .isLessThanOrEqualTo(NOTHING);
    }

    @Test
    void aLiveReadLeavesNothing() {
        LiveVolume volume = volume();
        assertThat(perRequest(offset -> volume.read(offset, bytes.clear()))).isLessThanOrEqualTo(NOTHING);
    }

    @Test
    void aReadOfACopyLeavesNothingWhereverItsBytesAre() throws Exception {
        overwriteAll(false);
        ShadowCopy copy = copy("one");
        assertThat(perRequest(offset -> copy.read(offset, bytes.clear())))
                .as("from the origin")
                .isLessThanOrEqualTo(NOTHING);
        for (ByteBuffer each : ofDepth) {
            each.clear().putLong(0, 7);
        }
        overwriteAll(false);
        awaitPreserved(PLACES);
        assertThat(perRequest(offset -> copy.read(offset, bytes.clear())))
                .as("from the diff area")
                .isLessThanOrEqualTo(NOTHING);
    }

    @Test
    void aFirstOverwriteLeavesLittle() throws Exception {
        for (ByteBuffer each : ofDepth) {
            each.clear().putLong(0, 7);
        }
        overwriteAll(false);
        long least = Long.MAX_VALUE;
        for (int round = 1; round <= 4; round++) {
            copy("s" + round);
            long before = allThreads();
            overwriteAll(false);
            long beforeWaiting = THREADS.getCurrentThreadAllocatedBytes();
            awaitPreserved((long) round * PLACES);
            long waiting =
                    THREADS.getCurrentThreadAllocatedBytes() - beforeWaiting; // the longer the busier the machine
            least = Math.min(least, (allThreads() - before - waiting) / PLACES);
        }
        assertThat(least).as("bytes, with all that settling it leaves").isLessThan(2_000);
    }
}
