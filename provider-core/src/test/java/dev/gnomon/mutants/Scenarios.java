/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.snapshot.VolumeInfo.State;
import dev.gnomon.store.Store;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.StoreOpener;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.Level;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Survivors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Runs of the engine that a random campaign would not find soon, each with what must hold in it. */
final class Scenarios {
    private static final long SIZE = 1 << 20;

    /** So many that to cut one after another takes long. */
    private static final int VOLUMES = 12;

    private static final long MILLISECOND = 1_000_000;

    private Scenarios() {}

    private static boolean isLog(IoEvent event) {
        return event.phase() == IoEvent.Phase.BEFORE
                && String.valueOf(event.path().getFileName()).startsWith("segment");
    }

    private static boolean isLogForce(IoEvent event) {
        return isLog(event) && event.kind() == IoKind.FORCE;
    }

    // ---- no fault at all

    /** The last piece cut off by the end, a piece that begins with zeros, TRIM before the first overwrite, a deleted copy. */
    static void edges(long seed) {
        Life.first(seed, life -> {
            long size = SIZE + 1536;
            life.volume("a", size);
            byte[] content = new byte[(int) size];
            Arrays.fill(content, 512, 4096, (byte) 7);
            Arrays.fill(content, 2 * Life.PIECE, 3 * Life.PIECE, (byte) 8);
            Arrays.fill(content, 5 * Life.PIECE, 6 * Life.PIECE, (byte) 6);
            Arrays.fill(content, (int) SIZE, (int) size, (byte) 9);
            life.write("a", 0, ByteBuffer.wrap(content));
            life.set("s", "a");
            life.await(done -> life.live("a").trim(2 * Life.PIECE, Life.PIECE, false, done));
            life.write("a", 0, 1, 1);
            IoStatus last = life.write("a", SIZE + 512, ByteBuffer.allocate(1024).put(0, (byte) 1));
            Wrong.unless(last == IoStatus.OK, "writing the last piece ended with " + last);
            ShadowCopy copy = life.copy("a@s");
            ByteBuffer read = ByteBuffer.allocate((int) size);
            Wrong.unless(copy.read(0, read) == IoStatus.OK, "the copy cannot be read");
            int differs = Arrays.mismatch(read.array(), content);
            Wrong.unless(differs < 0, "the copy differs from its cut at byte " + differs);
            life.engine().deleteSet("s");
            life.write("a", 5, 1, 1);
            ByteBuffer later = ByteBuffer.allocate(Life.PIECE);
            IoStatus status = copy.read(5 * Life.PIECE, later);
            Wrong.unless(
                    status == IoStatus.GONE || later.get(0) == 6,
                    "a deleted copy returned " + later.get(0) + " where its cut held 6");
        });
    }

    /** Two records of one piece and epoch: the first is the old content, whatever came later. */
    static void twice(long seed) {
        SimWorld world = new SimWorld(seed);
        world.run(() -> {
            try {
                StoreConfig config = new StoreConfig(Path.of("/store"), 16 << 10, Life.SEGMENT_BYTES, 16 << 10);
                StoreOpener opener =
                        new StoreOpener(config, world.storage(), world.clock(), world.scheduler(), world.random());
                Store store = opener.open();
                store.change(new CatalogEntry.VolumeAdded(1, new UUID(1, 1), "a", "/a", SIZE, 1));
                preserve(store, 11);
                preserve(store, 22);
                Wrong.unless(preserved(store) == 11, "the second record of an epoch is read");
                store.close();
                store = opener.open();
                Wrong.unless(preserved(store) == 11, "the second record of an epoch is read after a restart");
                store.close();
            } catch (dev.gnomon.store.format.StoreException e) {
                throw new Wrong(String.valueOf(e.getMessage()), e);
            }
        });
    }

    private static void preserve(Store store, long number) {
        BatchWriter batch = store.newBatch(16 << 10);
        for (ByteBuffer piece = batch.nextPiece(); piece.hasRemaining(); ) {
            piece.putLong(number);
        }
        batch.addPiece(1, 5, 2);
        store.preserve(batch);
    }

    private static long preserved(Store store) throws dev.gnomon.store.format.StoreException {
        VolumeExceptions exceptions = store.exceptions(1);
        exceptions.mutex().lock();
        int found = exceptions.find(5, 1);
        exceptions.mutex().unlock();
        ByteBuffer piece = ByteBuffer.allocate(Life.PIECE);
        store.readPiece(exceptions.location(found), exceptions.crc(found), piece);
        return piece.order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong(0);
    }

    /** An epoch that named a copy never names another, not even after a delete and a restart. */
    static void epochs(long seed) {
        Set<Long> names = new HashSet<>();
        SimImage image = Life.first(seed, life -> life.volume("a", SIZE));
        for (int round = 0; round < 4; round++) {
            boolean write = round % 2 == 1;
            image = Life.next(seed + round, image, life -> {
                life.set("s", "a");
                long epoch = life.engine().copy("a@s").epoch();
                Wrong.unless(names.add(epoch), "epoch " + epoch + " names a second copy");
                Wrong.unless(life.engine().volume("a").copies() == 1, "more than one copy");
                if (write) {
                    life.write("a", 0, 1, epoch);
                }
                life.engine().deleteSet("s");
                life.engine().close();
            });
        }
    }

    /** Writes of several pieces are in a copy as a whole or not at all, whatever runs at the same time. */
    static void late(long seed) {
        Life.first(seed, life -> {
            life.volume("a", SIZE);
            life.write("a", 0, 4, 2);
            life.set("first", "a");
            for (int writer = 0; writer < 2; writer++) {
                int own = writer;
                life.start(() -> {
                    for (int n = 1; n <= 8; n++) {
                        long number = 100 * n + 10 * own;
                        life.write("a", 1, 1, number + 1);
                        life.write("a", 0, 4, number);
                    }
                });
            }
            for (int set = 0; set < 4; set++) {
                String name = "s" + set;
                life.set(name, "a");
                long whole = life.readCopy("a@" + name, 0);
                long one = life.readCopy("a@" + name, 1);
                for (int piece = 2; piece < 4; piece++) {
                    life.expectCopy("a@" + name, piece, whole);
                }
                Wrong.unless(
                        one == whole || one % 10 == 1, "of a write of 4 pieces a copy has one alone: " + one);
            }
        });
    }

    /** A full store keeps room to delete in, and takes writes again when nothing has to be preserved. */
    static void full(long seed) {
        Life.first(seed, life -> {
            life.volume("a", SIZE);
            life.set("s", "a");
            life.world().storage().inject(FaultRule.when(
                            event -> event.kind() == IoKind.ALLOCATE && isLog(event))
                    .always()
                    .then(new Fault.NoSpace()));
            int refused = 0;
            for (int piece = 0; piece < 30; piece++) {
                IoStatus status = life.write("a", piece, 1, piece + 1);
                refused += status == IoStatus.NO_SPACE ? 1 : 0;
                Wrong.unless(status == IoStatus.OK || status == IoStatus.NO_SPACE, "a full store: " + status);
            }
            Wrong.unless(refused > 0, "the store did not fill");
            life.engine().deleteSet("s");
            Wrong.unless(life.write("a", 29, 1, 1) == IoStatus.OK, "no write after the delete");
        });
    }

    // ---- what another task does at the wrong moment

    /** While the force of its record is held up, a delete or a set is not there yet; a cut then leaves none of it. */
    static void heldForce(long seed) {
        SimImage deleted = Life.first(seed, life -> {
            preparedCopy(life);
            holdForce(life);
            life.engine().deleteSet("s");
        });
        Life.next(seed, deleted.cutKeepingNone(), life -> Wrong.unless(
                life.engine().copies().isEmpty(), "an acknowledged delete is undone by a power cut"));
        SimImage created = Life.first(seed, life -> {
            preparedCopy(life);
            holdForce(life);
            life.set("t", "a");
        });
        Life.next(seed, created.cutKeepingNone(), life -> life.expectCopy("a@t", 0, 1));
    }

    private static void holdForce(Life life) {
        life.world().storage().inject(FaultRule.when(Scenarios::isLogForce).then(new Fault.Stall(100 * MILLISECOND)));
    }

    /** A copy read that was held up on its way to the origin while the piece was overwritten for the first time. */
    static void heldRead(long seed) {
        Life.first(seed, life -> {
            preparedCopy(life);
            life.world().storage().inject(FaultRule.on(IoKind.READ)
                    .file("a")
                    .and(event -> event.task().equals("client"))
                    .then(new Fault.Stall(100 * MILLISECOND)));
            long[] found = new long[1];
            Scheduler.Task reader = life.start(() -> {
                try {
                    found[0] = life.readCopy("a@s", 0);
                } catch (EngineException e) {
                    throw new Wrong(String.valueOf(e.getMessage()), e);
                }
            });
            life.sleep(20 * MILLISECOND);
            life.write("a", 0, 1, 2);
            reader.join();
            Wrong.unless(found[0] == 1, "a copy read " + found[0] + " while it was preserved, its cut held 1");
        });
    }

    /** A group of batches that goes on in the next segment is durable only when both files are. */
    static void groupOverTwoSegments(long seed) {
        List<String> volumes = List.of("a", "b", "c");
        SimImage image = Life.first(seed, life -> {
            for (String volume : volumes) {
                life.volume(volume, SIZE);
                life.write(volume, 0, 4, 1);
            }
            life.set("s", "a", "b", "c");
            // Header, 3 volumes and the set take 20 KiB of 64, and each first touch 8: after 4 of them one fits.
            for (int piece = 0; piece < 3; piece++) {
                life.write("a", piece, 1, 2);
            }
            holdForce(life);
            Scheduler.Task[] clients = new Scheduler.Task[3];
            for (int i = 0; i < 3; i++) {
                String volume = volumes.get(i);
                int piece = i == 0 ? 3 : 0;
                clients[i] = life.start(() -> life.write(volume, piece, 1, 2));
                life.sleep(20 * MILLISECOND);
            }
            for (int i = 0; i < 3; i++) {
                clients[i].join();
                life.flush(volumes.get(i));
            }
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            for (String volume : volumes) {
                life.expectCopy(volume + "@s", 0, 1);
            }
        });
    }

    /** Of chains of writes that go from volume to volume, each sent when the one before was told OK, a set has a prefix. */
    static void chains(long seed) {
        Life.first(seed, life -> {
            String[] names = new String[VOLUMES];
            for (int i = 0; i < VOLUMES; i++) {
                names[i] = "v" + i;
                life.volume(names[i], SIZE);
            }
            String first = names[0];
            String last = names[VOLUMES - 1];
            for (int client = 0; client < 3; client++) {
                int piece = client;
                life.start(() -> {
                    for (int k = 1; k <= 60; k++) {
                        life.write(k % 2 == 1 ? first : last, piece, 1, k);
                    }
                });
            }
            for (int set = 0; set < 3; set++) {
                String name = "s" + set;
                life.set(name, names);
                for (int piece = 0; piece < 3; piece++) {
                    long a = life.readCopy(first + "@" + name, piece);
                    long b = life.readCopy(last + "@" + name, piece);
                    Wrong.unless(Math.abs(a - b) <= 1, "a set has link " + Math.max(a, b) + " of a chain, but not "
                            + (Math.max(a, b) - 1));
                }
            }
        });
    }

    // ---- forces that fail

    /** A failed force of an origin: every later flush fails until an operator clears it, across restarts. */
    static void originForceFails(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.volume("a", SIZE);
            life.write("a", 0, 1, 1);
            life.flush("a");
            failForce(life, Life.origin("a").getFileName().toString());
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
            life.volume("a", SIZE);
            life.write("a", 0, 1, 1);
            life.flush("a");
            failForce(life, Life.origin("a").getFileName().toString());
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
        IoStatus[] status = new IoStatus[1];
        SimImage image = Life.first(seed, life -> {
            preparedCopy(life);
            failForce(life, Life.SEGMENT.getFileName().toString());
            status[0] = life.write("a", 0, 1, 2);
            life.flush("a");
            Wrong.unless(status[0] == IoStatus.OK || life.write("a", 1, 1, 2) != IoStatus.OK, "the store goes on");
        });
        SimImage again = Life.next(seed, image.cutKeepingNone(), life -> {
            Wrong.unless(status[0] == IoStatus.OK || life.state("a") == State.FAILED, "a failed force was forgotten");
            life.expectCopy("a@s", 0, 1);
        });
        Life.next(seed, again.cutKeepingNone(), life -> {
            Wrong.unless(status[0] == IoStatus.OK || life.state("a") == State.FAILED, "a failed force was told once");
            life.expectCopy("a@s", 0, 1);
        });
    }

    /** As before, but the failure cannot be written down either: the end of the log in the cache gives it away. */
    static void logForceFailsAndSuperblockToo(long seed) {
        IoStatus[] status = new IoStatus[1];
        SimImage image = Life.first(seed, life -> {
            preparedCopy(life);
            failForce(life, Life.SEGMENT.getFileName().toString());
            life.world().storage().inject(FaultRule.on(IoKind.WRITE)
                    .file("superblock")
                    .always()
                    .then(new Fault.IoError()));
            status[0] = life.write("a", 0, 1, 2);
        });
        Wrong.unless(status[0] != IoStatus.OK, "a write is told OK though what it preserved was lost");
        Life.next(seed, image.killed(), life -> {
            Wrong.unless(life.state("a") == State.FAILED, "a failed force of the log was not noticed after a restart");
            life.expectCopy("a@s", 0, 1);
        });
    }

    private static void preparedCopy(Life life) throws Exception {
        life.volume("a", SIZE);
        life.write("a", 0, 2, 1);
        life.set("s", "a");
    }

    private static void failForce(Life life, String file) {
        life.world().storage().inject(FaultRule.on(IoKind.FORCE)
                .file(file)
                .then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
    }

    /** A batch that only the cache holds after a kill counts for nothing until recovery forced it. */
    static void killedBeforeForce(long seed) {
        SimImage image = Life.first(seed, life -> {
            preparedCopy(life);
            life.dieAt(Scenarios::isLogForce);
            life.write("a", 0, 1, 2);
        });
        SimImage after = Life.next(seed, image.killed(), life -> {
            life.write("a", 0, 1, 3);
            life.flush("a");
        });
        Life.next(seed, after.cutKeepingNone(), life -> {
            Wrong.unless(life.state("a") == State.ONLINE, "damage after a power cut: "
                    + life.engine().volume("a").stateReason());
            life.expectCopy("a@s", 0, 1);
        });
    }

    // ---- the log and what may lie in it

    /** A batch that outlived the one before it does not count when that place is written again. */
    static void staleBatch(long seed) {
        int[] forces = new int[1];
        SimImage image = Life.first(seed, life -> {
            life.volume("a", SIZE);
            life.volume("b", SIZE);
            life.write("a", 0, 2, 1);
            life.write("b", 0, 2, 1);
            life.set("s", "a", "b");
            life.world().storage().inject(FaultRule.when(Scenarios::isLogForce).then(new Fault.Stall(100 * MILLISECOND)));
            life.dieAt(event -> isLogForce(event) && ++forces[0] == 2);
            life.start(() -> life.write("a", 0, 1, 2));
            life.sleep(20 * MILLISECOND);
            life.start(() -> life.write("b", 0, 1, 2));
            life.sleep(20 * MILLISECOND);
            life.engine().deleteSet("s");
        });
        CrashPoint point = CrashPoint.of(image, Level.L1, 512);
        long first = point.unforced().stream()
                .filter(unit -> unit.name().endsWith("segment-00000000"))
                .mapToLong(unit -> unit.offsetBytes())
                .min()
                .orElseThrow(() -> new Wrong("nothing is unforced"));
        byte[] fates = new byte[point.unforced().size()];
        for (int i = 0; i < fates.length; i++) {
            boolean second = point.unforced().get(i).offsetBytes() >= first + 2 * Life.PIECE;
            fates[i] = second ? Survivors.KEPT : Survivors.LOST;
        }
        SimImage cut = point.image(new Survivors(fates, Survivors.KEPT, 0));
        SimImage after = Life.next(seed, cut, life -> {
            Wrong.unless(life.engine().copies().size() == 2, "a delete that was never durable took place");
            life.write("b", 0, 1, 2);
            life.flush("b");
        });
        Life.next(seed, after.cutKeepingAll(), life -> {
            Wrong.unless(life.engine().copies().size() == 2, "a delete lost in an earlier crash took place after all");
            life.expectCopy("b@s", 0, 1);
        });
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
        expectDamage(seed, Life.flipped(stopped, Life.SEGMENT, (payload - 100) * 8));
        SimImage idle = Life.first(seed, life -> {
            manyBatches(life);
            life.sleep(2000 * MILLISECOND);
        });
        long last = Life.find(Life.bytes(idle, Life.SEGMENT), 4);
        expectDamage(seed, Life.flipped(idle.cutKeepingNone(), Life.SEGMENT, (last - 100) * 8));
        byte[] slots = Life.bytes(stopped, Life.SUPERBLOCK);
        ByteBuffer order = ByteBuffer.wrap(slots).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int newest = order.getLong(56) > order.getLong((64 << 10) + 56) ? 0 : 64 << 10;
        for (int at = 56; at < 100; at++) {
            SimImage rotten = Life.flipped(stopped, Life.SUPERBLOCK, (newest + at) * 8L + 1);
            Life.next(seed, rotten, life -> {
                Wrong.unless(life.state("a") == State.ONLINE, "one rotten superblock: "
                        + life.engine().volume("a").stateReason());
                life.expectCopy("a@s", 2, 3);
            });
        }
    }

    private static void manyBatches(Life life) throws Exception {
        life.volume("a", SIZE);
        for (int piece = 0; piece < 4; piece++) {
            life.write("a", piece, 1, piece + 1);
        }
        life.set("s", "a");
        for (int piece = 0; piece < 4; piece++) {
            life.write("a", piece, 1, 9);
        }
    }

    private static void expectError(long seed, SimImage image, int piece) {
        Life.next(seed, image, life -> {
            IoStatus status = life.copy("a@s").read(piece * (long) Life.PIECE, ByteBuffer.allocate(Life.PIECE));
            Wrong.unless(status == IoStatus.IO_ERROR, "a rotten piece was read with " + status);
        });
    }

    private static void expectDamage(long seed, SimImage image) {
        Life.next(seed, image, life -> Wrong.unless(
                life.state("a") != State.ONLINE, "a batch that was durable is gone and nobody says so"));
    }
}
