/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.FullScenarios;
import dev.gnomon.mutants.Life;
import dev.gnomon.observe.EventId;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of first overwrites, and of copies, when the diff area is full. */
class WhenFullTests {
    private static final long SEED = 11;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theOldestCopiesGoOneByOneToldBeforeAndTheOthersStayWhole(long seed) {
        FullScenarios.dropping(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void spaceOfDeletedCopiesIsGivenBackBeforeAnyIsDropped(long seed) {
        FullScenarios.deletedBefore(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void heldWritesGoOnWithRoomOrFailInTimeAndWhatWasAcknowledgedSettles(long seed) {
        FullScenarios.holding(seed);
    }

    @Test
    void readersOfADroppedCopyGetAnError() {
        Life.on(new SimWorld(SEED), Life.SMALL, WhenFull.DROP_OLDEST, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.set("s", "a");
            ShadowCopy copy = life.copy("a@s");
            life.engine().resizeDiffArea(life.engine().diffArea().leastBytes());
            for (int piece = 0; piece < 200; piece++) {
                assertThat(life.write("a", piece, 1, 2)).isEqualTo(IoStatus.OK);
            }
            assertThat(life.engine().copies()).isEmpty();
            assertThat(copy.read(0, ByteBuffer.allocate(Life.PIECE))).isEqualTo(IoStatus.GONE);
            assertThat(life.told().of(EventId.COPY_DROPPED)).hasSize(1);
            assertThat(life.told().of(EventId.COPY_DROPPED).getFirst().message())
                    .contains("DIFF_AREA_FULL", "bytes count towards its limit of");
            life.settle();
            assertThat(life.engine().volume("a").unsettledBytes()).isZero();
        });
    }

    @Test
    void aVolumeDropsOnlyItsOwnCopies() {
        Life.on(new SimWorld(SEED), Life.SMALL, WhenFull.DROP_OLDEST, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.write("b", 0, 2, 1);
            life.set("s", "a", "b");
            life.engine().resizeDiffArea(life.engine().diffArea().leastBytes());
            for (int piece = 0; piece < 200; piece++) {
                assertThat(life.write("a", piece, 1, 2)).isEqualTo(IoStatus.OK);
            }
            assertThat(life.engine().copies()).extracting(CopyInfo::exportName).containsExactly("b@s");
            life.write("b", 0, 1, 2);
            life.settle();
            life.expectCopy("b@s", 0, 1);
        });
    }

    @Test
    void withRefuseNoNewSetIsTakenWhenTheDiffAreaIsNearlyFull() {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.set("s", "a");
            life.engine().resizeDiffArea(life.engine().diffArea().leastBytes());
            assertThat(DiffAreaTests.fill(life)).isEqualTo(IoStatus.NO_SPACE);
            assertThatThrownBy(() -> life.set("t", "a"))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.DIFF_AREA_FULL))
                    .hasMessageContaining("no new shadow copy of volume a: its diff area is nearly full");
            life.engine().setProperties("a", Map.of("when-full", "hold"));
            life.set("t", "a");
        });
    }

    @Test
    void propertiesSurviveAPowerCutAndACheckpoint() {
        SimImage cut = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            assertThat(life.engine().volume("a").properties())
                    .isEqualTo(Map.of(
                            "when-full", "refuse", "hold-seconds", "30", "write-through", "off", "diff-limit", "none"));
            life.engine().setProperties("a", Map.of("when-full", "hold", "hold-seconds", "7"));
        });
        SimImage stopped = Life.next(SEED, cut.cutKeepingNone(), life -> {
            assertThat(life.engine().volume("a").properties())
                    .isEqualTo(Map.of(
                            "when-full", "hold", "hold-seconds", "7", "write-through", "off", "diff-limit", "none"));
            life.engine().setProperties("a", Map.of("hold-seconds", ""));
            life.engine().close();
        });
        Life.next(
                SEED,
                stopped,
                life -> assertThat(life.engine().volume("a").properties())
                        .isEqualTo(Map.of(
                                "when-full",
                                "hold",
                                "hold-seconds",
                                "30",
                                "write-through",
                                "off",
                                "diff-limit",
                                "none")));
    }

    @ParameterizedTest
    @CsvSource({
        "when-full, never, expected one of drop-oldest",
        "hold-seconds, 0, expected 1 to 3600",
        "hold-seconds, 3601, expected 1 to 3600",
        "hold-seconds, soon, expected 1 to 3600",
        "diff-limit, 1048575, 'expected bytes, 1048576 or more'",
        "diff-limit, 1G, 'expected bytes, 1048576 or more'",
        "color, red, expected one of [hold-seconds"
    })
    void otherPropertiesAndValuesAreRefusedAndNothingIsChanged(String key, String value, String allowed) {
        Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            assertThatThrownBy(() -> life.engine().setProperties("a", Map.of(key, value)))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.INVALID))
                    .hasMessageContaining(allowed);
            assertThat(life.engine().volume("a").properties().get("when-full")).isEqualTo("refuse");
        });
    }
}
