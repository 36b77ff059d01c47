/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.VolumeInfo.State;
import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.Level;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.Survivors;
import dev.gnomon.testkit.Unforced;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Predicate;

/** Runs of the engine on devices that fail, lose and rot, each with what must hold in it. */
final class FaultScenarios {
    /** {@code GNOMONBT}. */
    private static final long BATCH_MAGIC = 0x474e_4f4d_4f4e_4254L;

    private FaultScenarios() {}

    // ---- forces that fail

    /** A failed force of an origin: every later flush fails until an operator clears it, across restarts. */
    static void originForceFails(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 1, 1);
            life.flush("a");
            life.failForce(Life.origin("a").getFileName().toString());
            life.write("a", 0, 1, 2);
            Wrong.unless(life.flush("a") != IoStatus.OK, "a flush is told OK though the force had failed");
            Wrong.unless(life.flush("a") != IoStatus.OK, "the flush after a failed one is told OK");
            Wrong.unless(life.write("a", 1, 1, 3) != IoStatus.OK, "a write after a failed flush is told OK");
        });
        long[] seen = new long[1];
        SimImage killed = Life.next(seed, image.killed(), life -> {
            Wrong.unless(life.state("a") == State.FAILED, "the failure of a flush was forgotten by a restart");
            seen[0] = life.read("a", 0);
        });
        Life.next(seed, killed.cutKeepingNone(), life -> {
            Wrong.unless(life.state("a") == State.FAILED, "the failure of a flush was forgotten by a power cut");
            Wrong.unless(life.read("a", 0) == seen[0], "what was read after recovery is gone after a power cut");
            life.engine().clearFailure("a");
            Wrong.unless(life.write("a", 0, 1, 4) == IoStatus.OK, "no write after the failure was cleared");
        });
    }

    /** Clearing a failure also drops what only the cache shows. */
    static void clearedFailure(long seed) {
        long[] seen = new long[1];
        SimImage image = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 1, 1);
            life.flush("a");
            life.failForce(Life.origin("a").getFileName().toString());
            life.write("a", 0, 1, 2);
            life.flush("a");
            life.engine().clearFailure("a");
            seen[0] = life.read("a", 0);
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush after the failure was cleared");
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            long found = life.read("a", 0);
            Wrong.unless(found == seen[0], "read " + seen[0] + ", flushed, and found " + found + " after a power cut");
        });
    }

    /** A failed force of the log: nothing that depends on it may happen, and everybody is told after the restart. */
    static void logForceFails(long seed) {
        boolean[] told = new boolean[1];
        SimImage image = Life.first(seed, life -> {
            prepareFlushed(life);
            life.failForce(Life.SEGMENT.getFileName().toString());
            life.write("a", 0, 1, 2);
            life.settle();
            life.expectCopy("a@s", 0, 1);
            told[0] = life.state("a") == State.FAILED;
            Wrong.unless(
                    !told[0] || (life.write("a", 1, 1, 2) != IoStatus.OK && life.flush("a") != IoStatus.OK),
                    "the store goes on after a force that it says has failed");
        });
        SimImage again = Life.next(seed, image.cutKeepingNone(), life -> expectFailed(life, "was forgotten"));
        Life.next(seed, again.cutKeepingNone(), life -> expectFailed(life, "was told once"));
        Wrong.unless(told[0], "a failed force of the log was not told before the restart");
    }

    /** As before, but the failure cannot be written down either: the end of the log in the cache gives it away. */
    static void logForceFailsAndSuperblockToo(long seed) {
        SimImage image = Life.first(seed, life -> {
            prepareFlushed(life);
            life.failForce(Life.SEGMENT.getFileName().toString());
            life.failSuperblock();
            Wrong.unless(life.write("a", 0, 1, 2) == IoStatus.OK, "no write, though the chain takes it");
            life.sleep(1000 * Life.MILLISECOND);
            Wrong.unless(life.state("a") == State.FAILED, "a failed force of the log was told nobody");
            Wrong.unless(life.write("a", 1, 1, 2) != IoStatus.OK, "the store goes on");
        });
        Life.next(seed, image.killed(), life -> {
            expectFailed(life, "was not noticed after a restart");
            Wrong.unless(life.read("a", 0) == 2, "what was acknowledged is gone after a kill");
            life.engine().clearFailure("a");
            life.settle();
            Wrong.unless(life.read("a", 0) == 2, "what was acknowledged is gone once the failure was cleared");
            life.expectCopy("a@s", 0, 1);
        });
    }

    /** Prepares a copy, and new data that is flushed, preserved for and released. */
    private static void prepareFlushed(Life life) throws Exception {
        life.prepareCopy();
        life.write("a", 3, 1, 5);
        Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
        life.sleep(20 * Life.MILLISECOND);
    }

    private static void expectFailed(Life life, String how) throws Exception {
        life.expectCopy("a@s", 0, 1);
        Wrong.unless(life.state("a") == State.FAILED, "a failed force of the log " + how);
        Wrong.unless(life.write("a", 1, 1, 2) != IoStatus.OK, "a write is told OK before the failure was cleared");
        Wrong.unless(life.read("a", 3) == 5, "what was flushed before the failure is gone");
    }

    /** A batch that only the cache holds after a kill counts for nothing until recovery forced it. */
    static void killedBeforeForce(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.dieAt(Life::isLogForce);
            life.write("a", 0, 1, 2);
            life.settle();
            throw new Wrong("nothing was preserved");
        });
        SimImage after = Life.next(seed, image.killed(), life -> {
            life.write("a", 0, 1, 3);
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
            life.settle();
        });
        Life.next(seed, after.cutKeepingNone(), life -> {
            Wrong.unless(
                    life.state("a") == State.ONLINE,
                    "damage after a power cut: " + life.engine().volume("a").stateReason());
            Wrong.unless(life.read("a", 0) == 3, "what was flushed is gone");
            life.expectCopy("a@s", 0, 1);
        });
    }

    // ---- the log and what may lie in it

    /** A batch that outlived the one before it does not count when that place is written again. */
    static void staleBatch(long seed) {
        int[] forces = new int[1];
        SimImage image = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.write("a", 0, 2, 1);
            life.write("b", 0, 2, 1);
            life.set("s", "a", "b");
            life.world()
                    .storage()
                    .inject(FaultRule.when(Life::isLogForce).then(new Fault.Stall(100 * Life.MILLISECOND)));
            life.dieAt(event -> Life.isLogForce(event) && ++forces[0] == 2);
            life.start(() -> life.write("a", 0, 1, 2));
            life.sleep(20 * Life.MILLISECOND);
            life.start(() -> life.write("b", 0, 1, 2));
            life.sleep(20 * Life.MILLISECOND);
            life.engine().deleteSet("s");
        });
        CrashPoint point = CrashPoint.of(image, Level.L1, 512);
        long second = firstOfLog(point) + 2 * Life.PIECE;
        SimImage cut = point.image(keeping(point, unit -> unit.offsetBytes() >= second));
        SimImage after = Life.next(seed, cut, life -> {
            Wrong.unless(life.state("a") == State.ONLINE, "the torn tail of a group is taken for damage");
            Wrong.unless(life.engine().copies().size() == 2, "a delete that was never durable took place");
            life.write("b", 0, 1, 2);
            life.flush("b");
            life.sleep(20 * Life.MILLISECOND); // settled, though not forced
        });
        Life.next(seed, after.cutKeepingAll(), life -> {
            Wrong.unless(life.engine().copies().size() == 2, "a delete lost in an earlier crash took place after all");
            life.expectCopy("b@s", 0, 1);
        });
    }

    private static long firstOfLog(CrashPoint point) {
        return point.unforced().stream()
                .filter(FaultScenarios::isLog)
                .mapToLong(unit -> unit.offsetBytes())
                .min()
                .orElseThrow(() -> new Wrong("nothing is unforced"));
    }

    private static boolean isLog(Unforced unit) {
        return unit.name().endsWith("segment-00000000");
    }

    /** Keeps everything, but of the log only what passes. */
    private static Survivors keeping(CrashPoint point, Predicate<Unforced> kept) {
        byte[] fates = new byte[point.unforced().size()];
        for (int i = 0; i < fates.length; i++) {
            Unforced unit = point.unforced().get(i);
            fates[i] = isLog(unit) && !kept.test(unit) ? Survivors.LOST : Survivors.KEPT;
        }
        return new Survivors(fates, Survivors.KEPT, 0);
    }

    /** A head that lacks one of its sectors is the torn tail, and its write never happened. */
    static void tornHead(long seed) {
        SimImage image = Life.firstWithLargeBatches(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 128, 1);
            life.set("s", "a");
            life.dieAt(Life::isLogForce);
            life.write("a", 0, 128, 2); // 16 chunks a group: entries in several sectors
            life.settle();
            throw new Wrong("nothing was preserved");
        });
        CrashPoint point = CrashPoint.of(image, Level.L1, 512);
        long first = firstOfLog(point);
        for (int lost = 0; lost < 4; lost++) {
            long missing = first + 512L * lost;
            SimImage cut = point.image(keeping(point, unit -> unit.offsetBytes() != missing));
            Life.next(seed, cut, life -> {
                Wrong.unless(life.state("a") == State.ONLINE, "a torn head is taken for damage");
                life.expectCopy("a@s", 0, 1);
            });
        }
    }

    /** Bits that flip at rest are found out: told as damage, or made good by the other superblock, never returned. */
    static void rot(long seed) {
        SimImage stopped = Life.first(seed, life -> {
            manyBatches(life);
            life.engine().close();
        });
        byte[] log = Life.bytes(stopped, Life.SEGMENT);
        long payload = Life.find(log, 3);
        Wrong.unless(payload > 0, "no payload in the log");
        expectError(seed, Life.flipped(stopped, Life.SEGMENT, (payload + 100) * 8), 2);
        SimImage idle = Life.first(seed, life -> {
            manyBatches(life);
            life.sleep(2000 * Life.MILLISECOND);
        });
        byte[] idleLog = Life.bytes(idle, Life.SEGMENT);
        for (int number = 1;
                number <= 4;
                number += 3) { // in the middle of the log, and in its last batch but the claim
            long head = headOf(idleLog, Life.find(idleLog, number));
            expectDamage(seed, Life.flipped(idle.cutKeepingNone(), Life.SEGMENT, (head + 100) * 8));
        }
        byte[] slots = Life.bytes(stopped, Life.SUPERBLOCK);
        ByteBuffer order = ByteBuffer.wrap(slots).order(ByteOrder.LITTLE_ENDIAN);
        int newest = order.getLong(56) > order.getLong((64 << 10) + 56) ? 0 : 64 << 10;
        for (int at = 56; at < 100; at++) {
            SimImage rotten = Life.flipped(stopped, Life.SUPERBLOCK, (newest + at) * 8L + 1);
            Life.next(seed, rotten, life -> {
                Wrong.unless(
                        life.state("a") == State.ONLINE,
                        "one rotten superblock: " + life.engine().volume("a").stateReason());
                life.expectCopy("a@s", 2, 3);
            });
        }
    }

    private static void manyBatches(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        for (int piece = 0; piece < 4; piece++) {
            life.write("a", piece, 1, piece + 1);
        }
        life.set("s", "a");
        for (int piece = 0; piece < 4; piece++) {
            life.write("a", piece, 1, 9);
        }
    }

    /** Returns where the head of the batch is that a payload is of. */
    private static long headOf(byte[] log, long payload) {
        long at = payload;
        while (ByteBuffer.wrap(log).getLong((int) at) != BATCH_MAGIC) {
            at -= Life.PIECE;
        }
        return at;
    }

    private static void expectError(long seed, SimImage image, int piece) {
        Life.next(seed, image, life -> {
            IoStatus status = life.copy("a@s").read(piece * (long) Life.PIECE, ByteBuffer.allocate(Life.PIECE));
            Wrong.unless(status == IoStatus.IO_ERROR, "a rotten piece was read with " + status);
        });
    }

    private static void expectDamage(long seed, SimImage image) {
        Life.next(
                seed,
                image,
                life -> Wrong.unless(
                        life.state("a") != State.ONLINE, "a batch that was durable is gone and nobody says so"));
    }
}
