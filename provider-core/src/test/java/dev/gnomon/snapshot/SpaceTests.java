/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.store.StoreChecker;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.StoreLimits;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Space of deleted copies comes back, and what the others read stays. */
class SpaceTests {
    private static final Path STORE = Path.of("/store");
    private static final int PIECE = 4096;
    private static final int PIECES = 2048;

    /** Pieces of one write. */
    private static final int ROW = 4;

    private static final int COPIES = 30;
    private static final int WRITES = 180;
    private static final long SEGMENT_BYTES = 1 << 20;

    @Test
    void whatFourOfFiveDeletedCopiesTookComesBack() {
        SimWorld world = new SimWorld(7);
        world.run(() -> {
            try {
                play(world);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void play(SimWorld world) throws Exception {
        StoreConfig config =
                new StoreConfig(STORE, 16 << 10, SEGMENT_BYTES, 64 << 10, new StoreLimits(1 << 20, 4 << 20, 1L << 40));
        CopyOnWriteEngine engine = CopyOnWriteEngine.open(
                new EngineConfig(config), world.storage(), world.clock(), world.scheduler(), world.random());
        engine.createVolume("a", Path.of("/a.img"), PIECES * (long) PIECE, Allocation.SPARSE);
        Xoshiro256 random = new Xoshiro256(7);
        long[] now = new long[PIECES];
        Map<String, long[]> cuts = new TreeMap<>();
        Map<String, Set<Integer>> written = new TreeMap<>();
        for (int i = 0; i < PIECES; i += ROW) {
            Arrays.fill(now, i, i + ROW, i + 1L);
            write(world, engine, i, now[i]);
        }
        for (int copy = 0; copy < COPIES; copy++) {
            String name = String.format(java.util.Locale.ROOT, "s%02d", copy);
            engine.createSet(new SetRequest(List.of("a"), name, Map.of()));
            cuts.put(name, now.clone());
            written.put(name, new TreeSet<>());
            for (int n = 0; n < WRITES; n++) {
                int piece = random.nextInt(PIECES / ROW) * ROW;
                Arrays.fill(now, piece, piece + ROW, 1000L * (copy + 1) + n);
                write(world, engine, piece, now[piece]);
                written.get(name).add(piece);
                if (n % 60 == 59) {
                    world.scheduler().sleep(6_000_000_000L); // What is staged settles, and its files are used again.
                }
            }
        }
        long before = engine.stats().logAllocatedBytes();
        long needed = 0;
        Set<Integer> since = new TreeSet<>();
        for (int copy = COPIES - 1; copy >= 0; copy--) {
            String name = String.format(java.util.Locale.ROOT, "s%02d", copy);
            since.addAll(written.get(name));
            if (copy % 5 == 0) {
                needed += since.size()
                        * (long) ROW
                        * PIECE; // A remaining copy reads what was overwritten up to the next one.
                since.clear();
            } else {
                engine.deleteSet(name);
                cuts.remove(name);
            }
        }
        // The reaper is idle much sooner; then nobody comes for the spare segments either.
        world.scheduler().sleep(420_000_000_000L);
        long after = engine.stats().logAllocatedBytes();
        System.out.println("FIGURE space: " + (before >> 10) + " KiB before, " + (after >> 10) + " KiB after, "
                + (needed >> 10) + " KiB needed by the copies that remain; " + engine.diffArea());
        assertThat(after).as("all files of the store").isLessThanOrEqualTo(needed * 13 / 10);
        assertThat(engine.stats().liveBytes()).isLessThanOrEqualTo(needed);
        expect(engine, cuts);
        engine.close();
        StoreChecker.Report report = new StoreChecker(world.storage(), world.clock(), world.scheduler(), STORE).check();
        assertThat(report.findings()).isEmpty();
        CopyOnWriteEngine again = CopyOnWriteEngine.open(
                new EngineConfig(config), world.storage(), world.clock(), world.scheduler(), world.random());
        expect(again, cuts);
        again.close();
    }

    private static void expect(CopyOnWriteEngine engine, Map<String, long[]> cuts) throws EngineException {
        for (Map.Entry<String, long[]> cut : cuts.entrySet()) {
            ShadowCopy copy = Objects.requireNonNull(
                    engine.shadowCopy(engine.copy("a@" + cut.getKey()).id()));
            ByteBuffer bytes = ByteBuffer.allocate(PIECES * PIECE);
            assertThat(copy.read(0, bytes)).isEqualTo(IoStatus.OK);
            for (int piece = 0; piece < PIECES; piece++) {
                assertThat(bytes.getLong(piece * PIECE + 8))
                        .as("piece %d of %s", piece, cut.getKey())
                        .isEqualTo(cut.getValue()[piece]);
            }
        }
    }

    private static void write(SimWorld world, CopyOnWriteEngine engine, int piece, long number) {
        ByteBuffer bytes = ByteBuffer.allocate(ROW * PIECE);
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        Mutex mutex = world.scheduler().newMutex();
        Mutex.Condition ended = mutex.newCondition();
        IoStatus[] result = new IoStatus[1];
        Objects.requireNonNull(engine.liveVolume("a")).write(piece * (long) PIECE, bytes.flip(), false, status -> {
            mutex.lock();
            result[0] = status;
            ended.signalAll();
            mutex.unlock();
        });
        mutex.lock();
        while (result[0] == null) {
            ended.await();
        }
        mutex.unlock();
        assertThat(result[0]).isEqualTo(IoStatus.OK);
    }
}
