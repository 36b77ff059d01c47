/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The staging files, which are used again and again. Each is written full of zeros and forced, its name made durable,
 * before a batch goes into it. A task prepares them, as many as are asked for.
 *
 * <p>Thread-safe.
 */
final class StagingFiles implements AutoCloseable {
    private static final int ZEROS_BYTES = 1 << 20;

    private final Storage storage;
    private final Path directory;
    private final long fileBytes;
    private final int maxFiles;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private volatile StorageFile[] files = new StorageFile[0];
    private int wanted;
    private boolean starved;
    private boolean making;
    private int waiting;
    private int still;
    private boolean closing;
    private @Nullable IOException failure;
    private Scheduler.@Nullable Task task;

    StagingFiles(Storage storage, Scheduler scheduler, Path directory, long fileBytes, int maxFiles) {
        this.storage = storage;
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.maxFiles = maxFiles;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
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
        task = scheduler.start("gnomon-staging-files", this::prepareAhead);
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
            if (Math.min(count, maxFiles) > wanted || starved) {
                wanted = Math.max(wanted, Math.min(count, maxFiles));
                starved = false;
                changed.signalAll();
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
            starved = false;
            failure = null; // of an earlier try: nothing was lost with it
            changed.signalAll();
            waiting++;
            while (count() < Math.min(count, maxFiles) && !starved && failure == null && !closing) {
                changed.await();
            }
            waiting--;
            if (failure != null) {
                throw failure;
            }
            return count() >= Math.min(count, maxFiles);
        } finally {
            mutex.unlock();
        }
    }

    private void prepareAhead() {
        while (awaitWork()) {
            boolean full = false;
            IOException failed = null;
            try {
                prepare(count());
            } catch (NoSpaceException e) {
                full = true;
            } catch (IOException e) {
                failed = e;
            }
            mutex.lock();
            try {
                making = false;
                starved = full;
                failure = failed;
                changed.signalAll();
            } finally {
                mutex.unlock();
            }
        }
    }

    private boolean awaitWork() {
        mutex.lock();
        try {
            while (!closing && (count() >= wanted || starved || failure != null || (still > 0 && waiting == 0))) {
                changed.await();
            }
            making = !closing;
            return making;
        } finally {
            mutex.unlock();
        }
    }

    /** Makes none that nobody waits for, until {@link #goOn}; waits for one that is being made. */
    void standStill() {
        mutex.lock();
        try {
            still++;
            while (making && waiting == 0 && !closing) {
                changed.await();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Ends one {@link #standStill}. */
    void goOn() {
        mutex.lock();
        try {
            still--;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private void prepare(int number) throws IOException {
        Path path = path(number);
        if (storage.exists(path)) {
            storage.delete(path); // half-made, for no table names it
        }
        StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW);
        boolean done = false;
        try {
            file.allocate(0, fileBytes);
            int block = (int) Math.min(ZEROS_BYTES, fileBytes);
            ByteBuffer zeros = Arena.ofAuto().allocate(block, 4096).asByteBuffer();
            for (long at = 0; at < fileBytes; at += block) {
                zeros.limit((int) Math.min(block, fileBytes - at)).position(0);
                file.write(zeros, at);
            }
            file.force();
            storage.syncDirectory(directory);
            add(file);
            done = true;
        } catch (NoSpaceException e) {
            storage.delete(path);
            throw e;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    private void add(StorageFile file) {
        StorageFile[] next = Arrays.copyOf(files, files.length + 1);
        next[files.length] = file;
        files = next;
    }

    @Override
    public void close() throws IOException {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        if (task != null) {
            task.join();
        }
        for (StorageFile file : files) {
            file.close();
        }
    }
}
