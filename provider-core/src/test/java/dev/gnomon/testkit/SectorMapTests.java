/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Against a plain map, with old versions checked again after later changes. */
class SectorMapTests {
    private static final long SEED = 20260101;
    private static final long[] SPANS = {10, 100, 5_000, 1L << 23, 1L << 40};

    private record Version(SectorMap map, Map<Long, Sector> model) {}

    private static Sector sector(Xoshiro256 random) {
        if (random.percent(10)) {
            return Sector.ZERO;
        }
        byte[] bytes = new byte[Sector.BYTES];
        bytes[random.nextInt(Sector.BYTES)] = (byte) (1 + random.nextInt(3));
        return Sector.of(bytes);
    }

    @Test
    void behavesAsAPlainMapAndNeverChangesAVersion() {
        Xoshiro256 random = new Xoshiro256(SEED);
        for (long span : SPANS) {
            List<Version> versions = new ArrayList<>();
            Version current = new Version(SectorMap.EMPTY, new TreeMap<>());
            for (int step = 0; step < 300; step++) {
                current = step(current, random, span);
                versions.add(current);
            }
            versions.forEach(version -> check(version, random, span));
        }
    }

    private static Version step(Version before, Xoshiro256 random, long span) {
        TreeMap<Long, Sector> model = new TreeMap<>(before.model);
        long number = Math.floorMod(random.nextLong(), span);
        if (random.percent(5)) {
            model.tailMap(number).clear();
            return new Version(before.map.truncated(number), model);
        }
        Sector[] sectors = new Sector[1 + random.nextInt(200)];
        for (int i = 0; i < sectors.length; i++) {
            sectors[i] = sector(random);
        }
        int from = random.nextInt(sectors.length);
        int count = random.nextInt(sectors.length - from + 1);
        for (int i = 0; i < count; i++) {
            model.put(number + i, sectors[from + i]);
        }
        return new Version(before.map.with(number, sectors, from, count), model);
    }

    private static void check(Version version, Xoshiro256 random, long span) {
        SectorMap rebuilt = SectorMap.EMPTY;
        for (var entry : version.model.entrySet()) {
            assertThat(version.map.get(entry.getKey())).isSameAs(entry.getValue());
            rebuilt = rebuilt.with(entry.getKey(), entry.getValue());
        }
        assertThat(version.map.hash()).isEqualTo(rebuilt.hash());
        TreeMap<Long, Sector> model = new TreeMap<>(version.model);
        for (int i = 0; i < 20; i++) {
            long at = Math.floorMod(random.nextLong(), span * 2);
            assertThat(version.map.get(at)).isSameAs(model.getOrDefault(at, Sector.ZERO));
            Long stored = model.ceilingKey(at);
            assertThat(version.map.nextStored(at)).isEqualTo(stored == null ? Long.MAX_VALUE : stored);
            long absent = at;
            while (model.containsKey(absent)) {
                absent++;
            }
            assertThat(version.map.nextAbsent(at)).isEqualTo(absent);
        }
    }

    @Test
    void theHashCoversContentAndPositionButNotStoredZeros() {
        Sector one = sector(new Xoshiro256(1));
        SectorMap map = SectorMap.EMPTY.with(5, one);
        assertThat(map.hash()).isNotEqualTo(SectorMap.EMPTY.with(6, one).hash());
        assertThat(map.with(7, Sector.ZERO).hash()).isEqualTo(map.hash());
        assertThat(map.truncated(5).hash()).isZero();
    }
}
