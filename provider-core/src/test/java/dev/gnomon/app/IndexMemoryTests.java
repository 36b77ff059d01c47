/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.cli.LocalCommands;
import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.SetRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code service run --index-memory}. */
class IndexMemoryTests {
    /** Several times what a tail of the least memory holds, and by far less log than makes a checkpoint due. */
    private static final int PIECES = 4000;

    private static final int PIECE_BYTES = 4096;
    private static final long LEAST = 64 << 10;
    private static final long DEADLINE_SECONDS = 60;

    @TempDir
    Path state;

    @Test
    void anIndexThatIsLargerThanItsMemoryGoesToRuns() throws Exception {
        try (CopyOnWriteEngine engine = open(LEAST)) {
            preserve(engine);
            awaitRuns(engine);
            assertThat(engine.stats().exceptions()).isEqualTo(PIECES);
        }
    }

    @Test
    void withTheUsualMemoryTheSameIndexStaysInIt() throws Exception {
        try (CopyOnWriteEngine engine = open(0)) {
            preserve(engine);
            assertThat(engine.stats().exceptions()).isEqualTo(PIECES);
            assertThat(runs(engine)).isLessThan(PIECES);
        }
    }

    @Test
    void lessThanTheLeastAndMoreThanTheMostAreRefused() {
        assertThatThrownBy(() -> open(LEAST - 1))
                .isInstanceOf(EngineException.class)
                .hasMessage("memory for the index: expected 65536 to 17179869184 bytes, got 65535");
        assertThatThrownBy(() -> open((16L << 30) + 1))
                .isInstanceOf(EngineException.class)
                .hasMessageEndingWith("got 17179869185");
    }

    private CopyOnWriteEngine open(long indexBytes) throws Exception {
        OsParts parts = new OsParts(state, LocalCommands.NewStore.USUAL, indexBytes, Optional.empty());
        return (CopyOnWriteEngine) parts.openEngine(state.resolve("store")).engine();
    }

    /** Overwrites that many holes after a copy, each in a chunk of its own, and waits until they are preserved. */
    private void preserve(CopyOnWriteEngine engine) throws Exception {
        engine.createVolume("v", state.resolve("origin"), 4L * PIECES * PIECE_BYTES, Allocation.SPARSE);
        engine.createSet(new SetRequest(List.of("v"), "copy", Map.of()));
        LiveVolume volume = Objects.requireNonNull(engine.liveVolume("v"));
        CountDownLatch acknowledged = new CountDownLatch(PIECES);
        for (int i = 0; i < PIECES; i++) {
            volume.write(4L * i * PIECE_BYTES, ByteBuffer.allocate(PIECE_BYTES), false, status -> {
                if (status == IoStatus.OK) {
                    acknowledged.countDown();
                }
            });
        }
        assertThat(acknowledged.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        until(() -> engine.stats().exceptions() == PIECES);
    }

    /** Bytes of runs and checkpoint; an exception takes more than one of them. */
    private static long runs(CopyOnWriteEngine engine) {
        return engine.stats().indexBytes();
    }

    private static void awaitRuns(CopyOnWriteEngine engine) throws Exception {
        until(() -> runs(engine) > PIECES);
    }

    /** A condition that comes true in time. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
