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
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of the log. Each is written full of zeros and forced, its name made durable, before a batch goes
 * into it: appending then never grows a file. A task prepares the next one ahead of need, and has the superblock name it
 * before it is used, so that a file that is lost later is missed.
 *
 * <p>Thread-safe. <b>Invariant:</b> the files of {@link #file} have headers that are durable and theirs.
 */
final class Segments implements AutoCloseable {
    private static final int ZEROS_BYTES = 1 << 20;

    private final Storage storage;
    private final Path directory;
    private final UUID store;
    private final long segmentBytes;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private volatile StorageFile[] files = new StorageFile[0];
    private long readOnlyFeatures;
    private int wanted;
    private boolean starved;
    private @Nullable IOException failure;
    private boolean closing;
    private Scheduler.@Nullable Task preparer;

    /** Takes the count of segments that are ready, before the newest is used. */
    interface Registrar {
        /** Writes it down; on return it is durable. */
        void ready(int count) throws IOException;
    }

    Segments(Storage storage, Scheduler scheduler, Path directory, UUID store, long segmentBytes) {
        this.storage = storage;
        this.directory = directory;
        this.store = store;
        this.segmentBytes = segmentBytes;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "segment-%08d", number);
    }

    /** Returns the names of segment files in a directory, in order. */
    static List<String> names(Storage storage, Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : storage.list(directory)) {
            if (name.matches("segment-\\d{8}")) {
                names.add(name);
            }
        }
        return names;
    }

    /**
     * Opens the segments that are there, forces them and checks their headers and sizes. A last file that the superblock
     * does not name yet, whose header is not intact and that holds no batch, was being prepared when the machine stopped;
     * it is left out.
     *
     * @param named how many segments the superblock names
     * @throws CorruptionException if one of these is missing, or the header or size of one that counts is wrong
     */
    void openAll(boolean writable, long named) throws StoreException {
        try {
            if (writable) {
                storage.syncDirectory(directory); // A process killed while it prepared a segment left a name in doubt.
            }
            List<String> names = names(storage, directory);
            for (int number = 0; number < Math.max(names.size(), named); number++) {
                Path path = directory.resolve(name(number));
                if (number >= names.size() || !names.get(number).equals(name(number))) {
                    throw new CorruptionException(path.toString(), 0, "segment of the log", "a file", "none");
                }
                StorageFile file = storage.open(path, writable ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY);
                if (writable) {
                    file.force();
                }
                boolean unnamed = number >= named && number == names.size() - 1;
                if (unnamed && isHalfMade(file)) {
                    file.close();
                } else {
                    add(file);
                    requireHeader(file, number);
                }
            }
        } catch (IOException e) {
            throw new DeviceException("opening the segments in " + directory, e);
        }
        wanted = count();
    }

    /** Returns whether the header was never completed: it is not intact, and no batch lies behind it. */
    private boolean isHalfMade(StorageFile file) throws IOException {
        if (SegmentHeader.intact(headerOf(file))) {
            return false;
        }
        SegmentReader reader = new SegmentReader(store, segmentBytes, file, true);
        for (long at = SegmentHeader.BYTES; at < segmentBytes; at += BatchHeader.ALIGNMENT_BYTES) {
            if (reader.head(at) > 0) {
                return false;
            }
        }
        return true;
    }

    private void requireHeader(StorageFile file, int number) throws IOException, StoreException {
        String name = file.path().toString();
        ByteBuffer header = headerOf(file);
        SegmentHeader.require(header, name, store, number, segmentBytes);
        readOnlyFeatures |= SegmentHeader.readOnlyFeatures(header);
        if (file.sizeBytes() != segmentBytes) {
            throw new CorruptionException(name, 0, "size of the segment file", segmentBytes, file.sizeBytes());
        }
    }

    private static ByteBuffer headerOf(StorageFile file) throws IOException {
        ByteBuffer block = Arena.ofAuto().allocate(SegmentHeader.BYTES, 4096).asByteBuffer();
        file.readAroundCache(block, 0);
        return block.clear();
    }

    /** Starts the task that prepares segments ahead. */
    void start(Scheduler scheduler, Registrar registrar) {
        preparer = scheduler.start("gnomon-segments", () -> prepareAhead(registrar));
    }

    /** Returns the read-only compatible features of the headers that {@link #openAll} read. */
    long readOnlyFeatures() {
        return readOnlyFeatures;
    }

    /** Returns how many segments are ready. */
    int count() {
        return files.length;
    }

    /** Returns a segment that is ready. */
    StorageFile file(int number) {
        return files[number];
    }

    /** Returns the bytes of all segments. */
    long allocatedBytes() {
        return files.length * segmentBytes;
    }

    /** Asks for a segment of that number to be prepared; does not wait. */
    void want(int number) {
        mutex.lock();
        try {
            if (number >= wanted) {
                wanted = number + 1;
                starved = false;
                changed.signalAll();
            }
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Waits until a segment is ready.
     *
     * @return false if there is no space for it; the next call tries again
     * @throws IOException if preparing failed otherwise
     */
    boolean await(int number) throws IOException {
        mutex.lock();
        try {
            if (number < count()) {
                return true;
            }
            wanted = Math.max(wanted, number + 1);
            starved = false;
            changed.signalAll();
            while (number >= count() && !starved && failure == null && !closing) {
                changed.await();
            }
            if (failure != null) {
                throw failure;
            }
            return number < count();
        } finally {
            mutex.unlock();
        }
    }

    private void prepareAhead(Registrar registrar) {
        while (awaitWork()) {
            boolean full = false;
            IOException failed = null;
            try {
                prepare(count(), registrar);
            } catch (NoSpaceException e) {
                full = true;
            } catch (IOException e) {
                failed = e;
            }
            mutex.lock();
            try {
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
            while (!closing && (count() >= wanted || starved || failure != null)) {
                changed.await();
            }
            return !closing;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Makes a segment: zeros, force, then the header, force, then the name, then the superblock. A half-made one is
     * replaced.
     */
    private void prepare(int number, Registrar registrar) throws IOException {
        Path path = directory.resolve(name(number));
        if (storage.exists(path)) {
            storage.delete(path);
        }
        StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW);
        try {
            file.allocate(0, segmentBytes);
            int block = (int) Math.min(ZEROS_BYTES, segmentBytes);
            ByteBuffer zeros = Arena.ofAuto().allocate(block, 4096).asByteBuffer();
            for (long at = 0; at < segmentBytes; at += block) {
                zeros.limit((int) Math.min(block, segmentBytes - at)).position(0);
                file.write(zeros, at);
            }
            file.force();
            SegmentHeader.encode(zeros.clear(), store, number, segmentBytes);
            file.write(zeros.limit(SegmentHeader.BYTES).position(0), 0);
            file.force();
            storage.syncDirectory(directory);
            registrar.ready(number + 1);
            add(file);
        } catch (IOException e) {
            file.close();
            if (e instanceof NoSpaceException) {
                storage.delete(path);
            }
            throw e;
        }
    }

    private void add(StorageFile file) {
        StorageFile[] next = Arrays.copyOf(files, files.length + 1);
        next[files.length] = file;
        files = next;
    }

    /** Ends the task and closes the files; nothing may be appended any more. */
    @Override
    public void close() throws IOException {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        if (preparer != null) {
            preparer.join();
        }
        for (StorageFile file : files) {
            file.close();
        }
    }
}
