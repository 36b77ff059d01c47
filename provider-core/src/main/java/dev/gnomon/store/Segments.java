/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of the log: which there are, and where. Each is written full of zeros and forced, its name made durable,
 * before a batch goes into it: appending then never grows a file. {@link SegmentMaker} makes them ahead of need. A segment
 * that is dead, since nothing names anything in it, is deleted, or becomes the next one under a new number without being
 * written again.
 *
 * <p>Thread-safe. <b>Invariants:</b> the files of {@link #file} have headers that are durable and theirs; numbers only
 * rise, so that no place in the log means two things; a segment stops to be there before anything happens to its file
 * (I5).
 */
final class Segments implements AutoCloseable {
    private final Storage storage;
    private volatile SegmentPlaces places;
    private final UUID store;
    private final long segmentBytes;
    private final Mutex mutex;
    private volatile @Nullable StorageFile[] files = new StorageFile[0];
    private final List<Path> dead = new ArrayList<>();
    private long freedBytes;

    /** How many files there are, spares and one that is changing its number among them. */
    private final AtomicInteger taken = new AtomicInteger();

    private final SegmentHoles holes = new SegmentHoles();
    private final SegmentMaker maker;

    /** How many of {@link #files} are there; under the mutex. */
    private int there;

    private long readOnlyFeatures;

    Segments(Storage storage, Clock clock, Scheduler scheduler, SegmentPlaces places, UUID store, long segmentBytes) {
        this.storage = storage;
        this.places = places;
        this.store = store;
        this.segmentBytes = segmentBytes;
        this.mutex = scheduler.newMutex();
        this.maker = new SegmentMaker(storage, clock, scheduler, this, store, segmentBytes);
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
     * Opens the segments that count; see {@link SegmentOpener}.
     *
     * @param named one more than the highest number that the superblock names
     * @throws CorruptionException if one of these is missing, or the header or size of one that counts is wrong
     */
    void openAll(boolean writable, Checkpoints.Loaded loaded, long named) throws StoreException {
        SegmentOpener opener = new SegmentOpener(storage, places, store, segmentBytes);
        opener.open(writable, loaded, named, this::add);
        dead.addAll(opener.dead());
        readOnlyFeatures = opener.readOnlyFeatures();
        maker.goOnFrom(count());
    }

    /** Returns who makes them. */
    SegmentMaker maker() {
        return maker;
    }

    /** Returns what was given up inside them. */
    SegmentHoles holes() {
        return holes;
    }

    /** Returns the read-only compatible features of the headers that {@link #openAll} read. */
    long readOnlyFeatures() {
        return readOnlyFeatures;
    }

    /** Returns one more than the number of the last segment that is ready. */
    int count() {
        return files.length;
    }

    /** Returns a segment that is there. */
    StorageFile file(int number) {
        StorageFile file = fileOrNull(number);
        if (file == null) {
            throw new IllegalStateException(name(number) + " is not there");
        }
        return file;
    }

    /** Returns a segment, or null if it is not there, perhaps not any more. */
    @Nullable
    StorageFile fileOrNull(int number) {
        @Nullable StorageFile[] now = files;
        return number < now.length ? now[number] : null;
    }

    long segmentBytes() {
        return segmentBytes;
    }

    /** Returns the bytes of all segments, spare ones too. */
    long allocatedBytes() {
        return taken.get() * segmentBytes - holes.bytes();
    }

    /** Returns the bytes of the segments below the one where the log ends: from there on all are there. */
    long usedBytes(int end) {
        mutex.lock();
        try {
            return (there - Math.max(0L, files.length - end)) * segmentBytes;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the bytes of segments that were given up since the opening. */
    long freedBytes() {
        mutex.lock();
        try {
            return freedBytes;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Gives up a segment: a durable checkpoint says that nothing names anything in it, nor does the log begin there. From
     * here on readers that hold a place in it look again.
     */
    void retire(int number) throws IOException {
        StorageFile gone;
        mutex.lock();
        try {
            gone = file(number);
            @Nullable StorageFile[] next = files.clone();
            next[number] = null;
            files = next;
            there--;
            freedBytes += segmentBytes;
        } finally {
            mutex.unlock();
        }
        boolean keep = !holes.areIn(number) && maker.keeps(number, gone.path());
        holes.forget(number);
        gone.close();
        if (keep) {
            maker.keep(gone.path());
        } else {
            lost();
            storage.delete(gone.path());
            maker.gainedSpace();
        }
    }

    /**
     * Deletes what {@link #openAll} found dead; the checkpoint that says so must be the one of both superblocks. Of a segment
     * that is there twice one is gone, durably, before the other is written to.
     */
    void deleteDead() throws IOException {
        for (Path path : dead) {
            storage.delete(path);
        }
        if (!dead.isEmpty()) {
            places.syncAll(storage);
        }
        dead.clear();
    }

    // ---- for their move to another directory, by its task

    /** Returns where segments are. */
    SegmentPlaces places() {
        return places;
    }

    /** Has new segments made elsewhere from now on; the superblock says so already. */
    void places(SegmentPlaces now) {
        mutex.lock();
        try {
            places = now;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many segments are in a directory. */
    long countIn(Path directory) {
        long count = 0;
        for (StorageFile file : files) {
            count += file != null && SegmentPlaces.isIn(file.path(), directory) ? 1 : 0;
        }
        return count;
    }

    /** Returns the lowest number of a segment in a directory, -1 if there is none. */
    int firstIn(Path directory) {
        @Nullable StorageFile[] now = files;
        for (int number = 0; number < now.length; number++) {
            StorageFile file = now[number];
            if (file != null && SegmentPlaces.isIn(file.path(), directory)) {
                return number;
            }
        }
        return -1;
    }

    /** Puts a file with the same content in the place of one; readers of that look again. */
    void replace(int number, StorageFile file) {
        mutex.lock();
        try {
            @Nullable StorageFile[] next = files.clone();
            next[number] = file;
            files = next;
        } finally {
            mutex.unlock();
        }
        holes.replaced(number);
    }

    // ---- for who makes them

    /** Takes a segment that is ready, and its space. */
    void add(int number, StorageFile file) {
        taken.incrementAndGet();
        addAgain(number, file);
    }

    /** Takes a segment that was another before, so that its space is counted already. */
    void addAgain(int number, StorageFile file) {
        mutex.lock();
        try {
            @Nullable StorageFile[] next = Arrays.copyOf(files, Math.max(files.length, number + 1));
            next[number] = file;
            files = next;
            there++;
        } finally {
            mutex.unlock();
        }
    }

    /** Is told that a file that was counted is gone. */
    void lost() {
        taken.decrementAndGet();
    }

    /** Ends the task and closes the files; nothing may be appended any more. */
    @Override
    public void close() throws IOException {
        maker.close();
        for (StorageFile file : files) {
            if (file != null) {
                file.close();
            }
        }
    }
}
