/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.testkit.SimWorld;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Few staged pieces wait for more to be settled with, unless somebody waits for them. In virtual time. */
class GatheredSettlingTests {
    private static final long SEED = 1;
    private static final long MICROSECOND = 1000;
    private static final int PIECES = 64;

    /** With batches that hold all that is settled together. */
    private static void live(Life.Script script) {
        Life.on(new SimWorld(SEED), new StoreConfig(Life.STORE, 16 << 10, 1 << 20, 256 << 10), script);
    }

    private static long preserved(Life life) {
        return life.engine().stats().preservedBytes() / 4096;
    }

    private static void prepare(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.write("a", 0, PIECES, 1);
        life.set("s", "a");
    }

    @Test
    void fewPiecesAreSettledTogetherAfterAWhile() {
        live(life -> {
            prepare(life);
            long batches = life.engine().stats().batches();
            for (int piece = 0; piece < 16; piece++) {
                assertThat(life.write("a", piece, 1, 2)).isEqualTo(IoStatus.OK);
                life.sleep(20 * MICROSECOND);
            }
            assertThat(preserved(life)).isZero();
            life.sleep(20 * Life.MILLISECOND);
            assertThat(preserved(life)).isEqualTo(16);
            assertThat(life.engine().stats().batches() - batches).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @CsvSource({"1, false", "31, false", "32, true", "64, true"})
    void soManyPiecesAreSettledAtOnce(int pieces, boolean atOnce) {
        live(life -> {
            prepare(life);
            assertThat(life.write("a", 0, pieces, 2)).isEqualTo(IoStatus.OK);
            life.sleep(1_500 * MICROSECOND);
            assertThat(preserved(life) > 0).isEqualTo(atOnce);
            life.settle();
            assertThat(preserved(life)).isEqualTo(pieces);
        });
    }

    @Test
    void whoWaitsForTheOriginDoesNotWaitForMore() {
        live(life -> {
            prepare(life);
            life.engine().setProperties("a", Map.of("write-through", "on"));
            long began = life.world().clock().nanoTime();
            assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.OK);
            assertThat(life.world().clock().nanoTime() - began).isLessThan(2 * Life.MILLISECOND);
            assertThat(preserved(life)).isEqualTo(1);
        });
    }
}
