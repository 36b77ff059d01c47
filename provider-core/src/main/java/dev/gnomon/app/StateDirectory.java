/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A state directory held for one process: only its owner may enter it, and nobody else holds it. Closing lets go of it,
 * as does the end of the process.
 */
final class StateDirectory implements AutoCloseable {
    /** Held with a file lock; what stands in it only tells people who does. */
    private static final String LOCK_FILE = "service.lock";

    private static final int HOLDER_BYTES_MAX = 256;

    private final StorageFile lock;

    private StateDirectory(StorageFile lock) {
        this.lock = lock;
    }

    /** Creates the directory if there is none, makes sure that it is private, and takes hold of it. */
    static StateDirectory hold(Path directory, Storage storage, Instant now) throws ControlException {
        try {
            storage.createDirectories(directory);
            Platform.current().prepare(directory);
            Platform.current().requirePrivate(directory);
            StateDirectory held = new StateDirectory(lock(directory, open(directory.resolve(LOCK_FILE), storage)));
            held.writeHolder("process " + ProcessHandle.current().pid() + ", started " + now);
            return held;
        } catch (IOException e) {
            throw failure(directory, e);
        }
    }

    /** Takes hold of the directory that a service used before, without changing anything in it. */
    static StateDirectory holdExisting(Path directory, Storage storage) throws ControlException {
        try {
            Path path = directory.resolve(LOCK_FILE);
            if (!storage.exists(path)) {
                throw new ControlException(
                        ErrorKind.NOT_FOUND, path + ": no such file; allowed is the state directory of a service");
            }
            return new StateDirectory(lock(directory, storage.open(path, Storage.Mode.READ_WRITE)));
        } catch (IOException e) {
            throw failure(directory, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock is released with the descriptor, which is gone even if closing it reported something.
        }
    }

    private static StorageFile lock(Path directory, StorageFile file) throws IOException, ControlException {
        try {
            if (file.tryLock()) {
                return file;
            }
            throw new ControlException(
                    ErrorKind.WRONG_STATE,
                    directory + ": in use by " + readHolder(file)
                            + "; one process at a time may use a state directory");
        } catch (IOException | ControlException e) {
            file.close();
            throw e;
        }
    }

    private static StorageFile open(Path path, Storage storage) throws IOException {
        try {
            return storage.open(path, Storage.Mode.READ_WRITE);
        } catch (NoSuchFileException e) {
            try {
                return storage.open(path, Storage.Mode.CREATE_NEW);
            } catch (FileAlreadyExistsException raced) {
                return storage.open(path, Storage.Mode.READ_WRITE);
            }
        }
    }

    private static String readHolder(StorageFile file) throws IOException {
        ByteBuffer holder = ByteBuffer.allocate(HOLDER_BYTES_MAX);
        int length = file.read(holder, 0);
        String text = new String(holder.array(), 0, length, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "another process" : text;
    }

    private void writeHolder(String holder) throws IOException {
        lock.setSize(0);
        lock.write(ByteBuffer.wrap((holder + "\n").getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static ControlException failure(Path directory, IOException e) {
        if (e instanceof AccessDeniedException) {
            return new ControlException(ErrorKind.PERMISSION, e.getMessage() + ": permission denied", e);
        }
        if (e instanceof NoSuchFileException || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return new ControlException(ErrorKind.NOT_FOUND, directory + ": no such directory", e);
        }
        return new ControlException(ErrorKind.FAILED, directory + ": " + e.getMessage(), e);
    }
}
