/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.snapshot.DiffPage.Extent;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.StoreLimits;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changed between copies is what was written between them, to the piece, whatever happens to other copies. */
class DiffTests {
    private static final Path STORE = Path.of("/store");
    private static final int PIECE = 4096;
    private static final int PIECES = 1500;
    private static final int STEPS = 260;

    /** Small, so that tails become runs, runs are merged and segments are given up all the time. */
    private static final StoreConfig SMALL =
            new StoreConfig(STORE, 16 << 10, 1 << 20, 64 << 10, new StoreLimits(1 << 20, 512 << 10, 1L << 40));

    private interface Script {
        void play(SimWorld world) throws Exception;
    }

    private static void run(long seed, Script script) {
        SimWorld world = new SimWorld(seed);
        world.run(() -> {
            try {
                script.play(world);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static CopyOnWriteEngine open(SimWorld world) throws Exception {
        return CopyOnWriteEngine.open(
                new EngineConfig(SMALL), world.storage(), world.clock(), world.scheduler(), world.random());
    }

    /** What each cut closed, naively: the pieces written between it and the next one, or now. */
    private static final class Naive {
        private final List<String> copies = new ArrayList<>();
        private final List<BitSet> writtenSince = new ArrayList<>();

        void cut(String name) {
            copies.add(name);
            writtenSince.add(new BitSet());
        }

        void write(int first, int last) {
            if (!copies.isEmpty()) {
                writtenSince.getLast().set(first, last + 1);
            }
        }

        void delete(int index) {
            copies.remove(index);
            BitSet since = writtenSince.remove(index);
            if (index > 0) {
                writtenSince.get(index - 1).or(since);
            }
        }

        /** Returns what changed from a copy to another, or to now if that is their count. */
        BitSet between(int older, int newer) {
            BitSet all = new BitSet();
            for (int i = older; i < newer; i++) {
                all.or(writtenSince.get(i));
            }
            return all;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void diffsAreWhatANaiveModelSays(long seed) {
        run(seed, world -> {
            CopyOnWriteEngine engine = open(world);
            engine.createVolume("a", Path.of("/a.img"), PIECES * (long) PIECE, Allocation.SPARSE);
            Xoshiro256 random = new Xoshiro256(seed);
            Naive naive = new Naive();
            int compared = 0;
            for (int step = 0; step < STEPS; step++) {
                String told = "seed " + seed + ", step " + step;
                int dice = random.nextInt(100);
                if (dice < 8) {
                    engine.createSet(new SetRequest(List.of("a"), "s" + step, Map.of()));
                    naive.cut("s" + step);
                } else if (dice < 13 && naive.copies.size() > 1) {
                    int victim = random.nextInt(naive.copies.size());
                    engine.deleteCopy("a@" + naive.copies.get(victim));
                    naive.delete(victim);
                } else if (dice < 16 && !naive.copies.isEmpty()) {
                    bookmark(engine, naive, random);
                } else if (dice < 19) {
                    world.scheduler().sleep(random.nextInt(20) * 1_000_000_000L);
                } else if (dice < 21) {
                    engine.close();
                    engine = open(world);
                } else if (dice < 70 || naive.copies.isEmpty()) {
                    write(world, engine, random, naive);
                } else {
                    compare(engine, naive, random, told);
                    compared++;
                }
            }
            assertThat(compared).isPositive();
            for (int i = 0; i < naive.copies.size(); i++) {
                for (int j = i; j < naive.copies.size(); j++) {
                    expect(engine, naive, i, j, 0, PIECES * (long) PIECE, "seed " + seed + ", in the end");
                }
            }
            engine.close();
        });
    }

    /** Turns a copy into a bookmark; to the model that changes nothing. */
    private static void bookmark(CopyOnWriteEngine engine, Naive naive, Xoshiro256 random) throws EngineException {
        String name = "a@" + naive.copies.get(random.nextInt(naive.copies.size()));
        if (engine.bookmarks().stream().noneMatch(each -> each.exportName().equals(name))) {
            engine.bookmarkCopy(name);
        }
    }

    private static CopyInfo side(CopyOnWriteEngine engine, String name) throws EngineException {
        for (CopyInfo bookmark : engine.bookmarks()) {
            if (bookmark.exportName().equals(name)) {
                return bookmark;
            }
        }
        return engine.copy(name);
    }

    private static void write(SimWorld world, CopyOnWriteEngine engine, Xoshiro256 random, Naive naive) {
        int first = random.nextInt(PIECES);
        int count = 1 + random.nextInt(Math.min(random.percent(20) ? 100 : 6, PIECES - first));
        int skip = random.percent(30) ? random.nextInt(8) * 512 : 0;
        int length = count * PIECE - skip - (random.percent(30) ? 512 * random.nextInt(4) : 0);
        if (length <= 0) {
            return;
        }
        long offset = first * (long) PIECE + skip;
        naive.write(first, (int) ((offset + length - 1) / PIECE));
        LiveVolume live = Objects.requireNonNull(engine.liveVolume("a"));
        boolean zeros = random.percent(15);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        await(world, done -> {
            if (zeros) {
                live.writeZeros(offset, length, false, done);
            } else {
                live.write(offset, bytes, random.percent(10), done);
            }
        });
    }

    private static void await(SimWorld world, java.util.function.Consumer<dev.gnomon.io.Completion> request) {
        Mutex mutex = world.scheduler().newMutex();
        Mutex.Condition ended = mutex.newCondition();
        IoStatus[] result = new IoStatus[1];
        request.accept(status -> {
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

    private static void compare(CopyOnWriteEngine engine, Naive naive, Xoshiro256 random, String told)
            throws EngineException {
        int older = random.nextInt(naive.copies.size());
        int newer = older + random.nextInt(naive.copies.size() - older + 1);
        long size = PIECES * (long) PIECE;
        long offset = random.percent(40) ? 0 : random.nextInt((int) size);
        long length = random.percent(40) ? size - offset : 1 + random.nextInt((int) (size - offset));
        expect(engine, naive, older, newer, offset, length, told);
    }

    private static void expect(
            CopyOnWriteEngine engine, Naive naive, int older, int newer, long offset, long length, String told)
            throws EngineException {
        CopyInfo from = side(engine, "a@" + naive.copies.get(older));
        boolean live = newer == naive.copies.size();
        CopyDiff diff = live ? engine.diffSince(from) : engine.diff(side(engine, "a@" + naive.copies.get(newer)), from);
        BitSet found = new BitSet();
        long[] at = {offset};
        Boolean[] last = new Boolean[1];
        IoStatus status = diff.changes(offset, length, Long.MAX_VALUE, (bytes, changed) -> {
            assertThat(bytes).isPositive();
            assertThat(last[0]).as("neighbours differ").isNotEqualTo(changed);
            last[0] = changed;
            if (changed) {
                found.set((int) (at[0] / PIECE), (int) ((at[0] + bytes - 1) / PIECE) + 1);
            }
            at[0] += bytes;
            return true;
        });
        assertThat(status).as(told).isEqualTo(IoStatus.OK);
        assertThat(at[0]).as("%s: the end of what is told", told).isEqualTo(offset + length);
        BitSet expected = naive.between(older, newer);
        expected.clear(0, (int) (offset / PIECE));
        expected.clear((int) ((offset + length - 1) / PIECE) + 1, PIECES + 1);
        assertThat(found)
                .as("%s: pieces from %s to %s, in %d + %d", told, from.name(), live ? "now" : newer, offset, length)
                .isEqualTo(expected);
    }

    // ---- single things

    private static CopyOnWriteEngine small(SimWorld world) throws Exception {
        CopyOnWriteEngine engine = open(world);
        engine.createVolume("a", Path.of("/a.img"), 1 << 20, Allocation.SPARSE);
        engine.createVolume("b", Path.of("/b.img"), 1 << 20, Allocation.SPARSE);
        return engine;
    }

    private static void write(SimWorld world, CopyOnWriteEngine engine, long offset, int length) {
        await(
                world,
                done -> Objects.requireNonNull(engine.liveVolume("a"))
                        .write(offset, ByteBuffer.allocate(length), false, done));
    }

    private static void cut(CopyOnWriteEngine engine, String name) throws EngineException {
        engine.createSet(new SetRequest(List.of("a", "b"), name, Map.of()));
    }

    @Test
    void pagesNameBothSidesWhateverTheirOrderAndEndWhereTheVolumeEnds() {
        run(1, world -> {
            CopyOnWriteEngine engine = small(world);
            cut(engine, "s");
            write(world, engine, 5000, 1);
            cut(engine, "t");
            write(world, engine, (1 << 20) - 512, 512);
            DiffPage expected = new DiffPage("a@s", "a@t", 1 << 20, List.of(new Extent(4096, 4096)), 1 << 20);
            assertThat(engine.diff(new DiffRequest("a@s", "a@t", 0))).isEqualTo(expected);
            assertThat(engine.diff(new DiffRequest("a@t", "a@s", 0))).isEqualTo(expected);
            assertThat(engine.diff(new DiffRequest("a@t", "a@t", 0)).extents()).isEmpty();
            assertThat(engine.diff(new DiffRequest("a@t", "", 0)))
                    .isEqualTo(new DiffPage("a@t", "a", 1 << 20, List.of(new Extent((1 << 20) - 4096, 4096)), 1 << 20));
            assertThat(engine.diff(new DiffRequest("a@s", "", 8192)).extents()).hasSize(1);
            engine.close();
        });
    }

    @Test
    void whatCannotBeComparedIsRefusedWithTheReason() {
        run(1, world -> {
            CopyOnWriteEngine engine = small(world);
            cut(engine, "s");
            assertThatThrownBy(() -> engine.diff(new DiffRequest("a@s", "b@s", 0)))
                    .hasMessage("a@s and b@s cannot be compared: expected two copies of one volume");
            assertThatThrownBy(() -> engine.diff(new DiffRequest("a@s", "a@t", 0)))
                    .hasMessage("no shadow copy \"a@t\"");
            assertThatThrownBy(() -> engine.diff(new DiffRequest("a@s", "", 1 << 20)))
                    .hasMessage("offset 1048576: expected 0 to 1048575, inside a");
            CopyDiff diff = engine.diffSince(engine.copy("a@s"));
            assertThat(diff.changes(0, (1 << 20) + 1, 1, (bytes, changed) -> true))
                    .isEqualTo(IoStatus.INVALID);
            assertThat(diff.changes(-1, 1, 1, (bytes, changed) -> true)).isEqualTo(IoStatus.INVALID);
            assertThat(diff.changes(0, 0, 1, (bytes, changed) -> true)).isEqualTo(IoStatus.INVALID);
            engine.close();
        });
    }

    @Test
    void aCopyThatIsDeletedWhileItIsComparedEndsTheComparison() {
        for (String victim : List.of("a@s", "a@t")) {
            run(1, world -> {
                CopyOnWriteEngine engine = small(world);
                cut(engine, "s");
                write(world, engine, 0, 1);
                write(world, engine, 8192, 1);
                cut(engine, "t");
                CopyDiff diff = engine.diff(engine.copy("a@s"), engine.copy("a@t"));
                assertThat(diff.changes(0, 1 << 20, 1, (bytes, changed) -> {
                            try {
                                engine.deleteCopy(victim);
                            } catch (EngineException e) {
                                throw new IllegalStateException(e);
                            }
                            return false;
                        }))
                        .as(victim)
                        .isEqualTo(IoStatus.GONE);
                assertThat(diff.changes(0, 1 << 20, 1, (bytes, changed) -> true))
                        .isEqualTo(IoStatus.GONE);
                engine.close();
            });
        }
    }

    @Test
    void aPageEndsBehindItsLastExtentAndTheNextGoesOnThere() {
        run(1, world -> {
            CopyOnWriteEngine engine = open(world);
            int extents = DiffPage.MAX_EXTENTS + 1;
            engine.createVolume("a", Path.of("/a.img"), 2L * extents * PIECE, Allocation.SPARSE);
            engine.createSet(new SetRequest(List.of("a"), "s", Map.of()));
            for (int i = 0; i < extents; i++) {
                write(world, engine, 2L * i * PIECE, 1);
            }
            DiffPage first = engine.diff(new DiffRequest("a@s", "", 0));
            assertThat(first.extents()).hasSize(DiffPage.MAX_EXTENTS);
            assertThat(first.nextOffsetBytes()).isEqualTo((2L * DiffPage.MAX_EXTENTS - 1) * PIECE);
            DiffPage second = engine.diff(new DiffRequest("a@s", "", first.nextOffsetBytes()));
            assertThat(second.extents()).containsExactly(new Extent(2L * DiffPage.MAX_EXTENTS * PIECE, PIECE));
            assertThat(second.nextOffsetBytes()).isEqualTo(2L * extents * PIECE);
            engine.close();
        });
    }

    /** Sixteen thousand million pieces: to look at each would take hours. */
    @Test
    void theLargestVolumeIsComparedInTheTimeOfItsChanges() {
        run(1, world -> {
            CopyOnWriteEngine engine = open(world);
            long size = 64L << 40;
            engine.createVolume("a", Path.of("/a.img"), size, Allocation.SPARSE);
            engine.createSet(new SetRequest(List.of("a"), "s", Map.of()));
            List<Extent> expected = new ArrayList<>();
            for (long offset : new long[] {0, (5L << 40) + 8192, (63L << 40) + 4096, size - PIECE}) {
                write(world, engine, offset, PIECE);
                expected.add(new Extent(offset, PIECE));
            }
            assertThat(engine.diff(new DiffRequest("a@s", "", 0)).extents()).isEqualTo(expected);
            engine.close();
            CopyOnWriteEngine again = open(world); // now they are in a run
            assertThat(again.diff(new DiffRequest("a@s", "", 0)).extents()).isEqualTo(expected);
            again.close();
        });
    }
}
