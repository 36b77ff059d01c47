/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A scrub finds what rots, names it, comes to its end whatever happens meanwhile, and accuses nobody wrongly. */
class ScrubTests {
    private static final long SEED = 11;
    private static final long SECOND = 1000 * Life.MILLISECOND;

    private static boolean isScrub(IoEvent event) {
        return event.phase() == IoEvent.Phase.BEFORE
                && event.kind() == IoKind.READ_AROUND
                && event.task().equals("gnomon-scrub");
    }

    /** Old bytes of two pieces of volume a in the log, two kinds of them, and none left to settle. */
    private static void preserve(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.write("a", 0, 1, 1);
        life.write("a", 1, 1, 5);
        life.set("s", "a");
        life.write("a", 0, 2, 2);
        life.settle();
    }

    /** Flips a bit of the piece in a file that is full of a number; returns where in the file it is. */
    private static int rot(Life life, Path file, long number) {
        int at = Life.find(Life.bytes(life.world().storage().image(), file), number);
        assertThat(at).as("place of %d in %s", number, file).isNotNegative();
        life.world().storage().flipBit(file, at * 8L + 3);
        return at;
    }

    private static ScrubInfo scrubbed(Life life) throws EngineException {
        life.engine().startScrub();
        return awaitEnd(life);
    }

    private static ScrubInfo awaitEnd(Life life) {
        for (int i = 0; i < 600 && life.engine().scrub().state() == ScrubInfo.State.RUNNING; i++) {
            life.sleep(SECOND);
        }
        ScrubInfo scrub = life.engine().scrub();
        assertThat(scrub.state()).isEqualTo(ScrubInfo.State.DONE);
        return scrub;
    }

    @Test
    void aStoreWithoutDamageIsComparedWhole() {
        Life.first(SEED, life -> {
            assertThat(life.engine().scrub().state()).isEqualTo(ScrubInfo.State.NEVER);
            preserve(life);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isZero();
            assertThat(scrub.totalBytes()).isEqualTo(2 * Life.PIECE);
            assertThat(scrub.checkedBytes()).isEqualTo(2 * Life.PIECE);
        });
    }

    @Test
    void aFlippedBitInTheLogIsFoundAndNamed() {
        Life.first(SEED, life -> {
            preserve(life);
            int at = rot(life, Life.SEGMENT, 5);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst())
                    .startsWith("segment-00000000 at offset " + at + ": old bytes of piece 1 of volume a: checksum: ")
                    .endsWith("; shadow copies concerned: a@s");
        });
    }

    @Test
    void damageBehindACheckpointIsFoundThroughTheRuns() {
        SimImage stopped = Life.first(SEED, life -> {
            preserve(life);
            life.engine().close();
        });
        Life.next(SEED, stopped, life -> {
            rot(life, Life.SEGMENT, 1);
            rot(life, Life.SEGMENT, 5);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(2);
            assertThat(scrub.places()).allMatch(place -> place.contains("segment-00000000"));
        });
    }

    @Test
    void aFlippedBitInARunIsFound() {
        SimImage stopped = Life.first(SEED, life -> {
            preserve(life);
            life.engine().close();
        });
        Life.next(SEED, stopped, life -> {
            life.world().storage().flipBit(Life.STORE.resolve("run-00000001"), (4096 + 64) * 8L);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst())
                    .contains("run-00000001", "a part of the index of volume a", "from piece 0 on");
        });
    }

    @Test
    void aFlippedBitInTheCheckpointIsFound() {
        SimImage stopped = Life.first(SEED, life -> {
            preserve(life);
            life.engine().close();
        });
        Life.next(SEED, stopped, life -> {
            life.world().storage().flipBit(Life.STORE.resolve("checkpoint-00000001"), 200 * 8L);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst()).contains("checkpoint-00000001");
        });
    }

    @Test
    void aPlaceThatCannotBeReadIsTold() {
        Life.first(SEED, life -> {
            preserve(life);
            life.world().storage().inject(FaultRule.when(ScrubTests::isScrub).then(new Fault.IoError()));
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isZero(); // the second read, after the index was asked again, was right
        });
        Life.first(SEED, life -> {
            preserve(life);
            life.world()
                    .storage()
                    .inject(FaultRule.when(ScrubTests::isScrub).always().then(new Fault.IoError()));
            life.engine().startScrub();
            ScrubInfo scrub = awaitEnd(life);
            assertThat(scrub.places()).anyMatch(place -> place.contains("piece 1 of volume a: cannot be read"));
        });
    }

    @Test
    void whatNoCopyReadsAnyMoreIsNotTold() {
        Life.first(SEED, life -> {
            preserve(life);
            rot(life, Life.SEGMENT, 5);
            life.world().storage().inject(FaultRule.when(ScrubTests::isScrub).then(new Fault.Stall(5 * SECOND)));
            life.engine().startScrub();
            life.sleep(SECOND);
            life.engine().deleteSet("s");
            assertThat(awaitEnd(life).damaged()).isZero();
        });
    }

    @Test
    void aScrubGoesOnAfterARestartAndFromWhereItWas() {
        SimImage stopped = Life.first(SEED, life -> {
            preserve(life);
            life.volume("b", Life.MIN_BYTES);
            life.write("b", 0, 1, 7);
            life.set("t", "b");
            life.write("b", 0, 1, 8);
            life.settle();
            life.engine().close(); // so that everything is in a run
        });
        AtomicInteger reads = new AtomicInteger();
        SimImage killed = Life.next(SEED, stopped, life -> {
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> isScrub(event) && Life.isLog(event))
                            .then(new Fault.Stall(15 * SECOND)));
            life.dieAt(event -> isScrub(event) && Life.isLog(event) && reads.incrementAndGet() == 3);
            life.engine().startScrub();
            life.sleep(60 * SECOND);
        });
        assertThat(reads).hasValue(3);
        Life.next(SEED, killed.cutKeepingNone(), life -> {
            ScrubInfo scrub = awaitEnd(life);
            assertThat(scrub.totalBytes()).isEqualTo(3 * Life.PIECE);
            assertThat(scrub.checkedBytes()).isEqualTo(3 * Life.PIECE); // those of volume a not twice
            assertThat(scrub.damaged()).isZero();
        });
    }

    @Test
    void aScrubThatWasStoppedStaysSoAfterARestart() {
        SimImage cut = Life.first(SEED, life -> {
            preserve(life);
            life.world().storage().inject(FaultRule.when(ScrubTests::isScrub).then(new Fault.Stall(15 * SECOND)));
            life.engine().startScrub();
            assertThatThrownBy(() -> life.engine().startScrub())
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.WRONG_STATE));
            life.sleep(SECOND);
            assertThat(life.engine().stopScrub().state()).isEqualTo(ScrubInfo.State.STOPPED);
            assertThatThrownBy(() -> life.engine().stopScrub()).hasMessage("no scrub is going on");
        });
        Life.next(SEED, cut.cutKeepingNone(), life -> {
            life.sleep(60 * SECOND);
            assertThat(life.engine().scrub().state()).isEqualTo(ScrubInfo.State.STOPPED);
            assertThat(scrubbed(life).damaged()).isZero(); // another may begin
        });
    }

    @Test
    void aSegmentThatIsGivenUpWhileItIsReadIsNotAccused() {
        Life.first(SEED, life -> {
            Path dead = Life.STORE.resolve("segment-00000006"); // of copies that are deleted below
            life.world().storage().usable(0); // so that it is not kept for the log to go on in
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 250, 1);
            life.set("kept", "a");
            for (int piece = 0; piece < 40; piece += 10) {
                life.write("a", piece, 1, 2);
                life.set("gone" + piece, "a");
                life.write("a", 100, 40, 3);
            }
            life.settle();
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> isScrub(event)
                                    && event.isFile(dead.getFileName().toString()))
                            .then(new Fault.Stall(60 * SECOND)));
            life.engine().startScrub();
            life.sleep(SECOND);
            for (int piece = 0; piece < 40; piece += 10) {
                life.engine().deleteSet("gone" + piece);
                life.sleep(2 * SECOND);
            }
            assertThat(life.engine().scrub().state()).isEqualTo(ScrubInfo.State.RUNNING);
            assertThat(life.world().storage().exists(dead)).isFalse();
            ScrubInfo scrub = awaitEnd(life);
            assertThat(scrub.places()).isEmpty();
            assertThat(scrub.damaged()).isZero();
            life.expectCopy("a@kept", 0, 1);
        });
    }

    @Test
    void unsettledNewDataIsComparedToo() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> event.kind() == IoKind.FORCE && Life.isLog(event))
                            .then(new Fault.Stall(60 * SECOND))); // so that it stays unsettled
            life.write("a", 0, 1, 9);
            life.sleep(SECOND);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.totalBytes()).isGreaterThanOrEqualTo(Life.PIECE);
            assertThat(scrub.checkedBytes()).isGreaterThanOrEqualTo(Life.PIECE);
            assertThat(scrub.damaged()).isZero();
        });
    }
}
