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
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A volume whose origin takes nothing keeps what it was told, and stops nobody else. */
class StuckVolumeTests {
    private static final long SEED = 1;

    /** More than all staging files hold. */
    private static final int PIECES = 140;

    @Test
    void othersWriteOnWhileItHoldsEveryStagingFile() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.set("s", "a", "b");
            fill(life);
            assertThat(life.state("a")).isEqualTo(VolumeInfo.State.DEGRADED);
            for (int round = 1; round <= 3; round++) {
                for (int piece = 0; piece < PIECES; piece++) {
                    assertThat(life.write("b", piece, 1, round * 1000L + piece))
                            .as("piece %d in round %d", piece, round)
                            .isEqualTo(IoStatus.OK);
                }
                life.set("s" + round, "b");
            }
            assertThat(life.flush("b")).isEqualTo(IoStatus.OK);
        });
        Life.next(SEED + 1, image.cutKeepingNone(), life -> {
            for (int piece = 0; piece < PIECES; piece++) {
                assertThat(life.readCopy("b@s3", piece)).isEqualTo(3000L + piece);
            }
        });
    }

    /** Stages more of volume a than there is room for, before its origin refuses the first of it. */
    private static void fill(Life life) {
        life.world()
                .storage()
                .inject(FaultRule.on(IoKind.READ)
                        .file(Life.origin("a").toString())
                        .then(new Fault.Stall(2_000 * Life.MILLISECOND)));
        life.world()
                .storage()
                .inject(FaultRule.on(IoKind.WRITE)
                        .file(Life.origin("a").toString())
                        .always()
                        .then(new Fault.IoError()));
        AtomicInteger taken = new AtomicInteger();
        for (int piece = 0; piece < PIECES; piece++) {
            ByteBuffer bytes = ByteBuffer.allocate(Life.PIECE).putLong(0, piece);
            life.live("a").write(piece * (long) Life.PIECE, bytes, false, status -> {
                if (status == IoStatus.OK) {
                    taken.incrementAndGet();
                }
            });
        }
        life.sleep(60_000 * Life.MILLISECOND);
        assertThat(taken.get()).as("pieces that fill the staging files").isGreaterThan(100);
    }
}
