/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a scrub finds in the files of overlays, while they are written to, compacted and dropped. Copy a@s holds ones. */
class OverlayScrubTests {
    private static final long SEED = 12;
    private static final long SECOND = 1000 * Life.MILLISECOND;
    private static final int PIECE = Life.PIECE;
    private static final String FIRST = "overlay-00000001";
    private static final String SECOND_FILE = "overlay-00000002";
    private static final Path FIRST_PATH = Life.STORE.resolve(FIRST);

    private static void write(Life life, String copy, int piece, int count, long number) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(count * PIECE);
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        Overlay overlay = Objects.requireNonNull(
                life.engine().overlay(life.engine().copy(copy).id()), copy);
        assertThat(life.await(done -> overlay.write(piece * (long) PIECE, bytes.flip(), false, done)))
                .isEqualTo(IoStatus.OK);
    }

    private static void flush(Life life, String copy) throws Exception {
        Overlay overlay = Objects.requireNonNull(
                life.engine().overlay(life.engine().copy(copy).id()), copy);
        assertThat(life.await(overlay::flush)).isEqualTo(IoStatus.OK);
    }

    private static void overlay(Life life) throws Exception {
        life.prepareCopy();
        life.engine().createOverlay("a@s");
    }

    private static int place(Life life, long number) {
        int at = Life.find(Life.bytes(life.world().storage().image(), FIRST_PATH), number);
        assertThat(at).as("place of %d", number).isNotNegative();
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

    private static boolean reads(IoEvent event, String file) {
        return event.phase() == IoEvent.Phase.BEFORE
                && event.kind() == IoKind.READ_AROUND
                && event.task().equals("gnomon-scrub")
                && event.isFile(file);
    }

    private static void holdScrubAt(Life life, String file) {
        life.world()
                .storage()
                .inject(FaultRule.when(event -> reads(event, file)).then(new Fault.Stall(20 * SECOND)));
    }

    @Test
    void whatWasFlushedIsComparedWhole() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 3, 7);
            write(life, "a@s", 2, 1, 8);
            flush(life, "a@s");
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isZero();
            assertThat(scrub.totalBytes()).isEqualTo(3 * PIECE);
            assertThat(scrub.checkedBytes()).isEqualTo(3 * PIECE);
        });
    }

    @Test
    void aFlippedBitIsFoundAndNamed() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 1, 7);
            flush(life, "a@s");
            int at = place(life, 7);
            life.world().storage().flipBit(FIRST_PATH, at * 8L + 3);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst())
                    .startsWith(FIRST + " at offset " + at + ": piece 1 of the overlay of a@s: checksum: expected ");
        });
    }

    @Test
    void whatWasWrittenOverIsNotTold() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 1, 7);
            write(life, "a@s", 1, 1, 8);
            flush(life, "a@s");
            life.world().storage().flipBit(FIRST_PATH, place(life, 7) * 8L);
            assertThat(scrubbed(life).damaged()).isZero();
        });
    }

    @Test
    void whatWasNotFlushedIsNotAccused() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 1, 7);
            flush(life, "a@s");
            write(life, "a@s", 2, 1, 8);
            assertThat(scrubbed(life).damaged()).isZero();
        });
    }

    @Test
    void whatAFailedFlushLostIsNotAccusedOnceMore() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 1, 7);
            flush(life, "a@s");
            write(life, "a@s", 2, 1, 8);
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.FORCE)
                            .file(FIRST)
                            .then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
            Overlay overlay = Objects.requireNonNull(
                    life.engine().overlay(life.engine().copy("a@s").id()));
            assertThat(life.await(overlay::flush)).isEqualTo(IoStatus.IO_ERROR);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isZero();
            assertThat(scrub.checkedBytes()).isEqualTo(PIECE);
        });
    }

    @Test
    void aDamagedHeadIsFoundBeforeTheNextStartNeedsIt() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 1, 7);
            flush(life, "a@s");
            life.world().storage().flipBit(FIRST_PATH, (PIECE + 64) * 8L);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst())
                    .contains(FIRST, "batch 1, known to have been durable", "the overlay of a@s", "drop it");
        });
    }

    @Test
    void aReadThatFailsOnceIsNoDamageAndOneThatAlwaysFailsIs() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 1, 7);
            flush(life, "a@s");
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> reads(event, FIRST)).then(new Fault.IoError()));
            ScrubInfo once = scrubbed(life);
            assertThat(once.damaged()).isZero();
            assertThat(once.checkedBytes()).isEqualTo(PIECE);
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> reads(event, FIRST))
                            .always()
                            .then(new Fault.IoError()));
            ScrubInfo always = scrubbed(life);
            assertThat(always.damaged()).isEqualTo(1);
            assertThat(always.places().getFirst()).startsWith(FIRST + ": cannot be read: ");
        });
    }

    @Test
    void aSealedOverlayIsComparedAfterARestart() {
        SimImage stopped = Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 2, 7);
            life.engine().sealOverlay("a@s");
            life.engine().close();
        });
        Life.next(SEED, stopped, life -> {
            life.world().storage().flipBit(FIRST_PATH, place(life, 7) * 8L);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.checkedBytes()).isEqualTo(2 * PIECE);
        });
    }

    @Test
    void anOverlayThatCannotBeShownIsTold() {
        SimImage stopped = Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 1, 2, 7);
            life.engine().close();
        });
        Life.next(SEED, Life.flipped(stopped, FIRST_PATH, (PIECE + 64) * 8L), life -> {
            assertThat(life.engine().copy("a@s").overlay().state()).isEqualTo(OverlayInfo.State.UNAVAILABLE);
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst()).contains(FIRST, "the overlay of a@s");
        });
        SimImage without =
                Life.next(SEED, stopped, life -> life.world().storage().delete(FIRST_PATH));
        Life.next(SEED, without.cutKeepingAll(), life -> {
            ScrubInfo scrub = scrubbed(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst()).startsWith(FIRST + ": cannot be opened: ");
        });
    }

    @Test
    void aScrubGoesOnBehindTheOverlaysThatItHasCompared() {
        SimImage stopped = Life.first(SEED, life -> {
            overlay(life);
            life.set("t", "a");
            life.engine().createOverlay("a@t");
            write(life, "a@s", 0, 2, 7);
            write(life, "a@t", 0, 4, 8);
            life.engine().close();
        });
        SimImage killed = Life.next(SEED, stopped, life -> {
            holdScrubAt(life, FIRST); // so that it is time to write down where it is
            life.dieAt(event -> reads(event, SECOND_FILE));
            life.engine().startScrub();
            life.sleep(60 * SECOND);
        });
        Life.next(SEED, killed.cutKeepingNone(), life -> {
            ScrubInfo scrub = awaitEnd(life);
            assertThat(scrub.damaged()).isZero();
            assertThat(scrub.totalBytes()).isEqualTo(6 * PIECE);
            assertThat(scrub.checkedBytes()).isEqualTo(6 * PIECE); // those of the first overlay not twice
        });
    }

    @Test
    void afterACompactionTheNewFileIsCompared() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 0, 2, 7);
            flush(life, "a@s");
            holdScrubAt(life, FIRST);
            life.engine().startScrub();
            life.sleep(SECOND);
            long largest = 0;
            for (int i = 0; i < 40; i++) {
                write(life, "a@s", 10, 2, 8 + i);
                largest = Math.max(largest, life.engine().copy("a@s").overlay().bytes());
            }
            life.sleep(10 * SECOND);
            assertThat(life.engine().copy("a@s").overlay().bytes())
                    .as("bytes of the compacted file")
                    .isLessThan(largest / 2);
            assertThat(life.engine().scrub().state()).isEqualTo(ScrubInfo.State.RUNNING);
            life.world().storage().flipBit(FIRST_PATH, place(life, 7) * 8L);
            ScrubInfo scrub = awaitEnd(life);
            assertThat(scrub.damaged()).isEqualTo(1);
            assertThat(scrub.places().getFirst()).contains("piece 0 of the overlay of a@s");
        });
    }

    @Test
    void anOverlayThatIsDroppedWhileItIsReadIsNotAccused() {
        Life.first(SEED, life -> {
            overlay(life);
            write(life, "a@s", 0, 2, 7);
            flush(life, "a@s");
            holdScrubAt(life, FIRST);
            life.engine().startScrub();
            life.sleep(SECOND);
            life.engine().dropOverlay("a@s");
            assertThat(life.world().storage().exists(FIRST_PATH)).isFalse();
            assertThat(awaitEnd(life).places()).isEmpty();
        });
    }
}
