/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens and creates origins, locked against every other opener. Stateless. */
final class VolumeOpener {
    private final Storage storage;

    VolumeOpener(Storage storage) {
        this.storage = storage;
    }

    /** Returns where origins must not be, as things are now. */
    OriginPlaces places(Path storeDirectory) {
        return new OriginPlaces(storage, storeDirectory);
    }

    /** Creates an origin file, durable with its name; on failure nothing of it remains. */
    void create(Path path, long sizeBytes, Engine.Allocation allocation) throws EngineException {
        StorageFile file;
        try {
            file = storage.open(path, Storage.Mode.CREATE_NEW);
        } catch (IOException e) {
            throw explain("creating the origin", path, e);
        }
        try {
            if (allocation == Engine.Allocation.ALLOCATED) {
                file.allocate(0, sizeBytes);
            } else {
                file.setSize(sizeBytes);
            }
            file.force();
            file.close();
            storage.syncDirectory(directoryOf(path));
        } catch (IOException e) {
            discard(file, path);
            throw explain("creating the origin of " + sizeBytes + " bytes", path, e);
        }
    }

    /** Returns the directory that holds an absolute path. */
    private static Path directoryOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private void discard(StorageFile file, Path path) {
        try {
            file.close();
            storage.delete(path);
        } catch (IOException e) {
            // The first failure is the one to tell; an empty file of that name may remain.
        }
    }

    /** Deletes an origin that was just created. */
    void delete(Path path) {
        try {
            storage.delete(path);
            storage.syncDirectory(directoryOf(path));
        } catch (IOException e) {
            // The failure that led here is the one to tell; a file without any data remains.
        }
    }

    /**
     * Forces what an earlier life wrote and drops the cache, as must be done before anything is served (I7). The cache goes
     * even if the force fails: what only it shows would be read now, by shadow copies too, and be gone later.
     */
    static void settle(Origin origin) throws IOException {
        try {
            origin.force();
        } finally {
            origin.dropCache();
        }
    }

    /**
     * Opens an origin and locks it; {@link #settle} it before anything is served from it.
     *
     * @param expectedBytes size that the volume has, or 0 to take the size of the file
     */
    Origin open(Path path, long expectedBytes) throws EngineException {
        StorageFile file;
        try {
            file = storage.open(path, Storage.Mode.READ_WRITE);
        } catch (IOException e) {
            throw explain("opening the origin", path, e);
        }
        boolean opened = false;
        try {
            if (!file.tryLock()) {
                throw new EngineException(
                        Kind.REFUSED, path + ": in use by another process, or by another volume of this service");
            }
            long size = file.sizeBytes();
            if (expectedBytes == 0) {
                Names.requireSize(size);
            } else if (size < expectedBytes) {
                throw new EngineException(
                        Kind.WRONG_STATE,
                        path + ": expected at least " + expectedBytes + " bytes, found " + size
                                + "; the origin was changed by somebody else");
            }
            Origin origin = new Origin(file, expectedBytes == 0 ? size : expectedBytes);
            origin.expectSmallWrites();
            opened = true;
            return origin;
        } catch (IOException e) {
            throw explain("opening the origin", path, e);
        } finally {
            if (!opened) {
                closeQuietly(file);
            }
        }
    }

    /** Closes an origin that nothing was written through. */
    static void closeQuietly(Origin origin) {
        try {
            origin.close();
        } catch (IOException e) {
            // Nothing was written through it.
        }
    }

    private static void closeQuietly(StorageFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // Nothing was written through it.
        }
    }

    static EngineException explain(String attempted, Path path, IOException e) {
        String what = attempted + " " + path + ": ";
        return switch (e) {
            case NoSuchFileException missing -> new EngineException(Kind.NOT_FOUND, what + "no such file", e);
            case FileAlreadyExistsException exists ->
                new EngineException(Kind.WRONG_STATE, what + "exists already; use volume add to serve it", e);
            case AccessDeniedException denied -> new EngineException(Kind.PERMISSION, what + "permission denied", e);
            case NoSpaceException full ->
                new EngineException(Kind.DIFF_AREA_FULL, what + "no space on its file system", e);
            default -> new EngineException(Kind.FAILED, what + e.getMessage(), e);
        };
    }
}
