/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Scenarios that search for what mutants of the move of segments do wrong. Copy a@s holds ones. */
final class MoveScenarios {
    private static final Path OTHER = Path.of("/mnt/other");
    private static final int PIECES = 8;
    private static final int HALF = 40;
    private static final int STEPS = 16;
    private static final long SECOND = 1000 * Life.MILLISECOND;

    private MoveScenarios() {}

    /**
     * A move is killed when the segment that the log ends in has its name in both directories, goes on, and is taken back: of
     * the two the one counts that was written to.
     */
    static void twice(long seed) {
        SimImage both = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, PIECES, 1);
            life.set("s", "a");
            life.write("a", 0, 1, 2);
            life.settle();
            life.dieAt(io -> io.kind() == IoKind.DELETE && io.phase() == IoEvent.Phase.BEFORE && isSegment(io.path()));
            life.engine().moveDiffArea(OTHER);
            life.sleep(10 * SECOND);
            Wrong.unless(false, "no segment was moved");
        });
        SimWorld world = new SimWorld(seed, both.killed());
        world.storage() // so that the move stands still
                .inject(FaultRule.when(
                                io -> io.kind() == IoKind.ALLOCATE && io.path().startsWith(OTHER))
                        .always()
                        .then(new Fault.NoSpace()));
        SimImage written = Life.on(world, Life.SMALL, life -> {
            life.write("a", 1, 1, 2);
            life.settle();
            life.engine().moveDiffArea(Life.STORE);
        });
        Life.next(seed, written.killed(), life -> {
            for (int piece = 0; piece < PIECES; piece++) {
                life.expectCopy("a@s", piece, 1);
            }
        });
    }

    /** Segments are given up while they are being copied: they do not come back, and nothing fails. */
    static void givenUp(long seed) {
        Life.on(new SimWorld(seed), Life.SLOW, life -> {
            half(life);
            life.engine().moveDiffArea(OTHER);
            life.sleep(SECOND / 2);
            life.engine().deleteSet("s");
            life.engine().deleteSet("t");
            awaitEnd(life);
        });
    }

    /** Segments are emptied while they are being moved. */
    static void emptied(long seed) {
        Life.on(new SimWorld(seed), Life.SLOW, life -> {
            half(life);
            life.engine().moveDiffArea(OTHER);
            life.sleep(seed % STEPS * SECOND / STEPS); // Which of the two comes first is a matter of luck.
            life.engine().deleteSet("t");
            awaitEnd(life);
            for (int piece = 0; piece < HALF; piece++) {
                life.expectCopy("a@s", piece, 1);
            }
        });
    }

    /** Fills segments in which every other record is for a@s, and the rest for b@t. */
    private static void half(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", Life.MIN_BYTES);
        life.write("a", 0, HALF, 1);
        life.write("b", 0, HALF, 1);
        life.set("s", "a");
        life.set("t", "b");
        for (int piece = 0; piece < HALF; piece++) {
            life.write("a", piece, 1, 2);
            life.write("b", piece, 1, 2);
        }
        life.settle();
    }

    private static void awaitEnd(Life life) throws Exception {
        int seconds = 0;
        while (!life.engine().diffArea().movingTo().isEmpty() && seconds++ < 600) {
            life.sleep(SECOND);
        }
        Wrong.unless(seconds < 600, "the move does not end: " + life.engine().diffArea());
        life.sleep(60 * SECOND);
        Wrong.unless(life.told().of(EventId.STORE_FAILED).isEmpty(), "the store failed");
        Wrong.unless(life.told().of(EventId.SEGMENT_NOT_EMPTIED).isEmpty(), "a segment could not be emptied");
        Wrong.unless(life.write("a", 0, 1, 3) == IoStatus.OK, "a write failed");
    }

    /** A copy is deleted and its space given back as holes while somebody reads it: that is no damage. */
    static void punchedRead(long seed) {
        Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.write("a", 0, 1, 1);
            life.write("b", 0, PIECES * PIECES, 1);
            life.set("s", "a", "b");
            life.write("a", 0, 1, 2);
            life.settle();
            life.write("b", 0, PIECES * PIECES, 2);
            life.settle();
            life.world()
                    .storage()
                    .inject(FaultRule.when(io -> io.kind() == IoKind.READ && Life.isLog(io))
                            .then(new Fault.Stall(60 * SECOND)));
            ShadowCopy copy = life.copy("a@s");
            life.start(() -> copy.read(0, ByteBuffer.allocate(Life.PIECE)));
            life.sleep(SECOND);
            life.engine().deleteCopy("a@s");
            life.sleep(90 * SECOND);
            Wrong.unless(life.engine().diffArea().punchedBytes() > 0, "no hole was made");
            Wrong.unless(life.told().of(EventId.COPY_UNREADABLE).isEmpty(), "a hole was taken for damage");
        });
    }

    private static boolean isSegment(Path path) {
        return path.startsWith(Life.STORE) && String.valueOf(path.getFileName()).startsWith("segment-");
    }

    /** Segments were moved, and both superblocks are damaged: the store is refused. */
    static void noSuperblock(long seed) {
        SimImage moved = Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            life.settle();
            life.engine().moveDiffArea(OTHER);
            life.sleep(10 * SECOND);
            Wrong.unless(life.engine().diffArea().movingTo().isEmpty(), "the move does not end");
            life.engine().close();
        });
        SimImage lost = Life.flipped(Life.flipped(moved, Life.SUPERBLOCK, Byte.SIZE), Life.SUPERBLOCK, (64 << 13) + 8);
        boolean[] opened = new boolean[1];
        try {
            Life.next(seed, lost, life -> opened[0] = true);
        } catch (Wrong expected) {
            // It was refused.
        }
        Wrong.unless(!opened[0], "a store that lost its superblocks was made anew");
    }
}
