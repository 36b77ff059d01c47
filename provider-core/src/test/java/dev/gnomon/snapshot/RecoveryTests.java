/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.snapshot.VolumeInfo.State;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a start must keep of what an earlier process knew, wrote or lost. */
class RecoveryTests {
    private static final long SEED = 1;

    /** Within a set whose forces are held up. */
    private static final long AFTER_THE_CUT = 400 * Life.MILLISECOND;

    private static final Fault FORCE_FAILS = new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0);

    // ---- small segments

    @Test
    void aStoreOfSmallSegmentsReopenedWithTheUsualConfigurationKeepsEveryRecord() {
        SimImage small = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 256, 1);
            life.set("s", "a");
        });
        SimImage reopened = Life.on(new SimWorld(SEED, small.killed()), StoreConfig.standard(Life.STORE), life -> {
            assertThat(life.write("a", 0, 256, 2)).isEqualTo(IoStatus.OK);
            life.set("t", "a");
            assertThat(life.write("a", 0, 40, 3)).isEqualTo(IoStatus.OK);
        });
        Life.next(SEED, reopened.cutKeepingNone(), life -> {
            assertThat(life.state("a")).isEqualTo(State.ONLINE);
            for (int piece = 0; piece < 256; piece++) {
                life.expectCopy("a@s", piece, 1);
                life.expectCopy("a@t", piece, 2);
            }
        });
    }

    @Test
    void anEntryLongerThanASegmentTakesIsRefusedAndTheStoreGoesOn() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            Map<String, String> attributes = new TreeMap<>();
            for (int i = 0; i < 32; i++) {
                attributes.put("key" + i, "\u00e4".repeat(1000));
            }
            assertThatThrownBy(() -> life.engine().createSet(new SetRequest(List.of("a"), "long", attributes)))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID))
                    .hasMessageContaining("catalog entry longer than 32640 bytes");
            life.set("short", "a");
            assertThat(life.state("a")).isEqualTo(State.ONLINE);
        });
    }

    // ---- a cut whose fate nobody knows

    /** The record of set t is on the device, though its force failed; a first touch is not settled yet when the set is refused. */
    @Test
    void aCutIsPreservedForWhenTheForceOfItsRecordFails() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 8, 1);
            life.set("s", "a");
            life.write("a", 0, 2, 2); // from now on preserved for s
            life.settle();
            life.write("a", 0, 2, 2); // straight, so that the set has an origin to force
            holdForcesAroundTheCut(life, "a");
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.READ).file("a").then(new Fault.Stall(5000 * Life.MILLISECOND)));
            life.world()
                    .storage()
                    .inject(FaultRule.when(Life::isLogForce).then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 100)));
            IoStatus[] statuses = new IoStatus[2];
            life.start(() -> {
                life.sleep(AFTER_THE_CUT);
                statuses[0] = life.write("a", 5, 1, 3); // to settle it reads old bytes for a long time
            });
            life.start(() -> {
                life.sleep(AFTER_THE_CUT + Life.MILLISECOND);
                statuses[1] = life.write("a", 0, 1, 3); // waits behind to be settled
            });
            assertThatThrownBy(() -> life.set("t", "a")).isInstanceOf(EngineException.class);
            assertThat(statuses).as("acknowledged from the staging chain").containsOnly(IoStatus.OK);
            life.sleep(10_000 * Life.MILLISECOND);
            assertThat(life.write("a", 0, 1, 4)).isEqualTo(IoStatus.IO_ERROR);
        });
        Life.next(SEED, image.cutKeepingAll(), life -> {
            assertThat(life.engine().copies()).hasSize(2);
            life.expectCopy("a@t", 0, 2);
            life.expectCopy("a@s", 0, 1);
        });
    }

    /**
     * Makes the next set take 600 ms: its first force of the origin, before the cut, takes half of it. A write meanwhile
     * makes a second one necessary, after the cut.
     */
    private static void holdForcesAroundTheCut(Life life, String volume) {
        life.world()
                .storage()
                .inject(FaultRule.on(IoKind.FORCE).file(volume).times(2).then(new Fault.Stall(300 * Life.MILLISECOND)));
        life.start(() -> {
            life.sleep(100 * Life.MILLISECOND);
            life.write(volume, 1, 1, 2);
        });
    }

    // ---- gaps in a damaged log

    @Test
    void aCopyWhoseRecordLiesJustBeforeAGapIsNotServed() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2); // its batch is lost
            life.settle();
            life.write("a", 1, 1, 3);
            life.settle();
        });
        Life.next(SEED, withoutBatchOf(image, 1), life -> {
            assertThat(life.state("a")).isEqualTo(State.FAILED);
            assertNotServed(life, "a@s");
        });
    }

    /** The record of r is the last before the gap and nothing before the gap claims it; t was cut, but not recorded yet. */
    @Test
    void copiesOnBothSidesOfAGapAreNotServedAndLaterOnesAre() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.write("a", 0, 2, 4);
            life.set("r", "a");
            holdForcesAroundTheCut(life, "b");
            life.start(() -> {
                life.sleep(AFTER_THE_CUT);
                life.write("a", 0, 1, 5); // preserves 4 for r and t; its batch is lost
            });
            life.set("t", "a", "b");
            life.set("u", "a");
            life.write("a", 0, 1, 6);
        });
        Life.next(SEED, withoutBatchOf(image, 4), life -> {
            assertThat(life.state("a")).isEqualTo(State.FAILED);
            assertNotServed(life, "a@r");
            assertNotServed(life, "a@t");
            life.expectCopy("a@u", 0, 5);
        });
    }

    private static void assertNotServed(Life life, String copy) throws Exception {
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(Life.PIECE);
        assertThat(life.copy(copy).read(0, bytes)).as(copy).isEqualTo(IoStatus.IO_ERROR);
        assertThat(life.copy(copy).allocation(0, Life.PIECE, (length, hole) -> true))
                .as("allocation of " + copy)
                .isEqualTo(IoStatus.IO_ERROR);
    }

    /** Returns the image with the head of the batch damaged whose payload is the first piece filled with a number. */
    private static SimImage withoutBatchOf(SimImage image, long number) {
        SimImage still = image.cutKeepingNone();
        int payload = Life.find(Life.bytes(still, Life.SEGMENT), number);
        assertThat(payload).isPositive();
        return Life.flipped(still, Life.SEGMENT, (payload - 1000) * 8L);
    }

    // ---- segments

    @Test
    void aLastSegmentWithADamagedHeaderIsDamageEvenWithoutTheSuperblockThatCountsIt() {
        SimImage image =
                Life.first(SEED, life -> life.volume("a", Life.MIN_BYTES)).cutKeepingNone();
        assertThat(image.describe()).contains(segment(0) + ":").doesNotContain(segment(1) + ":");
        SimImage headerGone = Life.flipped(image, Life.SEGMENT, 70 * 8);
        assertRefused(headerGone, Life.SEGMENT + " at offset 0: checksum of the segment header");
        SimImage bothGone = Life.flipped(headerGone, Life.SUPERBLOCK, newestSlot(headerGone) + 70 * 8);
        assertRefused(bothGone, Life.SEGMENT + " at offset 0: checksum of the segment header");
    }

    private static Path segment(int number) {
        return Life.STORE.resolve(String.format(Locale.ROOT, "segment-%08d", number));
    }

    /** Returns where the newest superblock begins, in bits. */
    private static long newestSlot(SimImage image) {
        byte[] slots = Life.bytes(image, Life.SUPERBLOCK);
        return slots[56] > slots[(64 << 10) + 56] ? 0 : (64 << 10) * 8L;
    }

    private static void assertRefused(SimImage image, String why) {
        assertThatThrownBy(() -> Life.next(SEED, image, life -> {}))
                .isInstanceOf(Life.Wrong.class)
                .hasMessageContaining(why);
    }

    /** Taken as they are, the next one would overwrite the newest, and a power cut then bring an older one back. */
    @Test
    void superblocksInEachOthersPlacesAreRefused() {
        SimImage image = Life.first(SEED, Life::prepareCopy).cutKeepingNone();
        byte[] slots = Life.bytes(image, Life.SUPERBLOCK);
        SimWorld world = new SimWorld(SEED, image);
        world.storage().damage(Life.SUPERBLOCK, 0, Arrays.copyOfRange(slots, 64 << 10, (64 << 10) + 4096));
        world.storage().damage(Life.SUPERBLOCK, 64 << 10, Arrays.copyOf(slots, 4096));
        assertRefused(world.storage().image(), "place of the superblock");
    }

    @Test
    void everySegmentThatWasInUseIsMissed() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 256, 1);
            life.set("s", "a");
            life.write("a", 0, 256, 2);
            life.set("t", "a");
        });
        int count = 0;
        while (image.describe().contains(segment(count) + ":")) {
            count++;
        }
        assertThat(count).isGreaterThan(8);
        SimImage rest = image.cutKeepingNone();
        while (count-- > 0) {
            rest = without(rest, segment(count));
            assertRefused(rest, "segment of the log: expected a file, found none");
        }
    }

    private static SimImage without(SimImage image, Path file) {
        SimWorld world = new SimWorld(SEED, image);
        world.run(() -> {
            try {
                world.storage().delete(file);
                world.storage().syncDirectory(Life.STORE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return world.storage().image();
    }

    @Test
    void aFullDiskBeforeTheFirstSegmentIsARefusalThatLeavesNothing() {
        SimWorld world = new SimWorld(SEED);
        FaultRule full = world.storage()
                .inject(FaultRule.when(RecoveryTests::growsLog).always().then(new Fault.NoSpace()));
        Life.on(world, Life.SMALL, life -> {
            assertKind(Kind.DIFF_AREA_FULL, () -> life.volume("a", Life.MIN_BYTES));
            assertThat(world.storage().exists(Life.origin("a"))).isFalse();
            world.storage().clear(full);
            life.volume("a", Life.MIN_BYTES);
            assertThat(life.state("a")).isEqualTo(State.ONLINE);
            assertThat(life.write("a", 0, 1, 1)).isEqualTo(IoStatus.OK);
        });
    }

    private static boolean growsLog(IoEvent event) {
        return event.kind() == IoKind.ALLOCATE && event.path().startsWith(Life.STORE);
    }

    private interface Operation {
        void run() throws Exception;
    }

    private static void assertKind(Kind kind, Operation operation) {
        assertThatThrownBy(operation::run)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void aVolumeThatCannotBeRemovedForLackOfRoomStaysOnline() {
        SimImage image = Life.on(new SimWorld(SEED), Life.SMALL, WhenFull.DROP_OLDEST, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            FaultRule full = life.world()
                    .storage()
                    .inject(FaultRule.when(RecoveryTests::growsLog).always().then(new Fault.NoSpace()));
            assertKind(Kind.DIFF_AREA_FULL, () -> {
                for (int i = 0; i < 100; i++) {
                    life.set("s" + i, "a");
                }
            });
            assertKind(Kind.DIFF_AREA_FULL, () -> life.engine().removeVolume("b"));
            assertThat(life.state("b")).isEqualTo(State.ONLINE);
            assertThat(life.write("b", 0, 1, 1)).isEqualTo(IoStatus.OK);
            assertThat(life.flush("b")).isEqualTo(IoStatus.OK);
            life.world().storage().clear(full);
            life.engine().removeVolume("b");
        });
        Life.next(
                SEED,
                image.cutKeepingNone(),
                life -> assertThat(life.engine().volumes())
                        .extracting(VolumeInfo::name)
                        .containsExactly("a"));
    }

    // ---- failed forces

    @Test
    void aFailedForceOfAnOriginAtTheStartIsRememberedAtTheNext() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.write("a", 0, 1, 1);
        });
        SimWorld failing = new SimWorld(SEED, image.killed());
        failing.storage().inject(FaultRule.on(IoKind.FORCE).file("a").then(FORCE_FAILS));
        SimImage after = Life.on(failing, Life.SMALL, life -> {
            assertThat(life.state("a")).isEqualTo(State.FAILED);
            assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.IO_ERROR);
            assertThat(life.state("b")).isEqualTo(State.ONLINE);
        });
        Life.next(SEED, after.killed(), life -> {
            assertThat(life.state("a")).isEqualTo(State.FAILED);
            assertThat(life.engine().volume("a").stateReason()).contains("forcing the origin /volumes/a at the start");
            life.engine().clearFailure("a");
            assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.OK);
        });
    }

    @Test
    void aVolumeThatCannotBeForcedWhenItIsCreatedLeavesNoFile() {
        Life.first(SEED, life -> {
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.FORCE).file("a").skip(1).then(FORCE_FAILS));
            assertKind(Kind.FAILED, () -> life.volume("a", Life.MIN_BYTES));
            assertThat(life.world().storage().exists(Life.origin("a"))).isFalse();
            life.volume("a", Life.MIN_BYTES);
            assertThat(life.state("a")).isEqualTo(State.ONLINE);
        });
    }

    @Test
    void aFailedForceOfTheLogIsRememberedWhateverHappensToOneSuperblock() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            life.world().storage().inject(FaultRule.when(Life::isLogForce).then(FORCE_FAILS));
            assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.OK); // acknowledged from the staging chain
            life.settle();
            assertThat(life.write("a", 1, 1, 2)).isEqualTo(IoStatus.IO_ERROR);
        });
        SimImage cut = image.cutKeepingNone();
        SimImage rotten = Life.flipped(cut, Life.SUPERBLOCK, newestSlot(cut) + 60 * 8);
        Life.next(SEED, rotten, life -> assertThat(life.state("a")).isEqualTo(State.FAILED));
    }
}
