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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tails, runs and merges of them hold what a sorted map holds, for every copy that there is. */
class RunModelTests {
    private static final Path STORE = Path.of("/store");
    private static final UUID UUID_OF_STORE = new UUID(1, 2);
    private static final int VOLUMES = 3;
    private static final int PIECES = 400;
    private static final int ROUNDS = 9;

    private record Kept(long location, int crc) {}

    /** By volume, piece and epoch: what counts. */
    private final Map<Integer, SortedMap<Long, SortedMap<Long, Kept>>> model = new TreeMap<>();

    private final List<Run> runs = new ArrayList<>();
    private final List<Long> copies = new ArrayList<>();
    private long nextRun = 1;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyCopyReadsFromRunsWhatItReadsFromTheModel(long seed) {
        SimWorld world = new SimWorld(seed);
        world.run(() -> {
            try {
                world.storage().createDirectories(STORE);
                play(world, new Xoshiro256(seed), "seed " + seed);
            } catch (IOException | StoreException | ReadBackException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void play(SimWorld world, Xoshiro256 random, String told)
            throws IOException, StoreException, ReadBackException {
        BlockCache cache = new BlockCache(world.scheduler(), 64 << 10);
        Throttle throttle = new Throttle(world.clock(), world.scheduler(), 1L << 40);
        for (int round = 0; round < ROUNDS; round++) {
            long epoch = 10L * (round + 1);
            copies.add(epoch - 5);
            if (copies.size() > 2 && random.percent(50)) {
                copies.remove(random.nextInt(copies.size() - 1));
            }
            SortedMap<Integer, ExceptionIndex> tails = tails(random, epoch);
            int from = runs.size() - random.nextInt(runs.size() + 1);
            List<Run> merged = new ArrayList<>(runs.subList(from, runs.size()));
            List<ExceptionSource> sources = new ArrayList<>();
            merged.forEach(run -> sources.add(new RunSource(run, throttle)));
            sources.add(new TailSource(tails));
            long most = merged.stream().mapToLong(Run::entries).sum()
                    + tails.values().stream().mapToLong(ExceptionIndex::count).sum();
            RunWriter writer = new RunWriter(
                    world.storage(), STORE, UUID_OF_STORE, nextRun++, most, VOLUMES * (merged.size() + 1), throttle);
            new RunMerge(sources, needs()).into(writer::add);
            runs.subList(from, runs.size()).clear();
            if (writer.entries() > 0) {
                runs.add(writer.finish(cache));
            }
            compare(told + ", round " + round);
        }
        assertThat(model).as(told).isNotEmpty();
    }

    private Needs needs() {
        Needs needs = new Needs();
        for (int volume = 1; volume <= VOLUMES; volume++) {
            List<Catalog.CopyEntry> entries = copies.stream()
                    .map(epoch -> new Catalog.CopyEntry(new UUID(0, epoch), new UUID(1, epoch), 1, epoch, 1))
                    .toList();
            needs.add(new Catalog.VolumeEntry(volume, new UUID(2, volume), "v", "/v", 1, 0, "", entries), 0);
        }
        return needs;
    }

    /** New exceptions of an epoch; some are duplicates of older ones, and some say that one was moved. */
    private SortedMap<Integer, ExceptionIndex> tails(Xoshiro256 random, long epoch) {
        SortedMap<Integer, ExceptionIndex> tails = new TreeMap<>();
        for (int volume = 1; volume <= VOLUMES; volume++) {
            ExceptionIndex tail = new ExceptionIndex();
            var pieces = model.computeIfAbsent(volume, key -> new TreeMap<>());
            int count = random.nextInt(600);
            for (int i = 0; i < count; i++) {
                long piece = random.nextInt(PIECES);
                var epochs = pieces.computeIfAbsent(piece, key -> new TreeMap<>());
                long location = random.percent(10)
                        ? VolumeExceptions.ZEROS
                        : Location.of(random.nextInt(9), 4096L * random.nextInt(99));
                Kept made = new Kept(location, random.nextInt(1 << 20));
                boolean move = random.percent(15) && !epochs.isEmpty();
                long of = move ? epochs.lastKey() : epoch + random.nextInt(2);
                tail.insert(piece, of, made.location, made.crc, move);
                if (move) {
                    epochs.put(of, made);
                } else {
                    epochs.putIfAbsent(of, made);
                }
            }
            tails.put(volume, tail);
        }
        return tails;
    }

    private void compare(String told) throws StoreException {
        Lookup lookup = new Lookup();
        for (long copy : copies) {
            for (int volume = 1; volume <= VOLUMES; volume++) {
                for (long first = 0; first < PIECES; first += 100) {
                    lookup.begin(first, 100, 0);
                    for (int i = runs.size() - 1; i >= 0; i--) {
                        runs.get(i).find(volume, copy, lookup);
                    }
                    for (int i = 0; i < 100; i++) {
                        compare(told + ", volume " + volume + ", copy " + copy, volume, first + i, copy, lookup, i);
                    }
                }
            }
        }
    }

    private void compare(String told, int volume, long piece, long copy, Lookup lookup, int index) {
        SortedMap<Long, Kept> above = model.getOrDefault(volume, new TreeMap<>())
                .getOrDefault(piece, new TreeMap<>())
                .tailMap(copy + 1);
        Kept expected = above.isEmpty() ? null : above.get(above.firstKey());
        Kept found = lookup.found(index) ? new Kept(lookup.location(index), lookup.crc(index)) : null;
        assertThat(found).as(told + ", piece " + piece).isEqualTo(expected);
    }
}
