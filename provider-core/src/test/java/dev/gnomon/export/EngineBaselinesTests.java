/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which shadow copies an export is compared with, and what comes of it. */
class EngineBaselinesTests {
    private static final int SIZE = 1 << 20;

    private interface Script {
        void play(CopyOnWriteEngine engine, EngineExports exports) throws EngineException;
    }

    /** Plays with volume "a", of which pieces 1 and 3 were written, each before a cut and again now, and volume "b". */
    private static void run(Script script) {
        SimWorld world = new SimWorld(1);
        world.run(() -> {
            StoreConfig config = new StoreConfig(Path.of("/store"), 16 << 10, 1 << 20, 64 << 10);
            try (CopyOnWriteEngine engine = CopyOnWriteEngine.open(
                    new EngineConfig(config), world.storage(), world.clock(), world.scheduler(), world.random())) {
                engine.createVolume("a", Path.of("/a.img"), SIZE, Allocation.SPARSE);
                engine.createVolume("b", Path.of("/b.img"), SIZE, Allocation.SPARSE);
                cut(engine, "s");
                write(world, engine, 1);
                cut(engine, "t");
                write(world, engine, 3);
                cut(engine, "");
                script.play(engine, new EngineExports(engine));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void cut(CopyOnWriteEngine engine, String name) throws EngineException {
        engine.createSet(new SetRequest(List.of("a", "b"), name, Map.of()));
    }

    private static void write(SimWorld world, CopyOnWriteEngine engine, int piece) {
        boolean[] done = new boolean[1];
        Objects.requireNonNull(engine.liveVolume("a"))
                .write(piece * 4096L, ByteBuffer.allocate(1), false, status -> done[0] = status == IoStatus.OK);
        world.scheduler().sleep(1_000_000_000L);
        assertThat(done[0]).isTrue();
    }

    private static List<String> changed(Baselines baselines, String copy, int most) {
        List<String> extents = new ArrayList<>();
        IoStatus status = Objects.requireNonNull(baselines.since(copy), copy)
                .changes(0, SIZE, most, (length, changed) -> extents.add(length + (changed ? " changed" : "")));
        return status == IoStatus.OK ? extents : List.of(status.name());
    }

    @Test
    void theLiveVolumeIsComparedWithAllItsCopies() {
        run((engine, exports) -> {
            Baselines baselines = exports.baselines("a");
            String last = engine.copies().stream()
                    .filter(copy -> copy.name().isEmpty() && copy.volume().equals("a"))
                    .findFirst()
                    .orElseThrow()
                    .id()
                    .toString();
            assertThat(baselines.names()).containsExactly("s", "t", last);
            assertThat(changed(baselines, "s", 99))
                    .containsExactly("4096", "4096 changed", "4096", "4096 changed", "1032192");
            assertThat(changed(baselines, "s", 2)).containsExactly("4096", "4096 changed");
            assertThat(changed(baselines, engine.copy("a@t").id().toString(), 99))
                    .containsExactly("12288", "4096 changed", "1032192");
            assertThat(changed(baselines, last, 99)).containsExactly("1048576");
            assertThat(baselines.since(engine.copy("b@s").id().toString())).isNull();
            assertThat(baselines.since("")).isNull();
        });
    }

    @Test
    void aCopyIsComparedWithOlderOnesOnly() {
        run((engine, exports) -> {
            assertThat(exports.baselines("a@s").names()).isEmpty();
            Baselines baselines = exports.baselines("a@t");
            assertThat(baselines.names()).containsExactly("s");
            assertThat(changed(baselines, "s", 99)).containsExactly("4096", "4096 changed", "1040384");
            assertThat(baselines.since("t")).isNull();
            assertThat(exports.baselines("a@x").names()).isEmpty();
            assertThat(exports.baselines("a@").names()).isEmpty();
            assertThat(exports.baselines("x").names()).isEmpty();
        });
    }

    @Test
    void aBaselineThatIsDeletedMeanwhileIsGone() {
        run((engine, exports) -> {
            Baselines ofLive = exports.baselines("a");
            Baselines ofCopy = exports.baselines("a@t");
            Changes live = Objects.requireNonNull(ofLive.since("s"));
            Changes copy = Objects.requireNonNull(ofCopy.since("s"));
            engine.deleteCopy("a@s");
            assertThat(live.changes(0, SIZE, 9, (length, changed) -> {})).isEqualTo(IoStatus.GONE);
            assertThat(copy.changes(0, SIZE, 9, (length, changed) -> {})).isEqualTo(IoStatus.GONE);
            assertThat(ofLive.since("s")).as("asked for a moment later").isNull();
        });
    }
}
