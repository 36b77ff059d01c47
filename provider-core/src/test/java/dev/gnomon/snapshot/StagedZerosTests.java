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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Zeros take no bytes in the staging chain, but memory for each piece: a client must not fill that either. */
class StagedZerosTests {
    private static final long SECOND = 1_000_000_000L;
    private static final int PIECE = 4096;
    private static final int PIECES = 240;
    private static final int AT_ONCE = 4;

    /** Each piece several times. */
    private static final int REQUESTS = 5 * PIECES / AT_ONCE;

    /** Of the smallest store: twice what its eight staging files hold. */
    private static final long MOST_PIECES = 2 * 8 * (Life.SEGMENT_BYTES / PIECE);

    @Test
    void zerosThatAreNotSettledAreBoundedAndTheRestWaits() {
        Life.first(7, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, PIECES, 1);
            life.set("s", "a");
            life.world().storage().inject(FaultRule.when(Life::isLogForce).then(new Fault.Stall(20 * SECOND)));
            List<IoStatus> done = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                long offset = i % (PIECES / AT_ONCE) * (long) AT_ONCE * PIECE;
                life.live("a").writeZeros(offset, AT_ONCE * (long) PIECE, false, done::add);
            }
            life.sleep(10 * SECOND); // nothing is settled in that time
            assertThat(done.size() * AT_ONCE).as("pieces acknowledged").isBetween(1, (int) MOST_PIECES);
            life.sleep(60 * SECOND);
            assertThat(done).hasSize(REQUESTS).containsOnly(IoStatus.OK);
            ByteBuffer bytes = ByteBuffer.allocate(PIECES * PIECE);
            assertThat(life.live("a").read(0, bytes)).isEqualTo(IoStatus.OK);
            assertThat(bytes.flip()).isEqualTo(ByteBuffer.allocate(PIECES * PIECE));
            for (int piece = 0; piece < PIECES; piece++) {
                life.expectCopy("a@s", piece, 1);
            }
        });
    }
}
