/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.store.format.RunBlock;
import dev.gnomon.testkit.Xoshiro256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The index of a tail finds what a sorted map of sorted maps does, whatever is packed into its 20 bytes. */
class ExceptionIndexTests {
    private static final long LAST_PIECE = (1L << 34) - 1;
    private static final long LAST_PLACE = Location.of(RunBlock.MAX_SEGMENT, (1L << 30) - 4096);

    private record Kept(long location, int crc, boolean moved) {}

    /** With so few numbers for epochs that most, some or none of the epochs are kept beside their exceptions. */
    @ParameterizedTest(name = "seed {0}, {1} numbers for epochs")
    @CsvSource({"1, 0", "2, 1", "3, 7", "4, 60", "5, 16383"})
    void findsWhatAModelFinds(long seed, int numbers) {
        Xoshiro256 random = new Xoshiro256(seed);
        ExceptionIndex index = new ExceptionIndex(new ExceptionEpochs(numbers));
        NavigableMap<Long, NavigableMap<Long, Kept>> model = new TreeMap<>();
        long newest = 5;
        for (int i = 0; i < 60_000; i++) {
            newest += random.percent(1) ? 1 + random.nextInt(3) : 0;
            long piece = random.percent(80) ? random.nextInt(9_000) : LAST_PIECE - random.nextInt(9_000);
            long epoch = random.percent(80) ? newest : 1 + random.nextInt((int) newest);
            boolean moved = random.percent(20);
            Kept kept = new Kept(location(random), (int) random.nextLong(), moved);
            NavigableMap<Long, Kept> epochs = model.computeIfAbsent(piece, key -> new TreeMap<>());
            assertThat(index.insert(piece, epoch, kept.location, kept.crc, moved))
                    .isEqualTo(!epochs.containsKey(epoch));
            if (moved) {
                epochs.put(epoch, kept);
            } else {
                epochs.putIfAbsent(epoch, kept);
            }
        }
        compareSorted(index, model);
        compareLookUps(index, model, newest, random);
    }

    private static long location(Xoshiro256 random) {
        if (random.percent(10)) {
            return ExceptionIndex.ZEROS;
        }
        return Location.of(
                random.percent(50) ? random.nextInt(4) : RunBlock.MAX_SEGMENT - random.nextInt(4),
                4096L * random.nextInt(1 << 18));
    }

    private static void compareSorted(ExceptionIndex index, NavigableMap<Long, NavigableMap<Long, Kept>> model) {
        List<Object> actual = new ArrayList<>();
        for (int at : index.sorted()) {
            actual.add(List.of(
                    index.piece(at), index.epoch(at), new Kept(index.location(at), index.crc(at), index.moved(at))));
        }
        List<Object> expected = new ArrayList<>();
        model.forEach((piece, epochs) -> epochs.forEach((epoch, kept) -> expected.add(List.of(piece, epoch, kept))));
        assertThat(actual).isEqualTo(expected);
    }

    private static void compareLookUps(
            ExceptionIndex index, NavigableMap<Long, NavigableMap<Long, Kept>> model, long newest, Xoshiro256 random) {
        Lookup lookup = new Lookup();
        for (int i = 0; i < 20_000; i++) {
            long piece = random.percent(50) ? random.nextInt(9_500) : LAST_PIECE - random.nextInt(9_500);
            long epoch = random.nextInt((int) newest + 2);
            NavigableMap<Long, Kept> epochs = model.getOrDefault(piece, new TreeMap<>());
            assertThat(index.newestEpoch(piece)).isEqualTo(epochs.isEmpty() ? 0 : epochs.lastKey());
            lookup.begin(piece, 1, 0);
            index.find(piece, epoch, 0, lookup);
            Map.Entry<Long, Kept> expected = epochs.higherEntry(epoch);
            assertThat(lookup.found(0)).isEqualTo(expected != null);
            if (expected != null) {
                assertThat(lookup.epoch(0)).isEqualTo(expected.getKey());
                assertThat(lookup.location(0)).isEqualTo(expected.getValue().location);
                assertThat(lookup.crc(0)).isEqualTo(expected.getValue().crc);
            }
        }
    }

    @Test
    void keepsTheLargestThatTheFormatAllows() {
        ExceptionIndex index = new ExceptionIndex();

        index.insert(LAST_PIECE, RunBlock.MAX_EPOCH, LAST_PLACE, -1, true);
        index.insert(0, 1, 0, 0);
        index.insert(LAST_PIECE, 1, ExceptionIndex.ZEROS, 0);

        assertThat(index.piece(0)).isEqualTo(LAST_PIECE);
        assertThat(index.epoch(0)).isEqualTo(RunBlock.MAX_EPOCH);
        assertThat(index.location(0)).isEqualTo(LAST_PLACE);
        assertThat(index.crc(0)).isEqualTo(-1);
        assertThat(index.moved(0)).isTrue();
        assertThat(List.of(index.piece(1), index.location(1), (long) index.crc(1)))
                .containsOnly(0L);
        assertThat(index.moved(1)).isFalse();
        assertThat(index.location(2)).isEqualTo(ExceptionIndex.ZEROS);
    }

    @Test
    void refusesWhatItCannotKeep() {
        ExceptionIndex index = new ExceptionIndex();

        assertThatThrownBy(() -> index.insert(LAST_PIECE + 1, 1, 0, 0)).hasMessageContaining("17179869184");
        assertThatThrownBy(() -> index.insert(-1, 1, 0, 0)).hasMessageContaining("piece -1");
        assertThatThrownBy(() -> index.insert(0, 1, Location.of(3, 100), 0))
                .hasMessageContaining("offset 100 of segment 3");
        assertThatThrownBy(() -> index.insert(0, 1, Location.of(RunBlock.MAX_SEGMENT + 1, 0), 0))
                .hasMessageContaining("segment 536870911");
        assertThatThrownBy(() -> index.insert(0, 1, VolumeExceptions.NOT_KEPT, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(index.count()).isZero();
    }
}
