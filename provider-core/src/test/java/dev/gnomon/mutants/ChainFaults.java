/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.VolumeInfo.State;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;

/** Runs in which the chain, or an origin behind it, fails or rots while it holds what clients were promised. */
final class ChainFaults {
    private static final String CHAIN = "staging-00";

    private ChainFaults() {}

    /** The force by which new data is settled fails: what was flushed stays, and goes to the origin once that is cleared. */
    static void settlingForceFails(long seed) {
        SimImage failed = Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
            life.failForce(Life.origin("a").getFileName().toString());
            life.settle();
            Wrong.unless(life.state("a") == State.FAILED, "a failed force behind the client's back is told nobody");
            Wrong.unless(life.write("a", 1, 1, 3) != IoStatus.OK, "a write after a failed force is told OK");
            Wrong.unless(life.flush("a") != IoStatus.OK, "a flush after a failed force is told OK");
            life.engine().clearFailure("a");
            life.settle();
            Wrong.unless(life.read("a", 0) == 2, "what was flushed is gone once the failure was cleared");
        });
        for (SimImage left : new SimImage[] {failed.killed(), failed.cutKeepingNone()}) {
            Life.next(seed, left, life -> {
                Wrong.unless(life.read("a", 0) == 2, "what was flushed is gone after a restart");
                life.expectCopy("a@s", 0, 1);
                Wrong.unless(life.write("a", 1, 1, 3) == IoStatus.OK, "no write after the failure was cleared");
            });
        }
    }

    /** What the origin refuses stays in the chain, though what came before it is settled and marked meanwhile. */
    static void markWhileRefused(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            life.sleep(20 * Life.MILLISECOND);
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.WRITE)
                            .file(Life.origin("a").getFileName().toString())
                            .always()
                            .then(new Fault.IoError()));
            Wrong.unless(life.write("a", 1, 1, 3) == IoStatus.OK, "no write, though the chain takes it");
            for (int look = 0; look < 2; look++) {
                life.settle();
                Wrong.unless(life.state("a") == State.DEGRADED, "the origin refuses, and nobody is told");
                Wrong.unless(life.read("a", 1) == 3, "what the origin refused is not read any more");
                Wrong.unless(life.read("a", 0) == 2, "what was settled is not read any more");
            }
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush, though the chain holds what the origin refused");
        });
        for (SimImage left : new SimImage[] {image.killed(), image.cutKeepingNone()}) {
            Life.next(seed, left, life -> {
                life.settle();
                Wrong.unless(life.read("a", 1) == 3, "what the origin refused is gone after a restart");
                Wrong.unless(life.read("a", 0) == 2, "what was settled is gone after a restart");
                life.expectCopy("a@s", 1, 1);
            });
        }
    }

    /** A failed force of the chain: the flush is refused, for ever, and everybody is told after the restart. */
    static void chainForceFails(long seed) {
        SimImage failed = Life.first(seed, life -> {
            life.prepareCopy();
            failFlush(life);
        });
        SimImage again = Life.next(seed, failed.cutKeepingNone(), ChainFaults::expectFailed);
        Life.next(seed, again.cutKeepingNone(), ChainFaults::expectFailed);
    }

    /** As before, but the failure cannot be written down either: the end of the chain in the cache gives it away. */
    static void chainForceFailsAndSuperblockToo(long seed) {
        SimImage failed = Life.first(seed, life -> {
            life.prepareCopy();
            life.failSuperblock();
            failFlush(life);
        });
        Life.next(seed, failed.killed(), ChainFaults::expectFailed);
    }

    private static void failFlush(Life life) {
        life.write("a", 1, 1, 3);
        Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
        life.failForce(CHAIN);
        life.write("a", 0, 1, 2);
        Wrong.unless(life.flush("a") != IoStatus.OK, "a flush is told OK though the force of the chain had failed");
        Wrong.unless(life.flush("a") != IoStatus.OK, "the flush after a failed one is told OK");
        Wrong.unless(life.write("a", 2, 1, 3) != IoStatus.OK, "a write after a failed flush is told OK");
    }

    private static void expectFailed(Life life) throws Exception {
        Wrong.unless(life.state("a") == State.FAILED, "the failure of a force of the chain was forgotten");
        Wrong.unless(life.write("a", 2, 1, 3) != IoStatus.OK, "a write is told OK before the failure was cleared");
        Wrong.unless(life.read("a", 1) == 3, "what was flushed before the failure is gone");
        life.expectCopy("a@s", 0, 1);
        life.expectCopy("a@s", 1, 1);
    }

    /** Flushed new data that rots in the chain is told as lost: nobody is served older data in its place. */
    static void rot(long seed) {
        SimImage cut = Life.first(seed, life -> {
                    life.prepareCopy();
                    for (int piece = 0; piece < 3; piece++) {
                        life.write("a", piece, 1, piece + 5);
                        Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
                    }
                })
                .cutKeepingNone();
        Life.next(seed, cut, life -> Wrong.unless(life.read("a", 0) == 5, "what was flushed is gone"));
        for (int number = 5; number < 7; number++) { // the last is claimed by nobody yet
            long payload = Life.find(Life.bytes(cut, Life.CHAIN), number);
            Wrong.unless(payload > 0, "no payload in the chain");
            for (long at : new long[] {payload + 100, payload - 100}) {
                Life.next(seed, Life.flipped(cut, Life.CHAIN, at * 8), life -> {
                    State state = life.state("a");
                    Wrong.unless(state == State.OFFLINE, "flushed new data is lost, and the volume is " + state);
                });
            }
        }
    }
}
