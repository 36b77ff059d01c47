/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The map of an overlay against one of the library, and its memory. */
class OverlayMapTests {
    private static final long SEED = 1;

    @Test
    void agreesWithAnOrdinaryMap() {
        OverlayMap map = new OverlayMap(new OverlayMap.Memory(1 << 20));
        Map<Long, Long> model = new HashMap<>();
        Xoshiro256 random = new Xoshiro256(SEED);
        for (int i = 0; i < 20_000; i++) {
            long piece = random.percent(50) ? random.nextInt(5_000) : (1L << 34) - random.nextInt(5_000);
            long place = random.percent(20) ? OverlayMap.ZEROS : i;
            assertThat(map.reserve(1)).isTrue();
            map.put(piece, place, i);
            model.put(piece, place);
            long other = random.nextInt(5_000);
            long slot = map.slot(other);
            assertThat(slot == OverlayMap.NONE ? null : map.place(slot)).isEqualTo(model.get(other));
        }
        model.forEach((piece, place) -> assertThat(map.place(map.slot(piece))).isEqualTo(place));
        assertThat(map.count()).isEqualTo(model.size());
        assertThat(map.dataCount())
                .isEqualTo(model.values().stream().filter(place -> place >= 0).count());
    }

    @Test
    void takesNoMoreMemoryThanAllMapsMayAndGivesItBack() {
        OverlayMap.Memory memory = new OverlayMap.Memory(24 * (256 + 128));
        OverlayMap first = new OverlayMap(memory);
        assertThat(first.reserve(100)).isTrue();
        assertThat(memory.usedBytes()).isEqualTo(24 * 256);
        OverlayMap second = new OverlayMap(memory);
        assertThat(second.reserve(85)).isTrue();
        assertThat(second.reserve(86)).as("while the first has its share").isFalse();
        second.put(7, 1, 2);
        assertThat(second.crc(second.slot(7))).isEqualTo(2);
        second.release();
        first.release();
        assertThat(memory.usedBytes()).isZero();
        assertThat(second.slot(7)).isEqualTo(OverlayMap.NONE);
    }
}
