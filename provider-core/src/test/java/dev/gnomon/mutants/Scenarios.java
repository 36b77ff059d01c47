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
import dev.gnomon.store.Lookup;
import dev.gnomon.store.Store;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.StoreOpener;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Runs of the engine that a random campaign would not find soon, each with what must hold in it. */
final class Scenarios {

    /** So many that to cut one after another takes long. */
    private static final int VOLUMES = 30;

    private Scenarios() {}

    // ---- no fault at all

    /** The last piece cut off by the end, a piece that begins with zeros, TRIM before the first overwrite, a deleted copy. */
    static void edges(long seed) {
        Life.first(seed, life -> {
            long size = Life.MIN_BYTES + 1536;
            life.volume("a", size);
            byte[] content = new byte[(int) size];
            Arrays.fill(content, 512, 4096, (byte) 7);
            Arrays.fill(content, 2 * Life.PIECE, 3 * Life.PIECE, (byte) 8);
            Arrays.fill(content, 5 * Life.PIECE, 6 * Life.PIECE, (byte) 6);
            Arrays.fill(content, (int) Life.MIN_BYTES, (int) size, (byte) 9);
            life.write("a", 0, ByteBuffer.wrap(content));
            life.set("s", "a");
            life.await(done -> life.live("a").trim(2 * Life.PIECE, Life.PIECE, false, done));
            life.write("a", 0, 1, 1);
            IoStatus last = life.write(
                    "a", Life.MIN_BYTES + 512, ByteBuffer.allocate(1024).put(0, (byte) 1));
            Wrong.unless(last == IoStatus.OK, "writing the last piece ended with " + last);
            life.settle();
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
                store.change(new CatalogEntry.VolumeAdded(1, new UUID(1, 1), "a", "/a", Life.MIN_BYTES, 1));
                store.change(new CatalogEntry.SetCreated(
                        new UUID(2, 2),
                        0,
                        "s",
                        Map.of(),
                        List.of(new CatalogEntry.CopyCreated(new UUID(3, 3), 1, 1, Life.MIN_BYTES))));
                preserve(store, 11);
                preserve(store, 22);
                Wrong.unless(preserved(store) == 11, "the second record of an epoch is read");
                store.close();
                store = opener.open();
                Wrong.unless(preserved(store) == 11, "the second record of an epoch is read after a restart");
                preserve(store, 33);
                store.close();
                store = opener.open();
                Wrong.unless(preserved(store) == 11, "of two runs the second's record of an epoch is read");
                store.close();
            } catch (StoreException e) {
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

    private static long preserved(Store store) throws StoreException {
        Lookup found = store.lookups().take();
        store.exceptions(1).lookup(5, 1, 1, found);
        ByteBuffer piece = ByteBuffer.allocate(Life.PIECE);
        store.readPiece(found.location(0), found.crc(0), piece);
        return piece.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    }

    /** An epoch that named a copy never names another, not even after a delete and a restart. */
    static void epochs(long seed) {
        Set<Long> names = new HashSet<>();
        SimImage image = Life.first(seed, life -> life.volume("a", Life.MIN_BYTES));
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

    /** A full store keeps room to delete in, and takes writes again when nothing has to be preserved. */
    static void full(long seed) {
        Life.first(seed, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.set("s", "a");
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> event.kind() == IoKind.ALLOCATE && Life.isLog(event))
                            .always()
                            .then(new Fault.NoSpace()));
            int refused = 0;
            for (int piece = 0; piece < 120; piece++) {
                IoStatus status = life.write("a", piece, 1, piece + 1);
                refused += status == IoStatus.NO_SPACE ? 1 : 0;
                Wrong.unless(status == IoStatus.OK || status == IoStatus.NO_SPACE, "a full store: " + status);
            }
            life.settle();
            for (int i = 1; i <= 8; i++) { // The catalog has more than a block to itself.
                life.engine().setProperties("a", Map.of("hold-seconds", "" + i));
            }
            life.engine().deleteSet("s");
            Wrong.unless(refused > 0, "the store did not fill");
            Wrong.unless(life.write("a", 119, 1, 1) == IoStatus.OK, "no write after the delete");
        });
    }

    // ---- what another task does at the wrong moment

    /** While the force of its record is held up, a delete or a set is not there yet; a cut then leaves none of it. */
    static void heldForce(long seed) {
        SimImage deleted = Life.first(seed, life -> {
            life.prepareCopy();
            life.holdForce();
            life.engine().deleteSet("s");
        });
        Life.next(
                seed,
                deleted.cutKeepingNone(),
                life -> Wrong.unless(
                        life.engine().copies().isEmpty(), "an acknowledged delete is undone by a power cut"));
        SimImage created = Life.first(seed, life -> {
            life.prepareCopy();
            life.holdForce();
            life.set("t", "a");
        });
        Life.next(seed, created.cutKeepingNone(), life -> life.expectCopy("a@t", 0, 1));
    }

    /** A copy read that was held up on its way to the origin while the piece was overwritten for the first time. */
    static void heldRead(long seed) {
        Life.first(seed, life -> {
            life.prepareCopy();
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.READ)
                            .file("a")
                            .and(event -> event.task().equals("client"))
                            .then(new Fault.Stall(100 * Life.MILLISECOND)));
            long[] found = new long[1];
            Scheduler.Task reader = life.start(() -> {
                try {
                    found[0] = life.readCopy("a@s", 0);
                } catch (EngineException e) {
                    throw new Wrong(String.valueOf(e.getMessage()), e);
                }
            });
            life.sleep(20 * Life.MILLISECOND);
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
                life.volume(volume, Life.MIN_BYTES);
                life.write(volume, 0, 4, 1);
            }
            life.set("s", "a", "b", "c");
            // Header, 3 volumes and the set take 20 KiB of 64, and each first touch 8: after 4 of them one fits.
            for (int piece = 0; piece < 3; piece++) {
                life.write("a", piece, 1, 2);
                life.sleep(20 * Life.MILLISECOND);
            }
            life.holdForce();
            Scheduler.Task[] clients = new Scheduler.Task[3];
            for (int i = 0; i < 3; i++) {
                String volume = volumes.get(i);
                int piece = i == 0 ? 3 : 0;
                clients[i] = life.start(() -> life.write(volume, piece, 1, 2));
                life.sleep(20 * Life.MILLISECOND);
            }
            for (Scheduler.Task client : clients) {
                client.join();
            }
            life.settle();
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
                life.volume(names[i], Life.MIN_BYTES);
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
                    Wrong.unless(
                            Math.abs(a - b) <= 1,
                            "a set has link " + Math.max(a, b) + " of a chain, but not " + (Math.max(a, b) - 1));
                }
            }
        });
    }
}
