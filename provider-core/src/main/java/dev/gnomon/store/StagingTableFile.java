/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.FormatTooNewException;
import dev.gnomon.store.format.StagingTable;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The file with the two slots of the staging table. One task at a time writes.
 *
 * <p><b>Invariant:</b> a write goes to the slot that does not hold the newest intact generation, and is forced before it
 * counts; so at every moment one slot is intact.
 */
final class StagingTableFile implements AutoCloseable {
    private static final String NAME = "staging-table";

    private final StorageFile file;
    private final ByteBuffer slot =
            Arena.ofAuto().allocate(StagingTable.SLOT_BYTES, 4096).asByteBuffer();

    private StagingTableFile(StorageFile file) {
        this.file = file;
    }

    static Path path(Path directory) {
        return directory.resolve(NAME);
    }

    /** Opens the file; null if there is none, for then nothing was ever staged. */
    static @Nullable StagingTableFile open(Storage storage, Path directory, boolean writable) throws IOException {
        Path path = path(directory);
        if (!storage.exists(path)) {
            return null;
        }
        return new StagingTableFile(storage.open(path, writable ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY));
    }

    /** Makes the file with its first table, durable with its name when this returns. */
    static StagingTableFile create(Storage storage, Path directory, StagingTable first) throws IOException {
        Path path = path(directory);
        if (storage.exists(path)) {
            storage.delete(path); // half-made: nothing is staged before this has returned
        }
        StagingTableFile made = new StagingTableFile(storage.open(path, Storage.Mode.CREATE_NEW));
        boolean done = false;
        try {
            made.write(first);
            storage.syncDirectory(directory);
            done = true;
            return made;
        } finally {
            if (!done) {
                made.close();
            }
        }
    }

    /** Forces the file, where it may be written to, and returns the newest intact table; null if none is intact. */
    @Nullable
    StagingTable read(UUID store, boolean writable) throws StoreException, IOException {
        if (writable) {
            ForceFailedException.force(file);
        }
        StagingTable newest = null;
        for (int i = 0; i < 2; i++) {
            long offset = i * (long) StagingTable.SLOT_STRIDE_BYTES;
            slot.clear();
            file.readAroundCache(slot, offset);
            while (slot.hasRemaining()) {
                slot.put((byte) 0);
            }
            try {
                StagingTable read = StagingTable.decode(slot, store, file.path().toString(), offset);
                newest = newest == null || read.generation() > newest.generation() ? read : newest;
            } catch (FormatTooNewException e) {
                throw e;
            } catch (CorruptionException e) {
                // The other slot counts; if neither does, the caller decides.
            }
        }
        return newest;
    }

    /** Returns whether the system's cache shows a newer table than the device: a force must have failed (I7). */
    boolean newerInCache(UUID store, long generation) throws StoreException, IOException {
        for (int i = 0; i < 2; i++) {
            long offset = i * (long) StagingTable.SLOT_STRIDE_BYTES;
            slot.clear();
            file.read(slot, offset);
            while (slot.hasRemaining()) {
                slot.put((byte) 0);
            }
            try {
                if (StagingTable.decode(slot, store, file.path().toString(), offset)
                                .generation()
                        > generation) {
                    return true;
                }
            } catch (CorruptionException e) {
                // A slot that is not intact is not newer.
            }
        }
        return false;
    }

    Path path() {
        return file.path();
    }

    /** Writes the table and forces it; survives power loss after return. */
    void write(StagingTable table) throws IOException {
        table.encode(slot);
        slot.limit(StagingTable.SLOT_BYTES).position(0);
        file.write(slot, table.slotOffset());
        file.force();
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // Nothing was promised of it: what counts was forced before.
        }
    }
}
