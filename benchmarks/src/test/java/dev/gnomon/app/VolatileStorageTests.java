/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VolatileStorageTests {
    private final ForceCount forces = new ForceCount();

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path state;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Storage storage;

    @BeforeEach
    void makeDirectories() throws Exception {
        Storage counted = forces.countingStorage();
        counted.createDirectories(state.resolve("store"));
        counted.createDirectories(state.resolve("volumes"));
        storage = new VolatileStorage(counted, state.resolve("store"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"segment-00000001", "checkpoint-00000001", "superblock", "staging-table", "run-00000001"})
    void whatHoldsCopiesIsNotForced(String name) throws Exception {
        force(state.resolve("store").resolve(name));

        assertThat(forces.byPath()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"store/staging-00", "store/staging-17", "volumes/segment-00000001", "origin"})
    void whatHoldsTheVolumeIs(String name) throws Exception {
        Path path = state.resolve(name);
        force(path);

        assertThat(forces.byPath()).containsOnly(entry(path, 2L));
    }

    @Test
    void namesInTheStoreAreNotMadeDurableAndOthersAre() throws Exception {
        storage.syncDirectory(state.resolve("store"));
        assertThat(forces.byPath()).isEmpty();
        storage.syncDirectory(state);
        assertThat(forces.byPath()).containsOnlyKeys(state);
    }

    private void force(Path path) throws Exception {
        try (StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW)) {
            file.force();
            file.forceAll();
        }
    }
}
