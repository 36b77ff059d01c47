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
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Reverting a volume to one of its copies. */
class RevertTests {
    private static final long SEED = 1;
    private static final int PIECES = 256;
    private static final long SECOND = 1000 * Life.MILLISECOND;

    // ---- what is read

    @Test
    void theVolumeReadsAsTheCopyAtOnceAndItsOriginHoldsItInTheEnd() {
        SimImage image = slowly(life -> {
            copyAndOverwrite(life);
            RevertProgress begun = life.engine().revert("a@s", false);
            assertThat(begun.pieces()).as("pieces that differ").isEqualTo(100);
            assertThat(begun.copy()).isEqualTo("a@s");
            expectReverted(life);
            awaitDone(life);
            expectReverted(life);
        });
        byte[] origin = Life.bytes(image, Life.origin("a"));
        for (int piece = 0; piece < PIECES; piece++) {
            assertThat(ByteBuffer.wrap(origin).getLong(piece * Life.PIECE)).isEqualTo(piece < 200 ? 1 : 0);
        }
    }

    @Test
    void copiesNewerThanTheSourceStayWhole() {
        slowly(life -> {
            copyAndOverwrite(life);
            life.set("t", "a");
            life.write("a", 90, 20, 3);
            life.engine().revert("a@s", false);
            expectReverted(life);
            awaitDone(life);
            for (int piece = 0; piece < PIECES; piece++) {
                life.expectCopy("a@s", piece, piece < 200 ? 1 : 0);
                life.expectCopy("a@t", piece, before(piece));
            }
            life.set("u", "a");
            life.write("a", 0, 256, 9);
            life.settle();
            for (int piece = 0; piece < PIECES; piece++) {
                life.expectCopy("a@u", piece, piece < 200 ? 1 : 0);
            }
        });
    }

    @Test
    void onlyPiecesThatDifferAreWritten() {
        slowly(life -> {
            copyAndOverwrite(life);
            life.settle();
            long[] bytes = new long[1];
            life.world().storage().listen(io -> {
                if (io.path().equals(Life.origin("a")) && io.kind() == IoKind.WRITE) {
                    bytes[0]++;
                }
            });
            RevertProgress plan = life.engine().planRevert("a@s");
            assertThat(plan.pieces()).isEqualTo(100);
            assertThat(life.read("a", 60)).as("a plan changes nothing").isEqualTo(2);
            life.engine().revert("a@s", false);
            awaitDone(life);
            assertThat(bytes[0]).as("writes to the origin").isBetween(1L, 200L);
        });
    }

    @Test
    void aRevertToACopyThatIsTheSameIsDoneAtOnce() {
        slowly(life -> {
            life.prepareCopy();
            assertThat(life.engine().revert("a@s", false).pieces()).isZero();
            awaitDone(life);
            life.set("t", "a");
        });
    }

    // ---- writes meanwhile

    @Test
    void whatAClientWritesMeanwhileStaysAndTheRestOfItsPieceIsTheCopys() {
        SimImage image = slowly(life -> {
            copyAndOverwrite(life);
            life.engine().revert("a@s", false);
            assertThat(life.write("a", 140, 1, 5)).isEqualTo(IoStatus.OK);
            ByteBuffer sector = ByteBuffer.allocate(512);
            while (sector.hasRemaining()) {
                sector.putLong(6);
            }
            assertThat(life.write("a", 145L * Life.PIECE + 512, sector.flip())).isEqualTo(IoStatus.OK);
            expectMixed(life);
            awaitDone(life);
            assertThat(life.read("a", 140)).isEqualTo(5);
            expectMixed(life);
        });
        Life.on(new SimWorld(SEED, image.cutKeepingNone()), Life.SLOW, life -> {
            assertThat(life.read("a", 149)).isEqualTo(1);
            expectMixed(life);
        });
    }

    private static void expectMixed(Life life) {
        ByteBuffer piece = ByteBuffer.allocate(Life.PIECE);
        assertThat(life.live("a").read(145L * Life.PIECE, piece)).isEqualTo(IoStatus.OK);
        for (int at = 0; at < Life.PIECE; at += 8) {
            assertThat(piece.getLong(at)).as("at " + at).isEqualTo(at >= 512 && at < 1024 ? 6 : 1);
        }
    }

    // ---- crashes

    @Test
    void aRevertThatWasAcknowledgedSurvivesAPowerCut() {
        SimImage image = slowly(life -> {
            copyAndOverwrite(life);
            life.engine().revert("a@s", false);
        });
        Life.on(new SimWorld(SEED, image.cutKeepingNone()), Life.SLOW, life -> {
            assertThat(life.engine().reverts()).hasSize(1);
            expectReverted(life);
            awaitDone(life);
            expectReverted(life);
            life.set("t", "a");
        });
    }

    /** Client writes that were settled before the crash must not be written over afterwards, whatever was checkpointed. */
    @Test
    void whatIsDoneStaysDoneThroughCheckpointsSweepsAndCrashes() {
        SimImage image = slowly(life -> {
            copyAndOverwrite(life);
            life.set("t", "a");
            life.write("a", 0, 256, 3);
            life.set("u", "a");
            life.write("a", 30, 40, 4);
            life.engine().revert("a@s", false);
            life.write("a", 149, 1, 7);
            life.write("a", 20, 1, 7);
            life.write("a", 35, 1, 7);
            life.settle();
            life.engine().deleteCopy("a@u"); // a sweep: what nobody reads goes
            life.settle();
            life.engine().deleteCopy("a@t");
            life.settle();
            assertThat(life.engine().reverts()).as("still going on").hasSize(1);
        });
        for (int times = 0; times < 3; times++) {
            image = Life.on(new SimWorld(SEED + times, image.cutKeepingNone()), Life.SLOW, life -> {
                long done = life.engine().reverts().getFirst().piecesDone();
                assertThat(done).as("pieces that are known to be done").isGreaterThan(10);
                for (int piece : new int[] {149, 20, 35}) {
                    assertThat(life.read("a", piece)).as("piece " + piece).isEqualTo(7);
                }
                assertThat(life.read("a", 148)).isEqualTo(1);
                life.sleep(SECOND);
            });
        }
        Life.on(new SimWorld(SEED, image.killed()), Life.SLOW, life -> {
            awaitDone(life);
            for (int piece = 0; piece < PIECES; piece++) {
                long expected = piece == 149 || piece == 20 || piece == 35 ? 7 : piece < 200 ? 1 : 0;
                assertThat(life.read("a", piece)).as("piece " + piece).isEqualTo(expected);
                life.expectCopy("a@s", piece, piece < 200 ? 1 : 0);
            }
        });
    }

    @Test
    void aCleanStopInTheMiddleGoesOnAfterwards() {
        SimImage image = slowly(life -> {
            copyAndOverwrite(life);
            life.engine().revert("a@s", false);
            life.sleep(3 * SECOND);
            life.engine().close();
        });
        Life.on(new SimWorld(SEED, image), Life.SLOW, life -> {
            assertThat(life.engine().volume("a").stateReason())
                    .startsWith("being reverted to a@s: ")
                    .endsWith(" of 100 pieces are done");
            expectReverted(life);
            awaitDone(life);
            expectReverted(life);
        });
    }

    // ---- what is refused

    @Test
    void untilItIsDoneThereIsNoNewCopyNoSecondRevertAndTheSourceStays() {
        slowly(life -> {
            copyAndOverwrite(life);
            life.set("t", "a");
            life.volume("b", Life.MIN_BYTES);
            life.engine().revert("a@s", false);
            refused(Kind.WRONG_STATE, "takes no shadow copy", () -> life.set("u", "a"));
            refused(
                    Kind.WRONG_STATE,
                    "being reverted to a@s",
                    () -> life.engine().revert("a@t", false));
            refused(Kind.REFUSED, "being reverted to a@s", () -> life.engine().deleteCopy("a@s"));
            refused(Kind.REFUSED, "being reverted to a@s", () -> life.engine().deleteSet("s"));
            life.set("other", "b");
            life.engine().deleteCopy("a@t");
            awaitDone(life);
            life.set("u", "a");
            life.engine().deleteCopy("a@s");
        });
    }

    @Test
    void aClientKeepsItFromBeginningUnlessForcedAndIsCutOffThen() {
        slowly(life -> {
            copyAndOverwrite(life);
            VolumeClient client = life.live("a").connect();
            refused(Kind.REFUSED, "1 clients connected", () -> life.engine().revert("a@s", false));
            assertThat(life.read("a", 60)).as("nothing happened").isEqualTo(2);
            life.engine().revert("a@s", true);
            assertThat(client.isCutOff()).isTrue();
            assertThat(life.engine().volume("a").clients()).isZero();
            IoStatus late =
                    life.await(done -> life.live("a").write(client, 0, ByteBuffer.allocate(Life.PIECE), false, done));
            assertThat(late).isEqualTo(IoStatus.GONE);
            assertThat(life.read("a", 0)).isEqualTo(1);
            client.disconnect();
            assertThat(life.engine().volume("a").clients()).isZero();
        });
    }

    /** A write that was let in before the cut is waited for; what came of it belongs to what is reverted. */
    @Test
    void aWriteInFlightIsFinishedBeforeAndOneThatComesMeanwhileAfterwards() {
        slowly(life -> {
            copyAndOverwrite(life);
            life.settle();
            life.world().storage().inject(FaultRule.on(IoKind.WRITE).file("a").then(new Fault.Stall(5 * SECOND)));
            IoStatus[] statuses = new IoStatus[2];
            life.start(() -> statuses[0] = life.write("a", 60, 1, 8)); // straight, and held up
            life.start(() -> {
                life.sleep(SECOND);
                statuses[1] = life.write("a", 61, 1, 8);
            });
            life.sleep(100 * Life.MILLISECOND);
            life.engine().revert("a@s", false);
            assertThat(statuses[0]).isEqualTo(IoStatus.OK);
            life.sleep(SECOND);
            assertThat(statuses[1]).isEqualTo(IoStatus.OK);
            assertThat(life.read("a", 60)).isEqualTo(1);
            assertThat(life.read("a", 61)).isEqualTo(8);
            awaitDone(life);
            assertThat(life.read("a", 60)).isEqualTo(1);
            assertThat(life.read("a", 61)).isEqualTo(8);
        });
    }

    // ---- others

    @Test
    void aSetOfOtherVolumesIsNotHeldUp() {
        slowly(life -> {
            copyAndOverwrite(life);
            life.volume("b", Life.MIN_BYTES);
            life.engine().revert("a@s", false);
            for (int i = 0; i < 5; i++) {
                long begun = life.world().clock().nanoTime();
                life.set("b" + i, "b");
                assertThat(life.world().clock().nanoTime() - begun).isLessThan(SECOND);
            }
            awaitDone(life);
            expectReverted(life);
        });
    }

    @Test
    void itGoesOnWhenAnOriginThatRefusedTakesWritesAgain() {
        slowly(life -> {
            copyAndOverwrite(life);
            life.settle();
            life.engine().revert("a@s", false);
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.WRITE).file("a").times(10).then(new Fault.IoError()));
            life.sleep(5 * SECOND);
            assertThat(life.state("a")).isEqualTo(VolumeInfo.State.DEGRADED);
            expectReverted(life);
            awaitDone(life);
            expectReverted(life);
        });
    }

    // ---- helpers

    private static SimImage slowly(Life.Script script) {
        return Life.on(new SimWorld(SEED), Life.SLOW, script);
    }

    /** Volume a of 256 pieces: 200 of 1 in copy s, then 100 overwritten. */
    private static void copyAndOverwrite(Life life) throws Exception {
        life.volume("a", PIECES * (long) Life.PIECE);
        life.write("a", 0, 200, 1);
        life.set("s", "a");
        life.write("a", 50, 100, 2);
    }

    private static long before(int piece) {
        return piece >= 50 && piece < 150 ? 2 : piece < 200 ? 1 : 0;
    }

    private static void expectReverted(Life life) {
        for (int piece = 0; piece < PIECES; piece++) {
            assertThat(life.read("a", piece)).as("piece " + piece).isEqualTo(piece < 200 ? 1 : 0);
        }
    }

    private static void awaitDone(Life life) {
        for (int i = 0; i < 1000 && !life.engine().reverts().isEmpty(); i++) {
            life.sleep(SECOND);
        }
        assertThat(life.engine().reverts()).isEmpty();
    }

    private interface Attempt {
        void make() throws Exception;
    }

    private static void refused(Kind kind, String message, Attempt attempt) {
        assertThatThrownBy(attempt::make)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }
}
