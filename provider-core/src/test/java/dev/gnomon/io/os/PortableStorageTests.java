/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageContractTests;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract without system calls, as on a system whose calls are unknown. */
class PortableStorageTests extends StorageContractTests {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Override
    protected Storage storage() {
        return OsStorage.portable();
    }

    @Override
    protected Path directory() {
        return directory;
    }
}
