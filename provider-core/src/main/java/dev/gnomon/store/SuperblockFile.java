/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.FormatTooNewException;
import dev.gnomon.store.format.FormatTooOldException;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.store.format.Superblock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file with the two superblock slots; also what locks the store against a second opener. One task at a time writes.
 *
 * <p><b>Invariant:</b> a write goes to the slot that does not hold the newest intact generation, and is forced before it
 * counts; so at every moment one slot is intact.
 */
final class SuperblockFile implements AutoCloseable {
    static final String NAME = "superblock";

    private final StorageFile file;
    private final ByteBuffer slot =
            Arena.ofAuto().allocate(Superblock.SLOT_BYTES, 4096).asByteBuffer();
    private @Nullable Superblock newest;

    private SuperblockFile(StorageFile file) {
        this.file = file;
    }

    static Path path(Path directory) {
        return directory.resolve(NAME);
    }

    /** Opens and locks the file; with {@code create} it is made if there is none. */
    static SuperblockFile open(Storage storage, Path directory, boolean create) throws StoreException {
        Path path = path(directory);
        StorageFile file = null;
        try {
            boolean fresh = !storage.exists(path);
            if (fresh && create) {
                storage.createDirectories(directory);
            }
            file = storage.open(path, fresh && create ? Storage.Mode.CREATE_NEW : Storage.Mode.READ_WRITE);
            if (!file.tryLock()) {
                throw new DeviceException(path + ": in use by another process; stop that service first");
            }
            SuperblockFile opened = new SuperblockFile(file);
            file = null;
            return opened;
        } catch (IOException e) {
            throw new DeviceException("opening " + path, e);
        } finally {
            closeQuietly(file);
        }
    }

    /** Forces the file, then returns the newest intact superblock. */
    Superblock read() throws StoreException {
        StoreException reason = null;
        try {
            file.force();
            for (int i = 0; i < 2; i++) {
                long offset = i * (long) Superblock.SLOT_STRIDE_BYTES;
                slot.clear();
                file.readAroundCache(slot, offset);
                while (slot.hasRemaining()) {
                    slot.put((byte) 0);
                }
                try {
                    Superblock read = Superblock.decode(slot, file.path().toString(), offset);
                    if (read.slotOffset() != offset) { // the next write would go to the wrong slot
                        throw new CorruptionException(
                                file.path().toString(), offset, "place of the superblock", read.slotOffset(), offset);
                    }
                    newest = newest == null || read.generation() > newest.generation() ? read : newest;
                } catch (FormatTooOldException | FormatTooNewException e) {
                    throw e;
                } catch (StoreException e) {
                    reason = e;
                }
            }
        } catch (IOException e) {
            throw new DeviceException("reading " + file.path(), e);
        }
        Superblock result = newest;
        if (result == null) {
            throw reason != null
                    ? reason
                    : new CorruptionException(file.path().toString(), 0, "superblock", "an intact slot", "none");
        }
        return result;
    }

    /** Writes the next generation and forces it; survives power loss after return. */
    void write(Superblock superblock) throws IOException {
        superblock.encode(slot);
        slot.limit(Superblock.SLOT_BYTES).position(0);
        file.write(slot, superblock.slotOffset());
        file.force();
        newest = superblock;
    }

    /** Returns what was read or written last. */
    Superblock newest() {
        Superblock result = newest;
        if (result == null) {
            throw new IllegalStateException("superblock not read yet");
        }
        return result;
    }

    @Override
    public void close() {
        closeQuietly(file);
    }

    private static void closeQuietly(@Nullable StorageFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Nothing was promised of it: what counts was forced before.
            }
        }
    }
}
