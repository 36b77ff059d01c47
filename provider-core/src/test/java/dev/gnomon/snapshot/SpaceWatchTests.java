/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.mutants.Life;
import dev.gnomon.observe.EventId;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is told of a diff area that fills, and when it is said to be full. */
class SpaceWatchTests {
    private static final long SEED = 1;

    @Test
    void aThresholdThatWasToldCountsUntilTheFillIsWellBelowIt() {
        assertThat(SpaceWatch.passed(74, 0)).isZero();
        assertThat(SpaceWatch.passed(75, 0)).isEqualTo(75);
        assertThat(SpaceWatch.passed(90, 0)).isEqualTo(90);
        assertThat(SpaceWatch.passed(71, 75)).isEqualTo(75);
        assertThat(SpaceWatch.passed(70, 75)).isZero();
        assertThat(SpaceWatch.passed(86, 90)).isEqualTo(90);
        assertThat(SpaceWatch.passed(85, 90)).isEqualTo(75);
        assertThat(SpaceWatch.passed(85, 75)).isEqualTo(75);
        assertThat(SpaceWatch.passed(0, 90)).isZero();
    }

    @Test
    void thresholdsAreToldOnceWithAnEstimateAndAgainAfterItEmptied() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.set("s", "a");
            life.engine().resizeDiffArea(life.engine().diffArea().leastBytes() + (1 << 20));
            assertThat(life.engine().diffArea().fillPercent()).isLessThan(30);
            assertThat(fill(life, 2)).isEqualTo(IoStatus.OK);
            assertThat(life.told().of(EventId.DIFF_AREA_FILLING)).hasSize(2);
            assertThat(life.told().of(EventId.DIFF_AREA_FILLING).getFirst().message())
                    .matches("the diff area is full to (7[5-9]|8\\d) %, \\d+ bytes are left;"
                            + " at this rate it is full in \\d+ s");
            DiffAreaInfo full = life.engine().diffArea();
            assertThat(full.fillPercent()).isGreaterThan(89);
            assertThat(full.bytesPerSecond()).isBetween(1_000L, 20_000L);
            assertThat(full.secondsToFull()).isEqualTo(full.leftBytes() / full.bytesPerSecond() + 1);
            life.engine().deleteSet("s");
            life.sleep(20_000 * Life.MILLISECOND);
            assertThat(life.engine().diffArea().fillPercent()).isLessThan(50);
            life.set("t", "a");
            assertThat(fill(life, 3)).isEqualTo(IoStatus.OK);
            assertThat(life.told().of(EventId.DIFF_AREA_FILLING)).hasSize(4);
        });
    }

    /** Writes a piece a second until the diff area is nine tenths full. */
    private static IoStatus fill(Life life, int version) {
        IoStatus status = IoStatus.OK;
        for (int piece = 0; piece < 200 && life.engine().diffArea().fillPercent() < 91; piece++) {
            status = status == IoStatus.OK ? life.write("a", piece, 1, version) : status;
            life.sleep(1100 * Life.MILLISECOND);
        }
        return status;
    }

    @Test
    void whatTheFileSystemHasLeftCountsWithoutALimit() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.set("s", "a");
            life.write("a", 0, 100, 2);
            life.sleep(10_000 * Life.MILLISECOND);
            long used = life.engine().stats().logUsedBytes();
            life.world().storage().usable(used);
            DiffAreaInfo half = life.engine().diffArea();
            assertThat(half.leftBytes()).isBetween(used, 2 * used);
            assertThat(half.fillPercent()).isBetween(33, 50);
            assertThat(half.bytesPerSecond()).isPositive();
            life.world().storage().usable(0);
            assertThat(life.engine().diffArea().fillPercent()).isGreaterThan(half.fillPercent());
        });
    }

    @Test
    void theCountOfSegmentsIsThatOfTheirFilesWhateverBecameOfThem() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            for (int round = 1; round <= 6; round++) {
                life.set("s" + round, "a");
                life.write("a", 0, 200, round);
                if (round > 2) {
                    life.engine().deleteSet("s" + (round - 2));
                }
                life.sleep(20_000 * Life.MILLISECOND);
                assertThat(life.engine().diffArea().segmentBytes())
                        .isEqualTo(segmentFileBytes(life)
                                - life.engine().diffArea().punchedBytes());
            }
        });
    }

    private static long segmentFileBytes(Life life) throws IOException {
        Storage storage = life.world().storage();
        long bytes = 0;
        for (String name : storage.list(Life.STORE)) {
            if (name.startsWith("segment-")) {
                try (StorageFile file = storage.open(Life.STORE.resolve(name), Storage.Mode.READ_ONLY)) {
                    bytes += file.sizeBytes();
                }
            }
        }
        return bytes;
    }
}
