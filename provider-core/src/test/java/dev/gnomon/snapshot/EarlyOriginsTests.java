/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.VolumeInfo.State;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Origins that are opened while the log is still being read, before anybody knows what it says of them. */
class EarlyOriginsTests {
    private static final long SEED = 1;

    /** Stopped clean, so that a checkpoint names volume a with its copy. */
    private static SimImage checkpointed() {
        return Life.first(SEED, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            life.engine().close();
        });
    }

    private static List<IoKind> seenOf(SimWorld world, Path file) {
        List<IoKind> seen = new ArrayList<>();
        world.storage().listen(io -> {
            if (io.phase() == IoEvent.Phase.BEFORE && io.path().equals(file)) {
                seen.add(io.kind());
            }
        });
        return seen;
    }

    @Test
    void theCacheOfAnOriginIsDroppedWhileTheLogIsReadAndAgainAfterItsForce() {
        SimWorld world = new SimWorld(SEED, checkpointed());
        List<IoKind> seen = seenOf(world, Life.origin("a"));
        Life.on(world, Life.SMALL, life -> {
            assertThat(seen).containsSubsequence(IoKind.DROP_CACHE, IoKind.FORCE, IoKind.DROP_CACHE);
            life.expectCopy("a@s", 0, 1);
            assertThat(life.read("a", 0)).isEqualTo(2);
        });
    }

    /** What a force told, and lost by telling, would be forgotten. */
    @Test
    void nothingIsForcedIfTheLogCannotBeRead() {
        SimImage dirty = Life.next(SEED, checkpointed(), life -> life.write("a", 1, 1, 3));
        SimWorld world = new SimWorld(SEED, dirty.killed());
        List<IoKind> seen = seenOf(world, Life.origin("a"));
        world.storage()
                .inject(FaultRule.when(io -> Life.isLog(io) && io.kind() == IoKind.READ)
                        .then(new Fault.IoError()));
        assertThatThrownBy(() -> Life.on(world, Life.SMALL, life -> {})).hasMessageContaining("segment-0000");
        assertThat(seen).contains(IoKind.DROP_CACHE).doesNotContain(IoKind.FORCE);
        Life.next(
                SEED,
                world.storage().image(),
                life -> assertThat(life.state("a")).isEqualTo(State.ONLINE));
    }

    @Test
    void aVolumeThatWasRemovedAndAddedAgainSinceTheCheckpointIsServed() {
        SimImage again = Life.next(SEED, checkpointed(), life -> {
            life.engine().deleteCopy("a@s");
            life.engine().removeVolume("a");
            life.engine().addVolume("b", Life.origin("a"));
        });
        Life.next(SEED, again.killed(), life -> {
            assertThat(life.state("b")).isEqualTo(State.ONLINE);
            assertThat(life.read("b", 0)).isEqualTo(2);
        });
    }

    @Test
    void aVolumeThatGrewSinceTheCheckpointIsServedInItsSize() {
        SimImage grown = Life.next(
                SEED,
                checkpointed(),
                life -> life.engine().resizeVolume("a", 2 * Life.MIN_BYTES, Engine.Allocation.ALLOCATED));
        Life.next(SEED, grown.killed(), life -> {
            assertThat(life.state("a")).isEqualTo(State.ONLINE);
            assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(2 * Life.MIN_BYTES);
            int last = (int) (2 * Life.MIN_BYTES / 4096) - 1;
            assertThat(life.write("a", last, 1, 4)).isEqualTo(IoStatus.OK);
            life.settle();
            assertThat(life.read("a", last)).isEqualTo(4);
            life.expectCopy("a@s", 0, 1);
        });
    }

    @Test
    void anOriginOfAVolumeThatWasRemovedSinceTheCheckpointIsLeftToOthers() {
        SimImage removed = Life.next(SEED, checkpointed(), life -> {
            life.engine().deleteCopy("a@s");
            life.engine().removeVolume("a");
        });
        Life.next(SEED, removed.killed(), life -> {
            life.engine().addVolume("b", Life.origin("a"));
            assertThat(life.read("b", 0)).isEqualTo(2);
        });
    }
}
