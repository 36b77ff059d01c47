/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import org.junit.jupiter.api.Test;

/** The space of the diff area: its limit, what is held back, what is counted. */
class DiffAreaTests {
    private static final long SEED = 5;

    /** Enough first overwrites to fill the smallest diff area. */
    private static final int MANY = 120;

    @Test
    void theLimitSurvivesAPowerCutAndACheckpoint() {
        SimImage cut = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.engine().resizeDiffArea(1L << 30);
        });
        SimImage stopped = Life.next(SEED, cut.cutKeepingNone(), life -> {
            assertThat(life.engine().diffArea().limitBytes()).isEqualTo(1L << 30);
            life.engine().close();
        });
        SimImage without = Life.next(SEED, stopped, life -> {
            assertThat(life.engine().diffArea().limitBytes()).isEqualTo(1L << 30);
            life.engine().resizeDiffArea(0);
            life.engine().close();
        });
        Life.next(
                SEED,
                without,
                life -> assertThat(life.engine().diffArea().limitBytes()).isZero());
    }

    @Test
    void aLimitBelowWhatTheDiffAreaNeedsIsRefusedWithBothNumbers() {
        Life.first(SEED, life -> {
            long least = life.engine().diffArea().leastBytes();
            assertThatThrownBy(() -> life.engine().resizeDiffArea(least - 1))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.REFUSED))
                    .hasMessageContaining("limit of the diff area: " + (least - 1) + " bytes; allowed is " + least);
            assertThat(life.engine().diffArea().limitBytes()).isZero();
            assertThat(life.engine().resizeDiffArea(least).limitBytes()).isEqualTo(least);
        });
    }

    @Test
    void atItsLimitTheDiffAreaRefusesFirstOverwritesAndGivesSpaceBackAfterADelete() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.set("s", "a");
            long limit = life.engine().diffArea().leastBytes();
            life.engine().resizeDiffArea(limit);
            assertThat(fill(life)).isEqualTo(IoStatus.NO_SPACE);
            assertThat(life.engine().diffArea().allocatedBytes()).isLessThanOrEqualTo(limit);
            life.engine().deleteSet("s");
            life.sleep(20_000 * Life.MILLISECOND);
            assertThat(life.engine().diffArea().liveBytes()).isZero();
            life.set("t", "a");
            assertThat(life.write("a", 0, 1, 7)).isEqualTo(IoStatus.OK);
            life.settle();
            life.expectCopy("a@t", 0, 1);
            assertThat(life.engine().diffArea().allocatedBytes()).isLessThanOrEqualTo(limit);
        });
    }

    @Test
    void aLargerLimitLetsFirstOverwritesGoOn() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.set("s", "a");
            long limit = life.engine().diffArea().leastBytes();
            life.engine().resizeDiffArea(limit);
            assertThat(fill(life)).isEqualTo(IoStatus.NO_SPACE);
            life.engine().resizeDiffArea(limit + (1L << 20));
            life.sleep(2000 * Life.MILLISECOND);
            assertThat(life.write("a", MANY, 1, 1)).isEqualTo(IoStatus.OK);
        });
    }

    /** Overwrites pieces for the first time until one is refused, and returns how the last ended. */
    static IoStatus fill(Life life) {
        IoStatus status = IoStatus.OK;
        for (int piece = 0; piece < MANY && status == IoStatus.OK; piece++) {
            status = life.write("a", piece, 1, 1);
        }
        return status;
    }

    @Test
    void aMergeThatFindsNoSpaceIsMadeInTheReserve() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            life.set("t", "a");
            life.write("a", 0, 20, 2);
            life.settle();
            assertThat(life.engine().diffArea().heldBackBytes()).isGreaterThan(64 << 10);
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> event.kind() == IoKind.WRITE
                                    && String.valueOf(event.path().getFileName())
                                            .startsWith("run-"))
                            .then(new Fault.NoSpace()));
            life.engine().deleteSet("s");
            life.engine().deleteSet("t");
            life.sleep(1000 * Life.MILLISECOND); // less than the pause after an attempt that found no space
            assertThat(life.engine().diffArea().liveBytes()).isZero();
        });
    }

    @Test
    void aSegmentThatCouldNotBePreparedAheadIsTriedAgainWhenItIsNeeded() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            life.settle();
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.ALLOCATE)
                            .file("segment-00000002")
                            .then(new Fault.IoError()));
            for (int piece = 0; piece < 40; piece++) {
                assertThat(life.write("a", piece, 1, 3)).as("piece %d", piece).isEqualTo(IoStatus.OK);
            }
            life.settle();
            assertThat(life.engine().volume("a").state()).isEqualTo(VolumeInfo.State.ONLINE);
            assertThat(life.engine().volume("a").unsettledBytes()).isZero();
            life.expectCopy("a@s", 0, 1);
        });
    }

    @Test
    void whatIsShownAddsUp() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            life.write("a", 0, 10, 2);
            life.settle();
            DiffAreaInfo area = life.engine().diffArea();
            assertThat(area.liveBytes()).isEqualTo(2 * Life.PIECE); // the other pieces were holes
            assertThat(area.liveBytes() + area.deadBytes()).isEqualTo(area.usedBytes());
            assertThat(area.usedBytes() + area.freeBytes()).isEqualTo(area.segmentBytes());
            assertThat(area.volumes()).hasSize(1);
            assertThat(area.volumes().getFirst().preservedBytes()).isEqualTo(area.liveBytes());
        });
    }
}
