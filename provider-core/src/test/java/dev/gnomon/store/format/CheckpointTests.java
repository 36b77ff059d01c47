/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTests {
    /** The buffer grows when it is full, whatever field does not fit any more: entries have every length around its end. */
    @ParameterizedTest
    @ValueSource(ints = {0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88})
    void catalogsOfAnySizeAreEncoded(int pad) {
        List<CatalogEntry> catalog = new ArrayList<>();
        catalog.add(new CatalogEntry.VolumeAdded(1, new UUID(1, 1), "v", "/" + "p".repeat(pad), 1 << 20, 1));
        List<UUID> copies = new ArrayList<>();
        for (int i = 1; i <= 900; i++) {
            copies.add(new UUID(3, i));
            catalog.add(new CatalogEntry.SetCreated(
                    new UUID(2, i),
                    i,
                    "",
                    Map.of(),
                    List.of(new CatalogEntry.CopyCreated(copies.getLast(), 1, i, 1 << 20))));
        }
        catalog.add(new CatalogEntry.CopiesBookmarked(copies));

        ByteBuffer encoded = new Checkpoint(
                        new UUID(4, 4),
                        1,
                        new Checkpoint.Start(1, 0, 4096, "00".repeat(16)),
                        0,
                        1,
                        List.of(),
                        new TreeMap<>(),
                        catalog)
                .encode();

        assertThat(encoded.remaining()).isGreaterThan(64 << 10);
    }
}
