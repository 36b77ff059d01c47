/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.cli.LocalCommands;
import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.ShadowCopy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service that {@link VolatileMain} starts, and for comparison the one that is shipped. */
final class VolatileServiceTests {
    private static final int PIECES = 256;
    private static final int PIECE_BYTES = 4096;
    private static final byte OLD = 1;
    private static final byte NEW = 2;
    private static final long DEADLINE_SECONDS = 60;

    private final ForceCount forces = new ForceCount();

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path state;

    @Test
    void whatIsShippedForcesTheLogForFirstOverwrites() throws Exception {
        try (CopyOnWriteEngine engine = open((real, store) -> forces.over(real))) {
            overwriteAfterACopy(engine);
        }
        assertThat(forces.of(store(), "segment-")).isPositive();
    }

    @Test
    void theVolatileServiceForcesTheVolumeAndNothingElse() throws Exception {
        try (CopyOnWriteEngine engine = open((real, store) -> new VolatileStorage(forces.over(real), store))) {
            LiveVolume volume = overwriteAfterACopy(engine);
            long before = ofTheVolume();
            write(volume, NEW);
            assertThat(flush(volume)).isEqualTo(IoStatus.OK);
            assertThat(ofTheVolume()).isGreaterThan(before);
        }
        // Beside them the names of store and origin, which lie in directories above.
        assertThat(forces.byPath().keySet())
                .allMatch(path -> path.equals(origin())
                        || state.startsWith(path)
                        || path.getFileName().toString().matches("staging-\\d+"));
    }

    @Test
    void volumeAndCopyAreRightAndStayForTheServiceThatIsShipped() throws Exception {
        try (CopyOnWriteEngine engine = open(VolatileStorage::new)) {
            overwriteAfterACopy(engine);
            assertContent(engine);
        }
        try (CopyOnWriteEngine engine = open(StorageLayer.NONE)) {
            assertContent(engine);
        }
    }

    private Path store() {
        return state.resolve(RunningService.STORE_DIRECTORY);
    }

    private Path origin() {
        return state.resolve("origin");
    }

    private long ofTheVolume() {
        return forces.of(store(), "staging-") + forces.of(state, "origin");
    }

    private CopyOnWriteEngine open(StorageLayer layer) throws Exception {
        OsParts parts = new OsParts(state, LocalCommands.NewStore.USUAL, 0, Optional.empty(), layer);
        return (CopyOnWriteEngine) parts.openEngine(store()).engine();
    }

    /** Returns the volume when all its old bytes are preserved. */
    private LiveVolume overwriteAfterACopy(CopyOnWriteEngine engine) throws Exception {
        engine.createVolume("v", origin(), (long) PIECES * PIECE_BYTES, Allocation.SPARSE);
        LiveVolume volume = Objects.requireNonNull(engine.liveVolume("v"));
        write(volume, OLD);
        engine.createSet(new SetRequest(List.of("v"), "copy", Map.of()));
        write(volume, NEW);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (engine.stats().exceptions() < PIECES) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
        return volume;
    }

    private static void write(LiveVolume volume, byte content) throws Exception {
        for (int i = 0; i < PIECES; i++) {
            CompletableFuture<IoStatus> done = new CompletableFuture<>();
            volume.write((long) i * PIECE_BYTES, piece(content), false, done::complete);
            assertThat(done.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(IoStatus.OK);
        }
    }

    private static IoStatus flush(LiveVolume volume) throws Exception {
        CompletableFuture<IoStatus> done = new CompletableFuture<>();
        volume.flush(done::complete);
        return done.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private static void assertContent(CopyOnWriteEngine engine) throws Exception {
        LiveVolume volume = Objects.requireNonNull(engine.liveVolume("v"));
        ShadowCopy copy =
                Objects.requireNonNull(engine.shadowCopy(engine.copy("v@copy").id()));
        for (int i = 0; i < PIECES; i++) {
            ByteBuffer read = ByteBuffer.allocate(PIECE_BYTES);
            assertThat(copy.read((long) i * PIECE_BYTES, read)).isEqualTo(IoStatus.OK);
            assertThat(read.flip()).as("piece " + i + " of the copy").isEqualTo(piece(OLD));
            assertThat(volume.read((long) i * PIECE_BYTES, read.clear())).isEqualTo(IoStatus.OK);
            assertThat(read.flip()).as("piece " + i + " of the volume").isEqualTo(piece(NEW));
        }
    }

    private static ByteBuffer piece(byte content) {
        byte[] bytes = new byte[PIECE_BYTES];
        Arrays.fill(bytes, content);
        return ByteBuffer.wrap(bytes);
    }
}
