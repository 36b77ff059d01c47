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
import dev.gnomon.store.format.SegmentHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments ahead of need, on a task of its own, from dead ones that were kept or from free space; and knows whether
 * there is any. Thread-safe.
 *
 * <p><b>Invariants:</b> a segment is used only when its zeros, its header, its name and the superblock that counts it are
 * durable, in this order; of a number there is never more than one file that a recovery could take; while there are shadow
 * copies one more than the log uses is asked for. Nothing of others is called under the mutex.
 */
final class SegmentMaker {
    private final Storage storage;
    private final Segments segments;
    private final UUID store;
    private final long segmentBytes;
    private final MakerTask task;
    private final Mutex mutex;
    private final SpareSegments spares;

    /** The first segment that this process makes. */
    private int madeFrom;

    // Guarded by the mutex.
    private int wanted;

    /** So many segments are to be there besides those that are wanted, ahead or spare. */
    private int reserved;

    /** Where a segment is just being made. */
    private @Nullable Path makingIn;

    /** Says whether the limit of the store admits more files. */
    interface Limit {
        /** Returns whether so many more bytes may be taken. */
        boolean admits(long bytes);
    }

    /** Takes the count of segments that are ready, before the newest is used. */
    interface Registrar {
        /** Writes it down; on return it is durable. */
        void ready(int count) throws IOException;
    }

    SegmentMaker(Storage storage, Clock clock, Scheduler scheduler, Segments segments, UUID store, long segmentBytes) {
        this.storage = storage;
        this.segments = segments;
        this.store = store;
        this.segmentBytes = segmentBytes;
        this.task = new MakerTask(scheduler);
        this.mutex = task.mutex();
        this.spares = new SpareSegments(clock, segmentBytes);
    }

    /** Says how many segments there are from the beginning; before {@link #start}. */
    void goOnFrom(int count) {
        wanted = count;
        madeFrom = count;
    }

    /** Starts the task. */
    void start(Scheduler scheduler, Registrar registrar, Limit limit) {
        task.start(scheduler, "gnomon-segments", new MakerTask.Job() {
            @Override
            public boolean isWanted() {
                return !isThere(wanted - 1, reserved);
            }

            @Override
            public long idleNanos() {
                return spares.surplusAfterNanos();
            }

            @Override
            public boolean make() throws IOException {
                return makeNext(registrar, limit);
            }
        });
    }

    /** Ends the task. */
    void close() {
        task.close();
    }

    /** Makes none that nobody waits for, until {@link #goOn}; waits for one that is being made. */
    void standStill() {
        task.standStill();
    }

    /** Ends one {@link #standStill}. */
    void goOn() {
        task.goOn();
    }

    // ---- space

    /** Returns how many bytes batches can still go into without a new file, from a place in the log on. */
    long freeBytes(int segment, long position) {
        return lastingBytes(segment, position) + spares.count() * (segmentBytes - SegmentHeader.BYTES);
    }

    /** As {@link #freeBytes}, but for spares, which are gone after the next opening. */
    long lastingBytes(int segment, long position) {
        int count = segments.count();
        long ahead = Math.max(0L, count - 1L - segment);
        return (segment < count ? segmentBytes - position : 0) + ahead * (segmentBytes - SegmentHeader.BYTES);
    }

    /** Returns whether the file system had no space for a segment when it was last asked. */
    boolean starved() {
        return task.refused();
    }

    /** Tries once more to have a segment ahead, and waits for the outcome: {@link #starved} says it. */
    void tryAgain() {
        try {
            boolean _ = await(Math.max(0, segments.count() - 1), 1);
        } catch (IOException e) {
            // Whoever needs the segment is told.
        }
    }

    /** Says that a file was deleted, or holes were made. */
    void gainedSpace() {
        mutex.lock();
        try {
            task.gainedSpace();
        } finally {
            mutex.unlock();
        }
    }

    /** Says that there may be space again; does not wait. */
    void retry() {
        mutex.lock();
        try {
            task.look();
        } finally {
            mutex.unlock();
        }
    }

    // ---- dead segments that are kept

    /** Returns whether a segment that is dead would be kept. */
    boolean keeps(int number, Path path) {
        Path directory = segments.places().forNew();
        if (number < madeFrom || !SegmentPlaces.isIn(path, directory)) {
            return false; // that of an earlier process may have holes
        }
        long usable = usableBytes(directory);
        mutex.lock();
        try {
            return spares.wantsMore(usable);
        } finally {
            mutex.unlock();
        }
    }

    private long usableBytes(Path directory) {
        try {
            return storage.usableBytes(directory);
        } catch (IOException e) {
            return 0; // whoever needs space is told
        }
    }

    /** Keeps a segment that is dead and closed. */
    void keep(Path path) {
        mutex.lock();
        try {
            spares.add(path);
            task.look();
        } finally {
            mutex.unlock();
        }
    }

    /** Deletes spares in a directory. */
    void deleteSparesIn(Path directory) throws IOException {
        List<Path> gone;
        mutex.lock();
        try {
            gone = spares.takeAll(directory);
        } finally {
            mutex.unlock();
        }
        for (Path path : gone) {
            deleteSpare(path);
        }
    }

    private void deleteSpare(Path path) throws IOException {
        storage.delete(path);
        segments.lost();
        gainedSpace();
    }

    /** Returns whether a segment is just being made in a directory. */
    boolean isMakingIn(Path directory) {
        mutex.lock();
        try {
            return directory.equals(makingIn);
        } finally {
            mutex.unlock();
        }
    }

    // ---- what is wanted

    /** Asks for a segment of that number to be prepared; does not wait. */
    void want(int number) {
        mutex.lock();
        try {
            if (number >= wanted) {
                wanted = number + 1;
                task.look();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Asks for one segment more than the log uses, from now on; does not wait. */
    void reserve() {
        mutex.lock();
        try {
            reserved = 1;
            task.look();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Waits until a segment is ready, and {@code more} besides, ahead or spare. What failed before is tried again.
     *
     * @return false if there is no space for it; the next call tries again
     * @throws IOException if preparing failed otherwise, just now
     */
    boolean await(int number, int more) throws IOException {
        mutex.lock();
        try {
            if (isThere(number, more)) {
                return true;
            }
            wanted = Math.max(wanted, number + 1);
            reserved = Math.max(reserved, more);
            return task.await(() -> isThere(number, more));
        } finally {
            mutex.unlock();
        }
    }

    private boolean isThere(int number, int more) {
        int ahead = segments.count() - 1 - number;
        return ahead >= 0 && ahead + spares.count() >= more;
    }

    /** Makes a segment, or gives the space of a spare one back that nobody came for; returns false if the limit forbids it. */
    private boolean makeNext(Registrar registrar, Limit limit) throws IOException {
        Path surplus = takeSurplus();
        if (surplus != null) {
            deleteSpare(surplus);
            return true;
        }
        try {
            return prepare(beginMaking(), segments.count(), registrar, limit);
        } finally {
            endMaking();
        }
    }

    private @Nullable Path takeSurplus() {
        mutex.lock();
        try {
            return isThere(wanted - 1, reserved) ? spares.takeSurplus() : null;
        } finally {
            mutex.unlock();
        }
    }

    private Path beginMaking() {
        mutex.lock();
        try {
            makingIn = segments.places().forNew();
            return makingIn;
        } finally {
            mutex.unlock();
        }
    }

    private void endMaking() {
        mutex.lock();
        try {
            makingIn = null;
        } finally {
            mutex.unlock();
        }
    }

    /** Deletes files of a number that is to be given; in the other directory durably, or there might be two of it. */
    private void deleteHalfMade(int number) throws IOException {
        for (Path directory : segments.places().all()) {
            Path path = directory.resolve(Segments.name(number));
            if (storage.exists(path)) {
                storage.delete(path);
                if (segments.places().target() != null) {
                    storage.syncDirectory(directory);
                }
            }
        }
    }

    /**
     * Makes a segment: zeros, force, then the header, force, then the name, then the superblock. A half-made one is
     * replaced. Returns whether the limit admits it.
     */
    private boolean prepare(Path directory, int number, Registrar registrar, Limit limit) throws IOException {
        Path path = directory.resolve(Segments.name(number));
        deleteHalfMade(number);
        Path spare = takeSpare(directory);
        if (spare != null) {
            recycle(spare, path, directory, number, registrar);
            return true;
        }
        if (!limit.admits(segmentBytes)) {
            return false;
        }
        StorageFile file = ZeroedFile.create(storage, path, segmentBytes);
        try {
            writeHeader(file, number);
            storage.syncDirectory(directory);
            register(registrar, number);
            segments.add(number, file);
            return true;
        } catch (IOException e) {
            ZeroedFile.giveUp(storage, file, e);
            throw e;
        }
    }

    private void writeHeader(StorageFile file, int number) throws IOException {
        ByteBuffer header = Arena.ofAuto().allocate(SegmentHeader.BYTES, 4096).asByteBuffer();
        SegmentHeader.encode(header, store, number, segmentBytes);
        file.write(header.clear(), 0);
        file.force();
    }

    /** Has the superblock name a segment; if that fails nobody knows whether it does. */
    private static void register(Registrar registrar, int number) throws IOException {
        try {
            registrar.ready(number + 1);
        } catch (IOException e) {
            throw new MakerTask.LastingException(
                    "naming " + Segments.name(number) + " in the superblock: " + e.getMessage(), e);
        }
    }

    private @Nullable Path takeSpare(Path directory) {
        mutex.lock();
        try {
            spares.took();
            return spares.take(directory);
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Gives a dead segment another number. Its old batches stay where they are: none has a sequence that the log, or
     * anything that claims batches of it, will ever ask for again.
     */
    private void recycle(Path spare, Path path, Path directory, int number, Registrar registrar) throws IOException {
        storage.rename(spare, path);
        StorageFile file = storage.open(path, Storage.Mode.READ_WRITE);
        try {
            writeHeader(file, number);
            storage.syncDirectory(directory);
            register(registrar, number);
            segments.addAgain(number, file);
        } catch (IOException e) {
            file.close();
            segments.lost(); // The next try deletes the file.
            throw e;
        }
    }
}
