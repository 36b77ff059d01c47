/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.Level;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.Survivors;
import dev.gnomon.testkit.Unforced;
import java.nio.ByteBuffer;
import java.util.function.ToIntFunction;

/** Runs in which new data is staged while a cut, a reader, a force or a loss of power comes at the wrong moment. */
final class ChainScenarios {
    private static final String CHAIN = "staging-00";

    /** The task that appends to the chain. */
    private static final String APPENDER = "gnomon-staging";

    private ChainScenarios() {}

    // ---- writes, cuts and readers

    /** A write on its way to the origin keeps others off its pieces, across a cut too: a copy has all of it or nothing. */
    static void heldWrite(long seed) {
        Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 4, 1);
            life.set("s", "a");
            life.write("a", 0, 4, 2);
            life.settle();
            hold(life, IoKind.WRITE, "a", "client");
            Scheduler.Task whole = life.start(() -> life.write("a", 0, 4, 3));
            life.sleep(20 * Life.MILLISECOND);
            Scheduler.Task cutter = life.start(() -> cut(life, "t"));
            life.sleep(20 * Life.MILLISECOND);
            life.write("a", 1, 1, 4);
            whole.join();
            cutter.join();
            life.settle();
            long first = life.readCopy("a@t", 0);
            for (int piece = 1; piece < 4; piece++) {
                life.expectCopy("a@t", piece, first);
            }
            Wrong.unless(first != 3 || life.read("a", 1) == 4, "a write undid a newer one");
            life.expectCopy("a@s", 1, 1);
        });
    }

    /** A write on its way to the chain at the cut is of the epoch that it took: a copy is the same after a kill. */
    static void heldAppend(long seed) {
        long[] seen = new long[1];
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            hold(life, IoKind.READ, "a", "client"); // of what makes its piece whole
            hold(life, IoKind.READ, "a", "gnomon-settle-a");
            life.start(() -> life.write("a", 0, ByteBuffer.allocate(512).putLong(0, 2)));
            life.sleep(20 * Life.MILLISECOND);
            life.set("t", "a");
            seen[0] = firstOfCopy(life);
        });
        Life.next(seed, image.killed(), life -> {
            for (int look = 0; look < 2; look++) {
                long found = firstOfCopy(life);
                Wrong.unless(found == seen[0], "a copy held " + seen[0] + ", and after a kill " + found);
                life.settle();
            }
        });
    }

    private static long firstOfCopy(Life life) throws EngineException {
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
        Wrong.unless(life.copy("a@t").read(0, number) == IoStatus.OK, "the copy cannot be read");
        return number.getLong(0);
    }

    /** A record of an epoch that was closed meanwhile does not count for the copy that closed it. */
    static void lateRecord(long seed) {
        Life.first(seed, life -> {
            life.prepareCopy();
            life.holdForce();
            life.write("a", 0, 1, 2);
            life.set("t", "a");
            life.settle();
            life.write("a", 0, 1, 3);
            life.settle();
            life.expectCopy("a@s", 0, 1);
            life.expectCopy("a@t", 0, 2);
        });
    }

    /** Two versions of a piece with a cut between them are staged together, and both are somebody's. */
    static void versions(long seed) {
        Life.first(seed, life -> {
            life.prepareCopy();
            life.holdForce();
            life.write("a", 1, 1, 2); // the settling is held up with this one
            life.sleep(20 * Life.MILLISECOND);
            life.write("a", 0, 1, 2);
            Scheduler.Task cutter = life.start(() -> cut(life, "t"));
            life.sleep(20 * Life.MILLISECOND);
            life.write("a", 0, 1, 3);
            cutter.join();
            for (int look = 0; look < 2; look++) {
                life.expectCopy("a@s", 0, 1);
                life.expectCopy("a@t", 0, 2);
                Wrong.unless(life.read("a", 0) == 3, "the newest version is not read");
                life.settle();
            }
        });
    }

    /** A reader that was held up on its way to a slot whose place was given to other data meanwhile. */
    static void heldSlot(long seed) {
        Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.READ)
                            .file(CHAIN)
                            .and(event -> event.task().equals("client"))
                            .then(new Fault.Stall(100_000 * Life.MILLISECOND)));
            long[] found = new long[1];
            Scheduler.Task reader = life.start(() -> found[0] = life.read("a", 0));
            life.sleep(20 * Life.MILLISECOND);
            for (int piece = 1; piece < 48; piece++) {
                life.write("a", piece, 1, 100L + piece);
                life.sleep((piece % 8 == 0 ? 6000 : 20) * Life.MILLISECOND);
            }
            reader.join();
            Wrong.unless(found[0] == 2, "a client read " + found[0] + " of another piece, its own held 2");
        });
    }

    private static void hold(Life life, IoKind kind, String file, String task) {
        life.world()
                .storage()
                .inject(FaultRule.on(kind)
                        .file(file)
                        .and(event -> event.task().equals(task))
                        .then(new Fault.Stall(100 * Life.MILLISECOND)));
    }

    private static void cut(Life life, String set) {
        try {
            life.set(set, "a");
        } catch (EngineException e) {
            throw new Wrong(String.valueOf(e.getMessage()), e);
        }
    }

    // ---- power

    /** What was staged before a cut belongs to its copy after a power cut too. */
    static void cutThenPower(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            life.set("t", "a");
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            for (int look = 0; look < 2; look++) {
                life.expectCopy("a@s", 0, 1);
                life.expectCopy("a@t", 0, 2);
                life.settle();
            }
        });
    }

    /** A direct write over data that is settled was flushed: recovery does not bring the older data back over it. */
    static void directOverSettled(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.volume("b", Life.MIN_BYTES);
            life.set("t", "b");
            life.write("a", 0, 1, 2);
            life.flush("a");
            // While the force that lets it be marked takes long, more is staged: the mark is not the end of the chain's
            // work.
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.FORCE).file("a").then(new Fault.Stall(1500 * Life.MILLISECOND)));
            life.sleep(5500 * Life.MILLISECOND);
            life.write("a", 4, 1, 2);
            life.write("b", 0, 1, 2);
            life.flush("b"); // all of the chain is durable now, but not the mark that comes next
            life.sleep(1500 * Life.MILLISECOND);
            life.write("a", 0, 1, 3);
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            for (int look = 0; look < 2; look++) {
                Wrong.unless(life.read("a", 0) == 3, "a flushed write is undone by an older one");
                life.settle();
            }
            life.expectCopy("a@s", 0, 1);
        });
    }

    /** What is marked settled is in the origin, durable. */
    static void settledThenFlushed(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            life.settle();
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            Wrong.unless(life.read("a", 0) == 2, "what was settled, and flushed, is gone after a power cut");
            life.expectCopy("a@s", 0, 1);
        });
    }

    /** A flush that began while a write was on its way to the origin does not count for it. */
    static void flushDuringWrite(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 1, 1);
            hold(life, IoKind.WRITE, "a", "client");
            Scheduler.Task writer = life.start(() -> life.write("a", 0, 1, 2));
            life.sleep(20 * Life.MILLISECOND);
            life.flush("a");
            writer.join();
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
        });
        Life.next(
                seed,
                image.cutKeepingNone(),
                life -> Wrong.unless(life.read("a", 0) == 2, "a flushed write is gone after a power cut"));
    }

    /** A flush that began before a batch was in the chain does not count for it. */
    static void flushDuringAppend(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            hold(life, IoKind.WRITE, CHAIN, APPENDER);
            Scheduler.Task writer = life.start(() -> life.write("a", 1, 1, 3));
            life.sleep(20 * Life.MILLISECOND);
            life.flush("a");
            writer.join();
            Wrong.unless(life.flush("a") == IoStatus.OK, "no flush");
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            Wrong.unless(life.read("a", 1) == 3, "flushed new data is gone after a power cut");
            Wrong.unless(life.read("a", 0) == 2, "flushed new data before it is gone after a power cut");
        });
    }

    /** Sectors that are being written at a power cut may be garbled: those beside a small write are not among them. */
    static void garbledNeighbours(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.flush("a");
            life.write("a", 0, ByteBuffer.allocate(512));
            life.sleep(1000 * Life.MILLISECOND); // released, and not forced
        });
        CrashPoint point = CrashPoint.of(image, Level.L3, 512);
        String origin = Life.origin("a").toString();
        SimImage cut = cut(point, unit -> unit.name().equals(origin) ? Survivors.GARBAGE : Survivors.LOST);
        Life.next(seed, cut, life -> {
            ByteBuffer beside = ByteBuffer.allocate(Life.PIECE - 512);
            Wrong.unless(life.live("a").read(512, beside) == IoStatus.OK, "the piece cannot be read");
            beside.flip();
            while (beside.hasRemaining()) {
                Wrong.unless(beside.getLong() == 1, "flushed sectors beside an unflushed write are gone");
            }
            life.expectCopy("a@s", 0, 1);
        });
    }

    /** A torn batch of new data never counts, not even when another torn batch supplies what it lacked. */
    static void tornTwice(long seed) {
        SimImage first = Life.first(seed, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 7);
        });
        CrashPoint point = CrashPoint.of(first, Level.L1, 512);
        long last = point.unforced().stream()
                .filter(ChainScenarios::isChain)
                .mapToLong(Unforced::offsetBytes)
                .max()
                .orElseThrow(() -> new Wrong("nothing is staged"));
        SimImage torn =
                cut(point, unit -> isChain(unit) && unit.offsetBytes() < last ? Survivors.KEPT : Survivors.LOST);
        SimImage second = Life.next(seed, torn, life -> {
            Wrong.unless(life.read("a", 0) == 1, "a torn batch of new data counts");
            life.write("a", 5, 1, 7);
        });
        SimImage tail = cut(
                CrashPoint.of(second, Level.L1, 512),
                unit -> isChain(unit) && unit.offsetBytes() == last ? Survivors.KEPT : Survivors.LOST);
        Life.next(seed, tail, life -> {
            Wrong.unless(life.read("a", 0) == 1, "a write lost in an earlier crash took place after all");
            Wrong.unless(life.read("a", 5) == 0, "a torn batch of new data counts");
        });
    }

    private static boolean isChain(Unforced unit) {
        return unit.name().endsWith("/" + CHAIN) && unit.kind() == Unforced.Kind.SECTORS;
    }

    private static SimImage cut(CrashPoint point, ToIntFunction<Unforced> fate) {
        byte[] fates = new byte[point.unforced().size()];
        for (int i = 0; i < fates.length; i++) {
            fates[i] = (byte) fate.applyAsInt(point.unforced().get(i));
        }
        return point.image(new Survivors(fates, Survivors.LOST, 1));
    }
}
