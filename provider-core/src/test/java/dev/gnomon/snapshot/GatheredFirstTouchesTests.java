/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First touches that are staged by who brought them, or given up by him and staged by the task, are staged whole. */
class GatheredFirstTouchesTests {
    /** Several times what a staging file of the smallest store takes, one write in a batch. */
    private static final int PIECES = 60;

    private static final int PIECE = 4096;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsGatheredReachesTheOriginAlsoWhereAStagingFileEnds(long seed) {
        Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, PIECES, 1);
            life.set("s", "a");
            LiveVolume live = life.live("a");
            for (int piece = 0; piece < PIECES; piece++) {
                long offset = piece * (long) PIECE;
                ByteBuffer bytes = ByteBuffer.allocate(PIECE);
                for (int at = 0; at < PIECE; at += 8) {
                    bytes.putLong(at, 1000 + piece);
                }
                IoStatus status = life.await(done -> {
                    live.gather();
                    live.write(offset, bytes, false, done);
                    live.submit();
                });
                assertThat(status).isEqualTo(IoStatus.OK);
            }
            life.settle();
            for (int piece = 0; piece < PIECES; piece++) {
                ByteBuffer bytes = ByteBuffer.allocate(PIECE);
                assertThat(live.read(piece * (long) PIECE, bytes)).isEqualTo(IoStatus.OK);
                assertThat(bytes.getLong(PIECE - 8)).isEqualTo(1000 + piece);
                life.expectCopy("a@s", piece, 1);
            }
            assertThat(life.engine().stats().exceptions()).isEqualTo(PIECES);
        });
    }
}
