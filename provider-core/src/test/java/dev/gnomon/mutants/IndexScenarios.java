/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.DiffPage;
import dev.gnomon.snapshot.DiffRequest;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.store.format.RunHeader;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs of the engine about checkpoints and runs, each with what must hold in it. */
final class IndexScenarios {
    private static final Path CHECKPOINT = Life.STORE.resolve("checkpoint-00000001");
    private static final Path RUN = Life.STORE.resolve("run-00000001");

    private IndexScenarios() {}

    /** A flipped bit in the index is told as an error of what needs it, and one in the checkpoint as damage. */
    static void rot(long seed) {
        SimImage stopped = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 4, 1);
            life.set("s", "a");
            life.write("a", 0, 4, 2);
            life.engine().close();
        });
        Life.next(seed, stopped, life -> life.expectCopy("a@s", 3, 1));
        for (int byteOfBlock = 0; byteOfBlock < 128; byteOfBlock += 3) {
            long bit = (RunHeader.BYTES + byteOfBlock) * 8L + 2;
            Life.next(seed, Life.flipped(stopped, RUN, bit), life -> {
                IoStatus status = life.copy("a@s").read(0, ByteBuffer.allocate(4 * Life.PIECE));
                Wrong.unless(status == IoStatus.IO_ERROR, "with a rotten index a copy was read with " + status);
            });
        }
        for (int at = 0; at < 200; at += 7) {
            boolean opened = opens(seed, Life.flipped(stopped, CHECKPOINT, at * 8L + 3));
            Wrong.unless(!opened, "a store with a rotten checkpoint opens");
        }
    }

    /** A bookmark tells what changed since, through a sweep and two restarts, and copies beside it keep their bytes. */
    static void bookmarks(long seed) {
        SimImage stopped = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 4, 1);
            life.set("old", "a");
            life.write("a", 0, 1, 2);
            life.sleep(20 * Life.MILLISECOND); // settled by itself
            life.set("mark", "a");
            life.write("a", 0, 2, 3);
            life.engine().bookmarkCopy("a@mark");
            life.sleep(60_000 * Life.MILLISECOND);
            expectChanged(life, 2);
            life.expectCopy("a@old", 0, 1);
            life.expectCopy("a@old", 1, 1);
            life.engine().deleteCopy("a@old");
            life.write("a", 2, 1, 4);
            life.settle();
            life.engine().close();
        });
        SimImage killed = Life.next(seed, stopped, life -> {
            Wrong.unless(life.engine().copies().isEmpty(), "a bookmark came back as a copy");
            expectChanged(life, 3);
            life.write("a", 3, 1, 5);
            life.settle();
        });
        Life.next(seed, killed, life -> expectChanged(life, 4));
    }

    private static void expectChanged(Life life, int pieces) throws EngineException {
        long found = life.engine().diff(new DiffRequest("a@mark", "", 0)).extents().stream()
                .mapToLong(DiffPage.Extent::lengthBytes)
                .sum();
        Wrong.unless(
                found == pieces * (long) Life.PIECE,
                "changed since a@mark: " + found + " bytes, expected " + pieces + " pieces");
    }

    /** Whichever superblock slot rots while the store is in use, the other one opens it. */
    static void rottenSlot(long seed) {
        SimImage used = Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            for (int round = 1; round <= 3; round++) {
                life.write("a", 0, 4, round);
                life.set("s" + round, "a");
                life.write("a", 0, 4, 10 + round);
                life.settle();
                if (round > 1) {
                    life.engine().deleteSet("s" + round); // and a checkpoint
                    life.sleep(2000 * Life.MILLISECOND);
                }
            }
        });
        for (long slot : new long[] {0, 64 << 10}) {
            SimImage rotten = Life.flipped(used.killed(), Life.SUPERBLOCK, (slot + 70) * 8);
            Life.next(seed, rotten, life -> life.expectCopy("a@s1", 0, 1));
        }
    }

    private static boolean isSegment(IoEvent event) {
        return String.valueOf(event.path().getFileName()).startsWith("segment");
    }

    /** A cut or kill at each I/O from when a dead segment gets its next number until batches lie in it. */
    static void recycled(long seed) {
        for (int after = 0; after < 16; after++) {
            int[] left = {after};
            boolean[] begun = new boolean[1];
            SimImage died = Life.first(seed, life -> {
                mixedSegments(life);
                deleteMost(life);
                life.dieAt(event -> {
                    begun[0] |= event.kind() == IoKind.RENAME && isSegment(event);
                    return begun[0] && left[0]-- <= 0;
                });
                life.set("more", "a");
                life.write("a", 0, 120, 4);
                life.settle();
            });
            Wrong.unless(begun[0], "no segment was used again");
            for (SimImage image : List.of(died.killed(), died.cutKeepingNone(), died.cutKeepingAll())) {
                Life.next(seed + 1, image, life -> {
                    for (int piece = 0; piece < 40; piece += 10) {
                        life.expectCopy("a@kept", piece, 1);
                    }
                });
            }
        }
    }

    /**
     * Readers of a copy are held up inside segments whose live records are appended elsewhere; the segments die, and the log
     * goes on in one of them. Their reads end with the right bytes.
     */
    static void pinnedReaders(long seed) {
        Life.first(seed, life -> {
            livePiecesAmongDead(life);
            Set<String> held = new HashSet<>();
            Set<String> reused = new HashSet<>();
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> isReader(event) && held.add(nameOf(event)))
                            .always()
                            .then(new Fault.Stall(600_000 * Life.MILLISECOND)));
            life.world().storage().listen(event -> {
                if (event.kind() == IoKind.RENAME && isSegment(event)) {
                    reused.add(nameOf(event));
                }
            });
            List<String> wrong = new ArrayList<>();
            List<Scheduler.Task> readers = new ArrayList<>();
            for (int piece : new int[] {100, 10, 15}) {
                readers.add(reader(life, piece, wrong));
            }
            life.sleep(1000 * Life.MILLISECOND);
            life.engine().deleteSet("gone");
            life.sleep(10_000 * Life.MILLISECOND);
            life.set("more", "a");
            life.write("a", 150, 60, 4);
            life.settle();
            Wrong.unless(held.stream().anyMatch(reused::contains), held + " are read, and used again are " + reused);
            readers.forEach(Scheduler.Task::join);
            Wrong.unless(wrong.isEmpty(), "reads in segments that were used again: " + wrong);
        });
    }

    /** Two copies: each segment has pieces that a@kept reads, the first ones among catalog entries, the others among a@gone's. */
    private static void livePiecesAmongDead(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.write("a", 0, 250, 1);
        life.set("kept", "a");
        life.write("a", 100, 40, 2);
        life.settle();
        life.set("gone", "a");
        for (int i = 0; i < 10; i++) {
            life.write("a", 10 + i, 1, 3);
            life.write("a", 100 + 4 * i, 4, 3);
            life.settle();
        }
    }

    private static Scheduler.Task reader(Life life, int piece, List<String> wrong) throws EngineException {
        ShadowCopy kept = life.copy("a@kept");
        return life.start(() -> {
            ByteBuffer bytes = ByteBuffer.allocate(Life.PIECE);
            IoStatus status = kept.read(piece * (long) Life.PIECE, bytes);
            if (status != IoStatus.OK || bytes.getLong(0) != 1) {
                wrong.add("piece " + piece + " ended with " + status);
            }
        });
    }

    private static boolean isReader(IoEvent event) {
        return Life.isLog(event) && event.kind() == IoKind.READ && event.task().equals("client");
    }

    private static String nameOf(IoEvent event) {
        return String.valueOf(event.path().getFileName());
    }

    /** Copies of which one stays, their records side by side in the segments. */
    private static void mixedSegments(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.write("a", 0, 250, 1);
        life.set("kept", "a");
        for (int piece = 0; piece < 40; piece += 10) {
            life.write("a", piece, 1, 2);
            life.set("gone" + piece, "a");
            life.write("a", 100, 40, 3);
        }
    }

    private static void deleteMost(Life life) throws Exception {
        for (int piece = 0; piece < 40; piece += 10) {
            life.engine().deleteSet("gone" + piece);
            life.sleep(2000 * Life.MILLISECOND);
        }
    }

    private static boolean opens(long seed, SimImage image) {
        try {
            Life.next(seed, image, life -> {});
            return true;
        } catch (Wrong told) {
            Wrong.unless(
                    String.valueOf(told.getMessage()).contains("damaged"), "not told as damage: " + told.getMessage());
            return false;
        }
    }
}
