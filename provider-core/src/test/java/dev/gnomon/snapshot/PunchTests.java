/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.observe.EventId;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Space that comes back as holes inside segments of which something is live. */
class PunchTests {
    private static final long SEED = 1;
    private static final int PIECES = 3;
    private static final long SECOND = 1000 * Life.MILLISECOND;

    /** One segment in which every record of a@s has one of b@t behind it, with the log far behind it. */
    private static void mix(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", Life.MIN_BYTES);
        life.volume("c", Life.MIN_BYTES);
        life.write("a", 0, PIECES, 1);
        life.write("b", 0, PIECES, 1);
        life.write("c", 0, 200, 1);
        life.set("s", "a");
        life.set("t", "b");
        life.set("u", "c");
        for (int piece = 0; piece < PIECES; piece++) {
            life.write("a", piece, 1, 2);
            life.settle();
            life.write("b", piece, 1, 2);
            life.settle();
        }
        life.write("c", 0, 200, 2); // All of it stays live.
        life.settle();
    }

    private static void expectCopies(Life life) throws Exception {
        for (int piece = 0; piece < PIECES; piece++) {
            life.expectCopy("a@s", piece, 1);
        }
        for (int piece = 0; piece < 200; piece++) {
            life.expectCopy("c@u", piece, 1);
        }
    }

    @Test
    void deadPiecesOfASegmentThatStaysGiveTheirSpaceBack() {
        SimImage cut = Life.first(SEED, life -> {
            mix(life);
            AtomicLong given = new AtomicLong();
            life.world().storage().listen(io -> {
                boolean hole = io.kind() == IoKind.PUNCH && io.phase() == IoEvent.Phase.BEFORE;
                given.addAndGet(hole ? io.lengthBytes() : 0);
            });
            life.engine().deleteSet("t");
            life.sleep(20 * SECOND);
            DiffAreaInfo after = life.engine().diffArea();
            assertThat(after.punchedBytes())
                    .isEqualTo(PIECES * (long) Life.PIECE)
                    .isEqualTo(given.get());
            assertThat((after.segmentBytes() + after.punchedBytes()) % Life.SEGMENT_BYTES)
                    .as("holes do not count as taken")
                    .isZero();
            expectCopies(life);
        });
        Life.next(SEED, cut.cutKeepingNone(), PunchTests::expectCopies);
        Life.next(SEED, cut.killed(), life -> {
            expectCopies(life);
            List<Path> used = new ArrayList<>();
            life.world().storage().listen(io -> {
                if (io.kind() == IoKind.RENAME && io.phase() == IoEvent.Phase.BEFORE) {
                    used.add(io.path());
                }
            });
            life.engine().deleteSet("s"); // The segment dies; it has holes, so the log must not go on in it.
            life.sleep(20 * SECOND);
            assertThat(life.world().storage().exists(Life.SEGMENT)).isFalse();
            life.set("v", "a");
            assertThat(life.write("a", 0, 100, 3)).isEqualTo(IoStatus.OK);
            life.settle();
            assertThat(used).doesNotContain(Life.SEGMENT);
        });
    }

    @Test
    void aReadThatWasUnderWayLooksAgainInsteadOfFindingDamage() {
        Life.first(SEED, life -> {
            mix(life);
            ShadowCopy copy = life.copy("b@t");
            life.world()
                    .storage()
                    .inject(FaultRule.when(io -> io.kind() == IoKind.READ && Life.isLog(io))
                            .then(new Fault.Stall(60 * SECOND)));
            IoStatus[] ended = new IoStatus[1];
            life.start(() -> ended[0] = copy.read(0, ByteBuffer.allocate(Life.PIECE)));
            life.sleep(SECOND);
            life.engine().deleteSet("t");
            life.sleep(30 * SECOND);
            assertThat(life.engine().diffArea().punchedBytes()).isPositive();
            assertThat(ended[0]).isNull();
            life.sleep(60 * SECOND);
            assertThat(ended[0]).isEqualTo(IoStatus.GONE);
            assertThat(life.told().of(EventId.COPY_UNREADABLE)).isEmpty();
        });
    }
}
