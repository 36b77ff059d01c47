/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.Scheduler;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;

/** Scenarios of reverts. Volume a has ones in copy a@s and twos in 100 of its 256 pieces, or fewer. */
final class RevertScenarios {
    private static final long SECOND = 1000 * Life.MILLISECOND;

    private RevertScenarios() {}

    private static void overwrite(Life life) throws Exception {
        overwrite(life, 100);
    }

    private static void overwrite(Life life, int pieces) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.write("a", 0, 256, 1);
        life.set("s", "a");
        life.write("a", 0, pieces, 2);
        life.settle();
    }

    private static SimImage slowly(long seed, Life.Script script) {
        return Life.on(new SimWorld(seed), Life.SLOW, script);
    }

    private static void holdChain(Life life, IoKind kind, long nanos, int times) {
        life.world()
                .storage()
                .inject(FaultRule.on(kind)
                        .and(event -> String.valueOf(event.path().getFileName()).startsWith("staging-0"))
                        .times(times)
                        .then(new Fault.Stall(nanos)));
    }

    /** A write of one sector is held up while it reads the rest of its piece and a revert begins; another comes meanwhile. */
    static void heldAtBeginning(long seed) {
        slowly(seed, life -> {
            overwrite(life);
            life.set("t", "a");
            life.world().storage().inject(FaultRule.on(IoKind.READ).file("a").then(new Fault.Stall(8 * SECOND)));
            ByteBuffer sector = ByteBuffer.allocate(512);
            Scheduler.Task early = life.start(() -> life.write("a", 10 * Life.PIECE, sector.duplicate()));
            Scheduler.Task late = life.start(() -> {
                life.sleep(3 * SECOND);
                life.write("a", 11 * Life.PIECE, sector.duplicate());
            });
            life.sleep(100 * Life.MILLISECOND);
            life.engine().revert("a@s", false);
            early.join();
            late.join();
            Wrong.unless(life.read("a", 10) == 1, "a write from before a revert is read after it");
            ByteBuffer piece = ByteBuffer.allocate(Life.PIECE);
            life.live("a").read(11 * Life.PIECE, piece);
            Wrong.unless(piece.getLong(0) == 0, "a write that came while a revert began is gone: " + piece.getLong(0));
            long rest = piece.getLong(Life.PIECE - 8);
            Wrong.unless(rest == 1, "beside a write that came while a revert began there is not the copy: " + rest);
        });
    }

    /** A step of a revert finds a client on one of its pieces, and waits for it. */
    static void stepMeetsClient(long seed) {
        Life.first(seed, life -> {
            overwrite(life);
            holdChain(life, IoKind.WRITE, 3 * SECOND, 3);
            life.engine().revert("a@s", false);
            life.sleep(100 * Life.MILLISECOND);
            life.write("a", 10, 1, 3); // behind the first step, which is held up; the second waits for it
            life.sleep(20 * SECOND);
            Wrong.unless(life.read("a", 10) == 3, "a step of a revert has overwritten what a client wrote");
            Wrong.unless(life.read("a", 11) == 1, "beside it there is not the copy");
        });
    }

    /** What a client wrote during a revert is settled, has left the chain, and is found again after a power cut. */
    static void donePieces(long seed) {
        SimImage image = slowly(seed, life -> {
            overwrite(life);
            life.engine().revert("a@s", false);
            life.write("a", 99, 1, 3);
            life.settle();
            life.settle();
        });
        Life.on(new SimWorld(seed, image.cutKeepingNone()), Life.SLOW, life -> {
            Wrong.unless(life.read("a", 99) == 3, "what was written and settled during a revert is gone");
            Wrong.unless(life.read("a", 98) == 1, "what a revert had not come to is not the copy");
        });
    }

    /** The chain cannot be forced for a while, so the end of a revert must not be written down. */
    static void endWithoutForce(long seed) {
        SimImage image = Life.first(seed, life -> {
            overwrite(life, 8);
            holdChain(life, IoKind.FORCE, 60 * SECOND, 100);
            life.engine().revert("a@s", false);
            life.sleep(20 * SECOND);
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            for (int piece = 0; piece < 100; piece++) {
                Wrong.unless(life.read("a", piece) == 1, "a power cut has undone a revert");
            }
        });
    }

    /** Somebody tries to delete the copy that a volume is being reverted to. */
    static void sourceDeleted(long seed) {
        SimImage image = slowly(seed, life -> {
            overwrite(life);
            life.engine().revert("a@s", false);
            try {
                life.engine().deleteCopy("a@s");
                throw new Wrong("the source of a revert was deleted");
            } catch (EngineException refused) {
                Wrong.unless(life.read("a", 99) == 1, "a refused delete has hidden the source of a revert");
            }
        });
        Life.on(
                new SimWorld(seed, image.killed()),
                Life.SLOW,
                life -> Wrong.unless(life.read("a", 99) == 1, "a revert is gone after a kill"));
    }
}
