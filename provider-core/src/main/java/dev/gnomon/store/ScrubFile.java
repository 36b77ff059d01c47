/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.ScrubBlock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The file that says where the scrub stands. Nothing else depends on it: if it is lost or damaged the scrub is only not
 * gone on with. Not thread-safe.
 */
final class ScrubFile {
    static final String NAME = "scrub";

    private final Storage storage;
    private final Path directory;
    private final UUID store;
    private final ByteBuffer block =
            Arena.ofAuto().allocate(ScrubBlock.BYTES, 4096).asByteBuffer();
    private @Nullable StorageFile file;

    ScrubFile(Storage storage, Path directory, UUID store) {
        this.storage = storage;
        this.directory = directory;
        this.store = store;
    }

    private Path path() {
        return directory.resolve(NAME);
    }

    /** Returns where the last scrub stood, or null if there was none, or nothing of it can be read. */
    @Nullable
    ScrubBlock read() {
        ScrubBlock newest = null;
        try {
            if (!storage.exists(path())) {
                return null;
            }
            StorageFile opened = storage.open(path(), Storage.Mode.READ_WRITE);
            file = opened;
            for (long offset = 0; offset < 2 * ScrubBlock.BYTES; offset += ScrubBlock.BYTES) {
                block.clear();
                opened.read(block, offset);
                if (!block.hasRemaining() && ScrubBlock.intact(block, path().toString(), store)) {
                    ScrubBlock read = ScrubBlock.decode(block);
                    newest = newest == null || read.generation() > newest.generation() ? read : newest;
                }
            }
        } catch (IOException e) {
            return newest;
        }
        return newest;
    }

    /** Writes it down; survives a power cut after return. */
    void write(ScrubBlock state) throws IOException {
        StorageFile to = file;
        if (to == null) {
            to = storage.open(path(), storage.exists(path()) ? Storage.Mode.READ_WRITE : Storage.Mode.CREATE_NEW);
            file = to;
            storage.syncDirectory(directory);
        }
        state.encode(block, store);
        to.write(block.clear(), state.offsetBytes());
        to.force();
    }

    void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // What counts was forced before.
            }
        }
    }
}
