/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Files that get all their space, written and forced, before anything is kept in them: later writes allocate nothing. */
final class ZeroedFile {
    private static final int BLOCK_BYTES = 1 << 20;

    private ZeroedFile() {}

    /**
     * Creates one; its bytes are durable on return, its name is not.
     *
     * @throws NoSpaceException if the file system is full; no file is left then
     */
    static StorageFile create(Storage storage, Path path, long bytes) throws IOException {
        StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW);
        try {
            file.allocate(0, bytes);
            int block = (int) Math.min(BLOCK_BYTES, bytes);
            ByteBuffer zeros = Arena.ofAuto().allocate(block, 4096).asByteBuffer();
            for (long at = 0; at < bytes; at += block) {
                file.write(zeros.position(0).limit((int) Math.min(block, bytes - at)), at);
            }
            file.force();
            return file;
        } catch (IOException e) {
            giveUp(storage, file, e);
            throw e;
        }
    }

    /** Closes one that is not to be used, and deletes it if there was no space for it. */
    static void giveUp(Storage storage, StorageFile file, IOException cause) throws IOException {
        file.close();
        if (cause instanceof NoSpaceException) {
            storage.delete(file.path());
        }
    }
}
