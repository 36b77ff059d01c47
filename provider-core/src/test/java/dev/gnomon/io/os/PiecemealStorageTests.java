/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageContractTests;
import dev.gnomon.testkit.CountingStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract, also where every file expects small writes and is therefore read by its descriptor. */
class PiecemealStorageTests extends StorageContractTests {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Override
    protected Storage storage() {
        return CountingStorage.expectingSmallWrites(new OsStorage());
    }

    @Override
    protected Path directory() {
        return directory;
    }
}
