/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpareSegmentsTests {
    private static final long SEED = 3;
    private static final long SECOND = 1_000_000_000L;
    private static final Path STORE = Path.of("/store");
    private static final long SEGMENT_BYTES = 1 << 20;
    private static final long PLENTY = 1L << 40;
    private static final int PIECES = 100;

    private final ManualClock clock = new ManualClock();
    private final SpareSegments spares = new SpareSegments(clock, SEGMENT_BYTES);

    private static Path segment(int number) {
        return STORE.resolve(Segments.name(number));
    }

    @Test
    void oneIsKeptAlwaysAndMoreIfTheLogTookMoreLately() {
        assertThat(spares.wantsMore(PLENTY)).isTrue();
        spares.add(segment(1));
        assertThat(spares.wantsMore(PLENTY)).isFalse();
        spares.took();
        assertThat(spares.wantsMore(PLENTY)).isFalse();
        spares.took();
        assertThat(spares.wantsMore(PLENTY)).isTrue();
        spares.add(segment(2));
        assertThat(spares.wantsMore(PLENTY)).isFalse();
        for (int i = 0; i < 2 * SpareSegments.MOST; i++) {
            spares.took();
        }
        for (int i = 2; i < SpareSegments.MOST; i++) {
            assertThat(spares.wantsMore(PLENTY)).isTrue();
            spares.add(segment(i + 1));
        }
        assertThat(spares.wantsMore(PLENTY)).isFalse();
    }

    @Test
    void moreThanOneIsNotKeptInAFileSystemThatIsNearlyFull() {
        spares.took();
        spares.took();
        assertThat(spares.wantsMore(0)).isTrue();
        spares.add(segment(1));
        assertThat(spares.wantsMore(8 * SEGMENT_BYTES - 1)).isFalse();
        assertThat(spares.wantsMore(8 * SEGMENT_BYTES)).isTrue();
    }

    @Test
    void whatNobodyCameForInTimeIsSurplus() {
        spares.took();
        clock.advance(Duration.ofNanos(SECOND));
        spares.took();
        clock.advance(Duration.ofNanos(SECOND));
        spares.took();
        spares.add(segment(1));
        spares.add(segment(2));
        assertThat(spares.takeSurplus()).isNull();
        // Of three that are remembered two are enough, so the second counts.
        assertThat(spares.surplusAfterNanos()).isEqualTo(SpareSegments.REMEMBERED_NANOS - SECOND);
        clock.advance(Duration.ofNanos(SpareSegments.REMEMBERED_NANOS - SECOND - 1));
        assertThat(spares.takeSurplus()).isNull();
        assertThat(spares.surplusAfterNanos()).isEqualTo(1);
        clock.advance(Duration.ofNanos(1));
        assertThat(spares.surplusAfterNanos()).isZero();
        assertThat(spares.takeSurplus()).isEqualTo(segment(2));
        assertThat(spares.surplusAfterNanos()).isEqualTo(Long.MAX_VALUE);
        clock.advance(Duration.ofNanos(SpareSegments.REMEMBERED_NANOS));
        assertThat(spares.takeSurplus()).isNull();
        assertThat(spares.count()).isEqualTo(1);
    }

    @Test
    void copiesOneAfterTheOtherAreKeptInSegmentsThatAreThereAndLaterTheirSpaceComesBack() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, PIECES, 1);
            long[] made = new long[1];
            life.world().storage().listen(event -> made[0] += isNewSegment(event) ? 1 : 0);
            for (int round = 0; round < 6; round++) {
                if (round == 3) {
                    made[0] = 0;
                }
                life.set("s" + round, "a");
                life.write("a", 0, PIECES, round + 2);
                life.settle();
                life.expectCopy("a@s" + round, PIECES - 1, round + 1);
                life.engine().deleteSet("s" + round);
                life.sleep(10 * SECOND);
            }
            assertThat(made[0]).as("segments made when there were enough").isZero();
            long kept = life.engine().stats().logAllocatedBytes();
            assertThat(kept).isGreaterThan(PIECES * 4096L);
            life.sleep(SpareSegments.REMEMBERED_NANOS + SECOND);
            assertThat(life.engine().stats().logAllocatedBytes()).isLessThan(kept - PIECES * 4096L / 2);
        });
    }

    private static boolean isNewSegment(IoEvent event) {
        return event.kind() == IoKind.CREATE
                && event.path().getFileName().toString().startsWith("segment-");
    }
}
