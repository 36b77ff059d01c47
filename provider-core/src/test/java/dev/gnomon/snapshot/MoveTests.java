/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Storage;
import dev.gnomon.mutants.Life;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.StoreChecker;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The move of segments to another directory, while they are in use and across crashes. */
class MoveTests {
    private static final long SEED = 1;
    private static final Path OTHER = Path.of("/mnt/other/gnomon");
    private static final Path THIRD = Path.of("/mnt/third");
    private static final long SECOND = 1000 * Life.MILLISECOND;

    /** Two copies over several segments: piece n of a@s is 1 and of a@t is 2, and then all are 3. */
    private static void fill(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.write("a", 0, 100, 1);
        life.set("s", "a");
        life.write("a", 0, 60, 2);
        life.settle();
        life.set("t", "a");
        life.write("a", 0, 40, 3);
        life.settle();
    }

    private static void expectCopies(Life life) throws Exception {
        for (int piece = 0; piece < 100; piece++) {
            life.expectCopy("a@s", piece, 1);
            life.expectCopy("a@t", piece, piece < 60 ? 2 : 1);
        }
    }

    private static List<String> segments(Life life, Path directory) throws IOException {
        Storage storage = life.world().storage();
        return storage.exists(directory)
                ? storage.list(directory).stream()
                        .filter(name -> name.startsWith("segment-"))
                        .toList()
                : List.of();
    }

    private static DiffAreaInfo await(Life life) {
        for (int seconds = 0; seconds < 60 && isMoving(life); seconds++) {
            life.sleep(SECOND);
        }
        return life.engine().diffArea();
    }

    private static boolean isMoving(Life life) {
        return !life.engine().diffArea().movingTo().isEmpty();
    }

    @Test
    void aPlanCountsWhatAMoveWouldCopyAndChangesNothing() {
        Life.first(SEED, life -> {
            fill(life);
            int count = segments(life, Life.STORE).size();
            MovePlanInfo plan = life.engine().planMove(OTHER);
            assertThat(plan.directory()).isEqualTo(Life.STORE.toString());
            assertThat(plan.segments()).isEqualTo(count);
            assertThat(plan.bytes()).isEqualTo(count * (long) Life.SEGMENT_BYTES);
            assertThat(plan.neededBytes()).isEqualTo((count + 1L) * Life.SEGMENT_BYTES);
            assertThat(plan.fits()).isTrue();
            assertThat(life.world().storage().exists(OTHER)).isFalse();
            assertThat(isMoving(life)).isFalse();
            life.world().storage().usable(plan.neededBytes() - 1);
            assertThat(life.engine().planMove(OTHER).fits()).isFalse();
            assertThatThrownBy(() -> life.engine().moveDiffArea(OTHER)).hasMessageContaining("no space in ");
            life.world().storage().usable(Long.MAX_VALUE);
            for (Path refused : List.of(Life.STORE, Life.origin("a"))) {
                assertThatThrownBy(() -> life.engine().planMove(refused)).isInstanceOf(EngineException.class);
            }
        });
    }

    @Test
    void aPlanToMoveBackCountsWhatHasCome() {
        Life.on(new SimWorld(SEED), Life.SLOW, life -> {
            fill(life);
            life.engine().moveDiffArea(OTHER);
            for (int i = 0; i < 60 && life.engine().diffArea().movedBytes() < 2 * Life.SEGMENT_BYTES; i++) {
                life.sleep(SECOND);
            }
            MovePlanInfo back = life.engine().planMove(Life.STORE);
            assertThat(back.directory()).isEqualTo(OTHER.toString());
            assertThat(back.segments()).isGreaterThanOrEqualTo(2);
            assertThat(back.neededBytes()).isEqualTo(back.bytes());
            assertThatThrownBy(() -> life.engine().planMove(THIRD)).hasMessageContaining("are being moved from");
        });
    }

    @Test
    void segmentsAreMovedWhileTheyAreWrittenToAndBack() {
        SimImage cut = Life.first(SEED, life -> {
            fill(life);
            int count = segments(life, Life.STORE).size();
            assertThat(count).isGreaterThan(5);
            DiffAreaInfo begun = life.engine().moveDiffArea(OTHER);
            assertThat(begun.movingTo()).isEqualTo(OTHER.toString());
            assertThat(begun.segmentDirectory()).isEqualTo(Life.STORE.toString());
            assertThat(begun.toMoveBytes()).isEqualTo(count * (long) Life.SEGMENT_BYTES);
            for (int piece = 60; piece < 100; piece++) {
                assertThat(life.write("a", piece, 1, 4)).isEqualTo(IoStatus.OK);
                life.expectCopy("a@s", piece, 1);
            }
            DiffAreaInfo done = await(life);
            assertThat(done.segmentDirectory()).isEqualTo(OTHER.toString());
            assertThat(done.movingTo()).isEmpty();
            assertThat(done.movedBytes()).isGreaterThan(5L * Life.SEGMENT_BYTES);
            assertThat(segments(life, Life.STORE)).isEmpty();
            assertThat(life.world().storage().exists(Life.STORE.resolve("segments-elsewhere")))
                    .isTrue();
            assertThat(life.told().of(EventId.DIFF_AREA_MOVED)).hasSize(1);
            assertThat(done.segmentBytes()).isEqualTo(segments(life, OTHER).size() * (long) Life.SEGMENT_BYTES);
            expectCopies(life);
            life.settle();
        });
        Life.next(SEED, cut.cutKeepingNone(), life -> {
            expectCopies(life);
            assertThat(isMoving(life)).isFalse();
            life.engine().moveDiffArea(Life.STORE);
            assertThat(await(life).segmentDirectory()).isEqualTo(Life.STORE.toString());
            assertThat(segments(life, OTHER)).isEmpty();
            assertThat(life.world().storage().exists(Life.STORE.resolve("segments-elsewhere")))
                    .isFalse();
            expectCopies(life);
        });
    }

    @Test
    void aMoveThatIsKilledAtAnyPointGoesOnWithAllCopies() {
        SimImage filled = Life.first(SEED, life -> {
            fill(life);
            life.engine().close();
        });
        int points = 0;
        boolean ended = false;
        for (int stopAt = 1; !ended; stopAt += 4) {
            int[] seen = {stopAt};
            boolean[] over = new boolean[1];
            SimImage killed = Life.next(SEED, filled, life -> {
                life.dieAt(io -> String.valueOf(io.path()).startsWith("/mnt") && --seen[0] == 0);
                life.engine().moveDiffArea(OTHER);
                await(life);
                over[0] = true;
            });
            ended = over[0];
            points++;
            for (SimImage left : List.of(killed.killed(), killed.cutKeepingNone())) {
                assertThat(findings(left)).isEmpty();
                Life.next(SEED, left, life -> {
                    expectCopies(life);
                    assertThat(life.write("a", 60, 20, 5)).isEqualTo(IoStatus.OK);
                    await(life);
                    Path found = Path.of(life.engine().diffArea().segmentDirectory());
                    assertThat(segments(life, found.equals(OTHER) ? Life.STORE : OTHER))
                            .isEmpty();
                    expectCopies(life);
                });
            }
        }
        assertThat(points).isGreaterThan(30);
    }

    private static List<StoreChecker.Finding> findings(SimImage image) {
        SimWorld world = new SimWorld(SEED, image);
        StoreChecker.Report[] report = new StoreChecker.Report[1];
        world.run(() -> {
            try {
                report[0] = new StoreChecker(world.storage(), world.clock(), world.scheduler(), Life.STORE).check();
            } catch (StoreException e) {
                throw new IllegalStateException(e);
            }
        });
        return report[0].findings();
    }

    @Test
    void aMoveCanBeTakenBack() {
        Life.on(new SimWorld(SEED), Life.SLOW, life -> {
            fill(life);
            life.engine().moveDiffArea(OTHER);
            while (segments(life, OTHER).size() < 3) {
                life.sleep(SECOND);
            }
            assertThatThrownBy(() -> life.engine().moveDiffArea(THIRD))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.WRONG_STATE))
                    .hasMessageContaining("are being moved from /srv/store to /mnt/other/gnomon");
            assertThat(life.engine().moveDiffArea(Life.STORE).movingTo()).isEqualTo(Life.STORE.toString());
            life.write("a", 70, 10, 6);
            while (isMoving(life)) {
                life.sleep(SECOND);
            }
            assertThat(segments(life, OTHER)).isEmpty();
            expectCopies(life);
        });
    }

    @Test
    void whereSegmentsCannotGoIsRefusedWithTheReason() {
        Life.first(SEED, life -> {
            fill(life);
            Storage storage = life.world().storage();
            refused(life, Life.STORE, "segments are in /srv/store already");
            refused(life, Path.of("other"), "allowed is an absolute path");
            storage.createDirectories(THIRD);
            storage.open(THIRD.resolve("a"), Storage.Mode.CREATE_NEW).close();
            storage.open(THIRD.resolve("b"), Storage.Mode.CREATE_NEW).close();
            refused(life, THIRD, "directory /mnt/third is not empty: expected a new or empty one, found a and 1 more");
            life.world().storage().usable(4096);
            refused(life, OTHER, "no space in /mnt/other/gnomon: expected at least ");
            life.world().storage().usable(Long.MAX_VALUE);
            life.world().storage().device(OTHER, Life.origin("a") + "1");
            refused(life, OTHER, "is on /volumes/a1, the origin of volume a");
            life.world().storage().device(OTHER, "/dev/nbd7");
            refused(life, OTHER, "an NBD device, which may be a volume of this service");
            assertThat(segments(life, OTHER)).isEmpty();
            life.world().storage().device(OTHER, "/dev/sda1");
            life.engine().moveDiffArea(OTHER);
            assertThat(await(life).segmentDirectory()).isEqualTo(OTHER.toString());
        });
    }

    private static void refused(Life life, Path directory, String reason) {
        assertThatThrownBy(() -> life.engine().moveDiffArea(directory))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.REFUSED))
                .hasMessageContaining(reason);
    }

    @Test
    void aMoveThatFindsNoSpaceWaitsAndGoesOn() {
        Life.first(SEED, life -> {
            fill(life);
            FaultRule full = life.world()
                    .storage()
                    .inject(FaultRule.when(io ->
                                    io.kind() == IoKind.ALLOCATE && io.path().startsWith(OTHER))
                            .always()
                            .then(new Fault.NoSpace()));
            life.engine().moveDiffArea(OTHER);
            life.sleep(2 * SECOND);
            assertThat(life.engine().diffArea().moveWaiting()).contains("space");
            assertThat(life.told().of(EventId.DIFF_AREA_MOVE_WAITS)).hasSize(1);
            assertThat(segments(life, OTHER)).isEmpty();
            expectCopies(life);
            life.world().storage().clear(full);
            assertThat(await(life).segmentDirectory()).isEqualTo(OTHER.toString());
            expectCopies(life);
        });
    }

    @Test
    void aCopyThatIsNotWhatWasWrittenIsNotTaken() {
        Life.first(SEED, life -> {
            fill(life);
            FaultRule lost = life.world()
                    .storage()
                    .inject(FaultRule.when(
                                    io -> io.kind() == IoKind.WRITE && io.path().startsWith(OTHER))
                            .then(new Fault.LoseWrite()));
            life.engine().moveDiffArea(OTHER);
            life.sleep(2 * SECOND);
            assertThat(life.engine().diffArea().moveWaiting()).contains("read back others");
            life.world().storage().clear(lost);
            assertThat(await(life).segmentDirectory()).isEqualTo(OTHER.toString());
            expectCopies(life);
        });
    }

    @Test
    void aStoreWhoseSuperblockIsLostIsNotMadeAnewBesideItsSegments() {
        SimImage moved = Life.first(SEED, life -> {
            fill(life);
            life.engine().moveDiffArea(OTHER);
            await(life);
            life.engine().close();
        });
        SimImage lost = Life.flipped(Life.flipped(moved, Life.SUPERBLOCK, 8), Life.SUPERBLOCK, (64 << 13) + 8);
        assertThatThrownBy(() -> Life.next(SEED, lost, life -> {})).hasMessageContaining("superblock");
    }

    @Test
    void bothSuperblocksNameTheDirectoryOfTheSegments() {
        SimImage moved = Life.first(SEED, life -> {
            fill(life);
            life.engine().moveDiffArea(OTHER);
            await(life);
        });
        for (long slot = 0; slot < 2; slot++) {
            SimImage half = Life.flipped(moved.cutKeepingNone(), Life.SUPERBLOCK, ((slot * 64) << 13) + 8);
            Life.next(SEED, half, MoveTests::expectCopies);
        }
    }
}
