/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.export.EngineExports;
import dev.gnomon.export.Export;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.snapshot.VolumeInfo.State;
import dev.gnomon.store.StoreChecker;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Volumes that get another size, while clients write and copies exist, and what a crash leaves of that. */
class ResizeTests {
    private static final long SEED = 1;
    private static final long MIB = Life.MIN_BYTES;

    /** Not a multiple of a piece, so that the last piece is cut off by the end. */
    private static final long ODD = MIB + 512;

    private static final int LAST = 256;

    private static byte[] sector(int value) {
        byte[] bytes = new byte[512];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static IoStatus put(Life life, long offset, int value) {
        return life.write("a", offset, ByteBuffer.wrap(sector(value)));
    }

    private static byte[] get(Life.Source source, long offset, int length) {
        byte[] bytes = new byte[length];
        assertThat(source.read(offset, ByteBuffer.wrap(bytes))).isEqualTo(IoStatus.OK);
        return bytes;
    }

    private static void grow(Life life, long bytes) throws Exception {
        assertThat(life.engine().resizeVolume("a", bytes, Allocation.SPARSE).sizeBytes())
                .isEqualTo(bytes);
    }

    @Test
    void whatAVolumeGainsReadsAsZerosAndTakesWrites() {
        for (Allocation allocation : Allocation.values()) {
            SimImage image = Life.first(SEED, life -> {
                life.engine().createVolume("a", Life.origin("a"), ODD, Allocation.ALLOCATED);
                put(life, MIB, 1);
                assertThat(put(life, ODD, 2)).isEqualTo(IoStatus.INVALID);
                life.engine().resizeVolume("a", 3 * MIB, allocation);
                assertThat(get(life.live("a")::read, MIB, 512)).isEqualTo(sector(1));
                assertThat(get(life.live("a")::read, ODD, (int) (2 * MIB) - 512))
                        .containsOnly(0);
                assertThat(put(life, ODD, 2)).isEqualTo(IoStatus.OK);
                assertThat(put(life, 3 * MIB - 512, 3)).isEqualTo(IoStatus.OK);
                assertThat(put(life, 3 * MIB, 4)).isEqualTo(IoStatus.INVALID);
                assertThat(life.flush("a")).isEqualTo(IoStatus.OK);
            });
            Life.next(SEED, image.cutKeepingNone(), life -> {
                assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(3 * MIB);
                assertThat(get(life.live("a")::read, MIB, 1024))
                        .startsWith(sector(1))
                        .endsWith(sector(2));
                assertThat(get(life.live("a")::read, 3 * MIB - 1024, 1024)).endsWith(sector(3));
            });
        }
    }

    @Test
    void aClientKeepsTheSizeThatItWasToldUntilItConnectsAgain() {
        Life.first(SEED, life -> {
            life.volume("a", MIB);
            EngineExports exports = new EngineExports(life.engine());
            try (Export before = Objects.requireNonNull(exports.open("a"))) {
                grow(life, 2 * MIB);
                assertThat(before.sizeBytes()).isEqualTo(MIB);
                try (Export after = Objects.requireNonNull(exports.open("a"))) {
                    assertThat(after.sizeBytes()).isEqualTo(2 * MIB);
                }
            }
        });
    }

    @Test
    void copiesKeepTheSizeAndContentOfTheirCut() {
        SimImage image = Life.first(SEED, life -> {
            life.engine().createVolume("a", Life.origin("a"), ODD, Allocation.ALLOCATED);
            put(life, MIB, 1);
            life.set("s", "a");
            grow(life, ODD + 1024);
            put(life, ODD, 2); // the same piece, behind the end of the copy
            put(life, MIB, 3);
            life.set("t", "a");
            grow(life, 200 * MIB); // more than one page of the bitmap holds
            put(life, ODD, 4);
            put(life, 199 * MIB, 5);
            life.settle();
            put(life, 199 * MIB, 6);
            requireCopies(life);
            life.set("u", "a");
            put(life, 199 * MIB, 7);
        });
        SimImage stopped = Life.next(SEED, image.killed(), life -> {
            requireCopies(life);
            assertThat(get(life.copy("a@u")::read, 199 * MIB, 512)).isEqualTo(sector(6));
            assertThat(get(life.live("a")::read, 199 * MIB, 512)).isEqualTo(sector(7));
            life.engine().close();
        });
        requireHealthy(stopped);
        Life.next(SEED, stopped, ResizeTests::requireCopies);
    }

    private static void requireCopies(Life life) throws Exception {
        assertThat(life.engine().copy("a@s").sizeBytes()).isEqualTo(ODD);
        assertThat(life.copy("a@s").sizeBytes()).isEqualTo(ODD);
        assertThat(get(life.copy("a@s")::read, MIB, 512)).isEqualTo(sector(1));
        assertThat(life.copy("a@s").read(MIB, ByteBuffer.allocate(513))).isEqualTo(IoStatus.INVALID);
        assertThat(life.copy("a@t").sizeBytes()).isEqualTo(ODD + 1024);
        assertThat(get(life.copy("a@t")::read, MIB, 1536))
                .startsWith(sector(3))
                .contains(sector(2))
                .endsWith(sector(0));
    }

    private static void requireHealthy(SimImage image) {
        SimWorld world = new SimWorld(SEED, image);
        world.run(() -> {
            try {
                assertThat(new StoreChecker(world.storage(), world.clock(), world.scheduler(), Life.STORE)
                                .check()
                                .findings())
                        .isEmpty();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void shrinkingIsRefusedWithCopiesAndWithClients() {
        Life.first(SEED, life -> {
            life.volume("a", 3 * MIB);
            life.set("s", "a");
            refused(
                    () -> grow(life, 2 * MIB),
                    Kind.WRONG_STATE,
                    "volume a has 1 shadow copies and 0 bookmarks of up to 3145728 bytes and cannot shrink to 2097152; delete them first");
            life.engine().deleteSet("s");
            VolumeClient client = life.live("a").connect();
            refused(
                    () -> grow(life, 2 * MIB),
                    Kind.REFUSED,
                    "volume a has 1 clients connected and cannot shrink under them");
            client.disconnect();
            grow(life, 2 * MIB);
            assertThat(life.state("a")).isEqualTo(State.ONLINE);
            refused(() -> grow(life, MIB - 512), Kind.INVALID, "volume size 1048064 bytes: expected a multiple of 512");
            refused(
                    () -> grow(life, 2 * MIB + 1),
                    Kind.INVALID,
                    "volume size 2097153 bytes: expected a multiple of 512");
        });
    }

    private static void refused(ThrowingCallable resize, Kind kind, String message) {
        assertThatThrownBy(resize)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageStartingWith(message);
    }

    /** Old content behind the end must not come back, nor old records of it be taken for damage. */
    @Test
    void whatWasCutOffReadsAsZerosWhenTheVolumeGrowsAgain() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", 2 * MIB);
            life.set("s", "a");
            life.write("a", 400, 20, 1); // preserved: records of pieces behind the new end
            life.settle();
            life.write("a", 400, 20, 2);
            life.engine().deleteSet("s");
            grow(life, MIB);
        });
        SimImage grown = Life.next(SEED, image.cutKeepingNone(), life -> {
            assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(MIB);
            assertThat(life.live("a").read(MIB, ByteBuffer.allocate(1))).isEqualTo(IoStatus.INVALID);
            life.set("t", "a");
            grow(life, 2 * MIB);
            assertThat(life.read("a", 400)).isZero();
            life.set("u", "a");
            life.write("a", 400, 1, 3);
        });
        SimImage stopped = Life.next(SEED, grown.killed(), life -> {
            assertThat(life.read("a", 400)).isEqualTo(3);
            life.expectCopy("a@u", 400, 0);
            life.engine().close();
        });
        requireHealthy(stopped);
        Life.next(SEED, stopped, life -> life.expectCopy("a@u", 400, 0));
    }

    /** Power cuts at each I/O of a life in which a volume grows, shrinks and grows again. */
    @Test
    void aCrashAnywhereLeavesOneSizeOrTheOther() {
        List<SimImage> images = new ArrayList<>();
        Life.first(SEED, life -> {
            life.volume("a", MIB);
            life.write("a", 0, 1, 1);
            life.flush("a");
            life.world()
                    .storage()
                    .listen(event -> images.add(life.world().storage().image()));
            grow(life, 2 * MIB);
            life.write("a", 300, 3, 2);
            grow(life, MIB);
            grow(life, 2 * MIB + 512);
            life.world().storage().listen(null);
        });
        assertThat(images).hasSizeGreaterThan(15);
        List<Long> sizes = new ArrayList<>();
        for (SimImage image : images) {
            for (SimImage left : List.of(image.killed(), image.cutKeepingNone(), image.cutKeepingAll())) {
                Life.next(SEED, left, life -> {
                    assertThat(life.state("a")).isEqualTo(State.ONLINE);
                    assertThat(life.read("a", 0)).isEqualTo(1);
                    long size = life.engine().volume("a").sizeBytes();
                    sizes.add(size);
                    grow(life, 3 * MIB); // whatever is behind the end by now
                    if (size != 2 * MIB) {
                        assertThat(get(life.live("a")::read, MIB + 44 * Life.PIECE, 4 * Life.PIECE))
                                .as("where the volume of 2 MiB was written to, of one of %d bytes", size)
                                .containsOnly(0);
                    }
                });
            }
        }
        assertThat(sizes).contains(MIB, 2 * MIB).isSubsetOf(MIB, 2 * MIB, 2 * MIB + 512);
    }

    @Test
    void aVolumeWhoseOriginCannotGrowKeepsItsSize() {
        Life.first(SEED, life -> {
            life.volume("a", MIB);
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.ALLOCATE).file("a").then(new Fault.NoSpace()));
            refused(
                    () -> life.engine().resizeVolume("a", 2 * MIB, Allocation.ALLOCATED),
                    Kind.DIFF_AREA_FULL,
                    "extending volume a to 2097152 bytes in " + Life.origin("a") + ": no space on its file system");
            assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(MIB);
            try (StorageFile file = life.world().storage().open(Life.origin("a"), Storage.Mode.READ_ONLY)) {
                assertThat(file.sizeBytes()).isEqualTo(MIB);
            }
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.FORCE).file("a").then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
            refused(() -> grow(life, 2 * MIB), Kind.FAILED, "volume a could not be flushed: forcing the origin");
            assertThat(life.state("a")).as("a failed force is told (I7)").isEqualTo(State.FAILED);
            assertThat(life.engine().volume("a").sizeBytes()).isEqualTo(MIB);
            refused(() -> grow(life, 2 * MIB), Kind.WRONG_STATE, "volume a is FAILED");
            life.engine().clearFailure("a");
            grow(life, 2 * MIB);
            assertThat(life.read("a", LAST)).isZero();
        });
    }
}
