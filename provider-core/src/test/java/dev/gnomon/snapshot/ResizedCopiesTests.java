/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Copies and bookmarks of volumes that got another size, or whose origin was changed: reverts to them, comparisons of them. */
class ResizedCopiesTests {
    private static final long SEED = 1;
    private static final long MIB = Life.MIN_BYTES;
    private static final int LAST = 256;
    private static final long SECOND = 1000 * Life.MILLISECOND;

    /** Not a multiple of a piece: the copy ends within one. */
    private static final long ODD = MIB + 512;

    private static ByteBuffer sector(int value) {
        byte[] bytes = new byte[512];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private static byte[] get(Life life, long offset, int length) {
        byte[] bytes = new byte[length];
        assertThat(life.live("a").read(offset, ByteBuffer.wrap(bytes))).isEqualTo(IoStatus.OK);
        return bytes;
    }

    private static void resize(Life life, long bytes) throws Exception {
        assertThat(life.engine().resizeVolume("a", bytes, Allocation.SPARSE).sizeBytes())
                .isEqualTo(bytes);
    }

    private static void refused(Kind kind, String message, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    /** A copy that ends within a piece, and a volume that has grown since and was written to on both sides of that end. */
    private static void grown(Life life) throws Exception {
        life.engine().createVolume("a", Life.origin("a"), ODD, Allocation.ALLOCATED);
        life.write("a", 0, 100, 1);
        life.write("a", MIB, sector(1));
        life.set("s", "a");
        resize(life, 2 * MIB);
        life.write("a", 50, 100, 2);
        life.write("a", MIB, sector(2));
        life.write("a", ODD, sector(3));
        life.write("a", 2 * MIB - 512, sector(4));
    }

    private static void requireReverted(Life life) {
        assertThat(life.read("a", 50)).isEqualTo(1);
        assertThat(life.read("a", 149)).isZero();
        assertThat(get(life, MIB, 512)).isEqualTo(sector(1).array());
        assertThat(get(life, ODD, (int) (MIB - 512))).containsOnly(0);
    }

    // ---- reverts

    @Test
    void aVolumeThatHasGrownIsRevertedAndKeepsItsSizeAndWhatItGainedReadsAsZeros() {
        SimImage midway = Life.on(new SimWorld(SEED), Life.SLOW, life -> {
            grown(life);
            life.settle();
            life.engine().revert("a@s", false);
            requireReverted(life);
            refused(Kind.WRONG_STATE, "being reverted to a@s", () -> resize(life, 3 * MIB));
            life.flush("a");
        });
        for (SimImage image : List.of(midway.killed(), midway.cutKeepingNone())) {
            SimImage done = Life.on(new SimWorld(SEED, image), Life.SLOW, life -> {
                requireReverted(life);
                for (int i = 0; i < 1000 && !life.engine().reverts().isEmpty(); i++) {
                    life.sleep(SECOND);
                }
                assertThat(life.engine().reverts()).isEmpty();
                requireReverted(life);
                assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(2 * MIB);
                resize(life, 3 * MIB);
                life.engine().close();
            });
            Life.next(SEED, done, life -> {
                requireReverted(life);
                assertThat(get(life, 2 * MIB, (int) MIB)).containsOnly(0);
            });
        }
    }

    // ---- comparisons

    @Test
    void whatAVolumeGainedIsReportedAsChanged() {
        Life.first(SEED, life -> {
            grown(life);
            life.set("t", "a");
            List<DiffPage.Extent> expected =
                    List.of(new DiffPage.Extent(50 * Life.PIECE, 100 * Life.PIECE), new DiffPage.Extent(MIB, MIB));
            assertThat(life.engine().diff(new DiffRequest("a@s", "a@t", 0)).extents())
                    .isEqualTo(expected);
            resize(life, 3 * MIB);
            assertThat(life.engine().diff(new DiffRequest("a@t", "", 0)).extents())
                    .containsExactly(new DiffPage.Extent(2 * MIB, MIB));
            life.engine().bookmarkCopy("a@t");
            life.write("a", LAST, 1, 5);
            assertThat(life.engine().diff(new DiffRequest("a@t", "", 0)).extents())
                    .containsExactly(new DiffPage.Extent(MIB, Life.PIECE), new DiffPage.Extent(2 * MIB, MIB));
        });
    }

    @Test
    void aVolumeWithBookmarksDoesNotShrink() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", 2 * MIB);
            life.set("s", "a");
            life.write("a", 0, 1, 1);
            life.engine().bookmarkCopy("a@s");
            refused(
                    Kind.WRONG_STATE,
                    "volume a has 0 shadow copies and 1 bookmarks of up to 2097152 bytes and cannot shrink to 1048576",
                    () -> resize(life, MIB));
            assertThat(life.engine().diff(new DiffRequest("a@s", "", 0)).extents())
                    .containsExactly(new DiffPage.Extent(0, Life.PIECE));
        });
        Life.next(
                SEED,
                image.cutKeepingNone(),
                life -> assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(2 * MIB));
    }

    // ---- shrinking and the staging chain

    /** The mark that says that the chain's new data is in the origin may be younger than the last flush. */
    @Test
    void newDataThatWasCutOffDoesNotComeBackFromTheChain() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", 2 * MIB);
            life.set("s", "a");
            life.write("a", 400, 1, 7);
            life.flush("a"); // from here on it is durable in the chain
            life.engine().deleteSet("s");
            resize(life, MIB);
            resize(life, 2 * MIB);
            assertThat(life.read("a", 400)).isZero();
        });
        for (SimImage left : List.of(image.killed(), image.cutKeepingNone(), image.cutKeepingAll())) {
            Life.next(SEED, left, life -> {
                assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(2 * MIB);
                assertThat(life.read("a", 400)).isZero();
                life.settle();
                assertThat(life.read("a", 400)).isZero();
            });
        }
    }

    // ---- origins that were changed

    private static SimImage changed(SimImage image) {
        SimWorld world = new SimWorld(SEED, image);
        world.storage().damage(Life.origin("a"), 512, sector(1).array());
        return world.storage().image();
    }

    @Test
    void suspectCopiesAreNeitherRevertedToNorComparedNorCheckedUntilTheChangeIsAccepted() {
        SimImage stopped = Life.first(SEED, life -> {
            life.volume("a", MIB);
            life.set("s", "a");
            life.write("a", 0, 1, 2);
            life.set("t", "a");
            life.engine().bookmarkCopy("a@t");
            life.engine().close();
        });
        Life.next(SEED, changed(stopped), life -> {
            String why = "the origin of volume a was changed while nobody served it";
            Engine engine = life.engine();
            refused(Kind.WRONG_STATE, why, () -> engine.revert("a@s", false));
            refused(Kind.WRONG_STATE, why, () -> engine.planRevert("a@s"));
            refused(Kind.WRONG_STATE, why, () -> engine.diff(new DiffRequest("a@s", "", 0)));
            refused(Kind.WRONG_STATE, why, () -> engine.diff(new DiffRequest("a@t", "", 0)));
            refused(Kind.WRONG_STATE, why, () -> engine.verify("a@s", 0));
            refused(Kind.WRONG_STATE, why, () -> engine.createOverlay("a@s"));
            engine.acceptChanged("a");
            assertThat(engine.diff(new DiffRequest("a@t", "", 0)).extents()).isEmpty();
            assertThat(engine.verify("a@s", 0).damaged()).isEmpty();
            engine.createOverlay("a@s");
            assertThat(engine.planRevert("a@s").pieces()).isEqualTo(1);
        });
    }

    @Test
    void aChangeIsNoticedForBookmarksAlone() {
        SimImage stopped = Life.first(SEED, life -> {
            life.volume("a", MIB);
            life.set("s", "a");
            life.engine().bookmarkCopy("a@s");
            life.engine().close();
        });
        Life.next(SEED, changed(stopped), life -> {
            assertThat(life.engine().volume("a").originChange()).startsWith("hash of the first and last MiB");
            refused(
                    Kind.WRONG_STATE,
                    "was changed while nobody served it",
                    () -> life.engine().diff(new DiffRequest("a@s", "", 0)));
        });
    }
}
