/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans over tails, runs of many blocks and staged pieces find what sorted sets hold, and no more than they were asked. */
class ChangeScanTests {
    private static final Path STORE = Path.of("/store");
    private static final UUID UUID_OF_STORE = new UUID(1, 2);
    private static final int VOLUME = 2;

    private record Key(long piece, long epoch) {}

    private static void run(long seed, Script script) {
        SimWorld world = new SimWorld(seed);
        world.run(() -> {
            try {
                world.storage().createDirectories(STORE);
                script.play(world);
            } catch (IOException | StoreException | ReadBackException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private interface Script {
        void play(SimWorld world) throws IOException, StoreException, ReadBackException;
    }

    /** Writes a run of volumes 1 to 3 that has these exceptions of the one in the middle. */
    private static Run write(SimWorld world, long number, NavigableSet<Long> pieces, long lowEpoch, long highEpoch)
            throws IOException, StoreException, ReadBackException {
        Throttle throttle = new Throttle(world.clock(), world.scheduler(), 1L << 40);
        long most = pieces.size() * (highEpoch - lowEpoch + 1) + 2;
        RunWriter writer = new RunWriter(world.storage(), STORE, UUID_OF_STORE, number, most, 3, throttle);
        writer.add(1, 7, highEpoch, 0, 0, false);
        for (long piece : pieces) {
            for (long epoch = lowEpoch; epoch <= highEpoch; epoch++) {
                writer.add(VOLUME, piece, epoch, Location.of(1, 4096), 0, false);
            }
        }
        writer.add(3, 8, highEpoch, 0, 0, false);
        return writer.finish(new BlockCache(world.scheduler(), 64 << 10));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everySourceIsGoneThroughInOrder(long seed) {
        run(seed, world -> {
            Xoshiro256 random = new Xoshiro256(seed);
            long pieces = 1L << (10 + random.nextInt(24));
            List<Key> keys = new ArrayList<>();
            ExceptionIndex tail = new ExceptionIndex();
            for (int i = 0; i < 3000; i++) {
                long piece = random.percent(50) ? random.nextInt(1000) : Math.floorMod(random.nextLong(), pieces);
                long epoch = 20L + random.nextInt(5);
                tail.insert(piece, epoch, 0, 0);
                keys.add(new Key(piece, epoch));
            }
            List<Run> runs = new ArrayList<>();
            for (int number = 1; number <= 3; number++) {
                NavigableSet<Long> in = new TreeSet<>();
                for (int i = 0; i < 900; i++) {
                    in.add(Math.floorMod(random.nextLong(), pieces));
                }
                long low = 1 + 4L * number;
                runs.add(write(world, number, in, low, low + 3));
                for (long piece : in) {
                    for (long epoch = low; epoch <= low + 3; epoch++) {
                        keys.add(new Key(piece, epoch));
                    }
                }
            }
            TailRegions regions = new TailRegions(tail);
            for (int round = 0; round < 60; round++) {
                long above = random.nextInt(26);
                long through = random.percent(30) ? Long.MAX_VALUE : above + random.nextInt(12);
                long first = random.percent(30) ? 0 : Math.floorMod(random.nextLong(), pieces);
                long end = first + 1 + Math.floorMod(random.nextLong(), pieces - first);
                long[] staged = {first, end - 1, first};
                NavigableSet<Long> expected = new TreeSet<>(List.of(first, end - 1));
                for (Key key : keys) {
                    if (key.piece >= first && key.piece < end && key.epoch > above && key.epoch <= through) {
                        expected.add(key.piece);
                    }
                }
                RunSet set = new RunSet(runs);
                set.pin();
                TailChanges ofTail = new TailChanges(
                        world.scheduler().newMutex(), regions, tail.count(), first, end, above, through);
                List<Long> found = new ArrayList<>();
                try (ChangeScan scan =
                        new ChangeScan(staged, List.of(ofTail), set, VOLUME, first, end, above, through)) {
                    for (long piece = scan.next(); piece != ChangeScan.NONE; piece = scan.next()) {
                        found.add(piece);
                    }
                    assertThat(scan.next()).isEqualTo(ChangeScan.NONE);
                }
                assertThat(found)
                        .as(
                                "seed %d, round %d: pieces %d to %d, epochs %d to %d",
                                seed, round, first, end, above, through)
                        .isEqualTo(new ArrayList<>(expected));
                // A piece that comes later must not be lost by those who ask later.
                long late = Math.floorMod(random.nextLong(), pieces);
                tail.insert(late, 25, 0, 0);
                keys.add(new Key(late, 25));
            }
        });
    }

    @Test
    void aScanOfAPartReadsNoMoreOfARunThanThePartHas() {
        run(1, world -> {
            NavigableSet<Long> in = new TreeSet<>();
            for (long piece = 0; piece < 100_000; piece++) {
                in.add(piece * 3);
            }
            Run run = write(world, 1, in, 5, 5);
            RunSet set = new RunSet(List.of(run));
            set.pin();
            try (ChangeScan scan = new ChangeScan(new long[0], List.of(), set, VOLUME, 30_000, 30_030, 4, 5)) {
                int count = 0;
                while (scan.next() != ChangeScan.NONE) {
                    count++;
                }
                assertThat(count).isEqualTo(10);
                assertThat(scan.seen()).isLessThan(3 * 169);
            }
        });
    }

    @Test
    void aRangeOfTooManyBlocksEndsAtTheFirstBlockThatIsTooMany() {
        run(1, world -> {
            NavigableSet<Long> in = new TreeSet<>();
            for (long piece = 0; piece < 1000; piece++) {
                in.add(piece);
            }
            RunSet set = new RunSet(List.of(write(world, 1, in, 5, 5)));
            assertThat(set.endOf(VOLUME, 0, 5000, 4, 2)).isEqualTo(2 * 169);
            assertThat(set.endOf(VOLUME, 170, 5000, 4, 1)).isEqualTo(2 * 169);
            assertThat(set.endOf(VOLUME, 0, 100, 4, 2)).isEqualTo(100);
            assertThat(set.endOf(VOLUME, 0, 5000, 4, 6)).isEqualTo(5000);
            assertThat(set.endOf(VOLUME, 0, 5000, 5, 1)).as("nothing newer").isEqualTo(5000);
        });
    }

    /** One piece of very many epochs fills more blocks than a scan reads: the scan still gets ahead. */
    @Test
    void aScanAlwaysHasOnePieceAtLeast() {
        run(1, world -> {
            NavigableSet<Long> in = new TreeSet<>(List.of(3L, 9L));
            RunSet set = new RunSet(List.of(write(world, 1, in, 1, 2000)));
            assertThat(set.endOf(VOLUME, 3, 100, 0, 2)).isEqualTo(4);
        });
    }
}
