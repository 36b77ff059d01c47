/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsRandomSource;
import dev.gnomon.io.os.OsScheduler;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.volume.Origin.Zeroing;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main way of the engine on real files: write, cut, overwrite, read back, restart, delete. */
class EngineOnFilesTests {
    /** Not a multiple of a piece: the last piece is cut off. */
    private static final int SIZE = (2 << 20) + 512;

    private static final int PIECE = 4096;

    @TempDir
    private Path directory;

    private final Scheduler scheduler = new OsScheduler((name, failure) -> failure.printStackTrace());

    @SuppressWarnings("NullAway.Init") // opened first thing by each test
    private CopyOnWriteEngine engine;

    private int chunkBytes = 16 << 10;

    private void open() throws Exception {
        engine = CopyOnWriteEngine.open(
                new EngineConfig(new StoreConfig(directory.resolve("store"), chunkBytes, 1 << 20, 256 << 10)),
                new OsStorage(),
                new OsClock(),
                scheduler,
                new OsRandomSource());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {4 << 10, 16 << 10, 256 << 10, 1 << 20})
    void copiesHoldTheirInstantWhileTheVolumeMovesOn(int chunk) throws Exception {
        chunkBytes = chunk;
        open();
        engine.createVolume("a", directory.resolve("a.img"), SIZE, Allocation.ALLOCATED);
        Random random = new Random(7);
        byte[] model = new byte[SIZE];
        List<byte[]> images = new ArrayList<>();
        for (int set = 0; set < 4; set++) {
            for (int i = 0; i < 200; i++) {
                writeRandomly(random, model);
            }
            engine.createSet(new SetRequest(List.of("a"), "set" + set, Map.of("n", "" + set)));
            images.add(model.clone());
        }
        for (int i = 0; i < 200; i++) {
            writeRandomly(random, model);
        }
        requireContent(model, images);
        close();
        open();
        requireContent(model, images);
        assertThat(engine.copies()).hasSize(4);
        engine.deleteCopy("a@set1");
        for (int i = 0; i < 50; i++) {
            writeRandomly(random, model);
        }
        assertThat(read(copy("a@set0"), 0, SIZE)).isEqualTo(images.get(0));
        assertThat(read(copy("a@set3"), 0, SIZE)).isEqualTo(images.get(3));
        close();
        open();
        assertThat(engine.copies()).hasSize(3);
        assertThat(read(copy("a@set2"), 0, SIZE)).isEqualTo(images.get(2));
        assertThat(Files.readAllBytes(directory.resolve("a.img"))).isEqualTo(model);
        assertThatThrownBy(() -> engine.copy("a@set1"))
                .isInstanceOf(EngineException.class)
                .hasMessage("no shadow copy \"a@set1\"");
    }

    @Test
    void zeroingASparseOriginKeepsItSparse() throws Exception {
        open();
        Path origin = directory.resolve("s.img");
        engine.createVolume("a", origin, 1L << 40, Allocation.SPARSE);
        await(done -> volume().writeZeros(0, 1L << 32, Zeroing.HOLES_STAY, false, done));
        engine.createSet(new SetRequest(List.of("a"), "one", Map.of()));
        await(done -> volume().writeZeros(PIECE, 3 * PIECE, Zeroing.HOLES_STAY, true, done));
        List<String> extents = new ArrayList<>();
        volume().allocation(0, 1L << 40, (length, hole) -> extents.add(length + (hole ? " hole" : " data")));
        assertThat(extents).containsExactly((1L << 40) + " hole");
        await(done -> volume().writeZeros(0, 2 * PIECE, Zeroing.ALLOCATE, true, done));
        assertThat(read(copy("a@one"), 0, 4 * PIECE)).containsOnly(0);
        assertThat(engine.stats().preservedBytes()).isZero();
    }

    private void requireContent(byte[] model, List<byte[]> images) throws Exception {
        byte[] live = new byte[SIZE];
        assertThat(volume().read(0, ByteBuffer.wrap(live))).isEqualTo(IoStatus.OK);
        assertThat(Arrays.mismatch(live, model)).isEqualTo(-1);
        for (int i = 0; i < images.size(); i++) {
            assertThat(Arrays.mismatch(read(copy("a@set" + i), 0, SIZE), images.get(i)))
                    .as("first difference in copy " + i)
                    .isEqualTo(-1);
        }
    }

    private LiveVolume volume() {
        return Objects.requireNonNull(engine.liveVolume("a"));
    }

    private ShadowCopy copy(String name) throws Exception {
        return Objects.requireNonNull(engine.shadowCopy(engine.copy(name).id()));
    }

    private static byte[] read(ShadowCopy copy, long offset, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        assertThat(copy.read(offset, buffer)).isEqualTo(IoStatus.OK);
        return buffer.array();
    }

    private void writeRandomly(Random random, byte[] model) throws Exception {
        int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 200_000 : 3 * PIECE);
        int offset = random.nextInt(SIZE - length);
        byte[] bytes = new byte[length];
        boolean zeros = random.nextInt(5) == 0;
        if (!zeros) {
            random.nextBytes(bytes);
        }
        boolean forced = random.nextInt(10) == 0;
        LiveVolume volume = volume();
        await(done -> {
            if (zeros) {
                volume.writeZeros(offset, length, forced ? Zeroing.ALLOCATE : Zeroing.HOLES_STAY, forced, done);
            } else {
                volume.write(offset, ByteBuffer.wrap(bytes), forced, done);
            }
        });
        System.arraycopy(bytes, 0, model, offset, length);
    }

    private static void await(Consumer<Completion> request) throws Exception {
        CompletableFuture<IoStatus> done = new CompletableFuture<>();
        request.accept(done::complete);
        assertThat(done.get(20, TimeUnit.SECONDS)).isEqualTo(IoStatus.OK);
    }
}
