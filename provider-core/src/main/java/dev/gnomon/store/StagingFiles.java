/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The staging files, which are used again and again. Each is written full of zeros and forced, its name made durable,
 * before a batch goes into it. A task prepares them, as many as are asked for.
 *
 * <p>Thread-safe.
 */
final class StagingFiles implements AutoCloseable {
    private final Storage storage;
    private final Path directory;
    private final long fileBytes;
    private final int maxFiles;
    private final MakerTask task;
    private final Mutex mutex;
    private volatile StorageFile[] files = new StorageFile[0];

    /** Guarded by the mutex. */
    private int wanted;

    StagingFiles(Storage storage, Scheduler scheduler, Path directory, long fileBytes, int maxFiles) {
        this.storage = storage;
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.maxFiles = maxFiles;
        this.task = new MakerTask(scheduler);
        this.mutex = task.mutex();
    }

    private Path path(int number) {
        return directory.resolve(String.format(Locale.ROOT, "staging-%02d", number));
    }

    /** Returns whether there is any staging file. */
    boolean anyThere() throws IOException {
        return storage.exists(path(0));
    }

    /** Opens those that are there, as many as the table names at least; a half-made one behind them is replaced later. */
    void openAll(int named, boolean writable) throws IOException {
        for (int number = 0; number < named; number++) {
            StorageFile file = storage.open(path(number), writable ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY);
            add(file);
            if (writable) {
                ForceFailedException.force(file);
            }
        }
        wanted = named;
    }

    void start(Scheduler scheduler) {
        task.start(scheduler, "gnomon-staging-files", new MakerTask.Job() {
            @Override
            public boolean isWanted() {
                return count() < wanted;
            }

            @Override
            public boolean make() throws IOException {
                prepare(count());
                return true;
            }
        });
    }

    /** Makes none that nobody waits for, until {@link #goOn}; waits for one that is being made. */
    void standStill() {
        task.standStill();
    }

    /** Ends one {@link #standStill}. */
    void goOn() {
        task.goOn();
    }

    int count() {
        return files.length;
    }

    StorageFile file(int number) {
        return files[number];
    }

    /** Asks for so many files; does not wait. */
    void want(int count) {
        mutex.lock();
        try {
            if (Math.min(count, maxFiles) > wanted || task.starved()) {
                wanted = Math.max(wanted, Math.min(count, maxFiles));
                task.look();
            }
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Waits until there are so many files.
     *
     * @return false if there is no space for them
     * @throws IOException if preparing failed otherwise
     */
    boolean await(int count) throws IOException {
        mutex.lock();
        try {
            wanted = Math.max(wanted, Math.min(count, maxFiles));
            return task.await(() -> count() >= Math.min(count, maxFiles));
        } finally {
            mutex.unlock();
        }
    }

    private void prepare(int number) throws IOException {
        Path path = path(number);
        if (storage.exists(path)) {
            storage.delete(path); // half-made, for no table names it
        }
        StorageFile file = ZeroedFile.create(storage, path, fileBytes);
        try {
            storage.syncDirectory(directory);
        } catch (IOException e) {
            ZeroedFile.giveUp(storage, file, e);
            throw e;
        }
        add(file);
    }

    private void add(StorageFile file) {
        StorageFile[] next = Arrays.copyOf(files, files.length + 1);
        next[files.length] = file;
        files = next;
    }

    @Override
    public void close() throws IOException {
        task.close();
        for (StorageFile file : files) {
            file.close();
        }
    }
}
