/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Space of the file system that is taken and not used, so that the next checkpoint can be written when no other is left.
 * Nothing is ever read from its file, and an opening deletes it. Confined to the housekeeping task, but for {@link #bytes}.
 */
final class Reserve {
    /** The name of its file. */
    static final String NAME = "reserve";

    private final Storage storage;
    private final Path path;
    private final long stepBytes;
    private volatile long bytes;

    /** Starts with nothing; {@code stepBytes} is what it grows by. */
    Reserve(Storage storage, Path directory, long stepBytes) {
        this.storage = storage;
        this.path = directory.resolve(NAME);
        this.stepBytes = stepBytes;
    }

    /** Returns the bytes that are taken. */
    long bytes() {
        return bytes;
    }

    /** Returns what would be taken for so many bytes. */
    long roundedUp(long wantedBytes) {
        return (wantedBytes + stepBytes - 1) / stepBytes * stepBytes;
    }

    /**
     * Takes at least so many bytes; what is taken already stays.
     *
     * @throws dev.gnomon.io.NoSpaceException if there are not so many; what was taken before stays
     */
    void ensure(long wantedBytes) throws IOException {
        long target = roundedUp(wantedBytes);
        if (target <= bytes) {
            return;
        }
        boolean fresh = bytes == 0;
        if (fresh && storage.exists(path)) {
            storage.delete(path);
        }
        try (StorageFile file = storage.open(path, fresh ? Storage.Mode.CREATE_NEW : Storage.Mode.READ_WRITE)) {
            file.allocate(bytes, target - bytes);
            bytes = target;
        }
    }

    /** Gives all of it back. */
    void release() throws IOException {
        if (bytes > 0) {
            storage.delete(path);
            bytes = 0;
        }
    }
}
