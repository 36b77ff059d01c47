/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.NoSpaceException;
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
    private static final int ZEROS_BYTES = 1 << 20;

    private final Storage storage;
    private final Segments segments;
    private final UUID store;
    private final long segmentBytes;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final SpareSegments spares;

    private int wanted;

    /** The first segment that this process makes. */
    private int madeFrom;

    /** So many segments are to be there besides those that are wanted, ahead or spare. */
    private int reserved;

    private boolean starved;

    /** The file system had no space at the last try, and no segment was deleted since. Asking again does not change it. */
    private volatile boolean refused;

    private @Nullable IOException failure;

    /** The superblock may name the segment that was being made, or not: nothing may be tried again. */
    private boolean doubtful;

    private boolean closing;

    /** Where a segment is just being made. */
    private @Nullable Path makingIn;

    /** Whether one is being made, how many wait for one, and how many want none to be made that nobody waits for. */
    private boolean making;

    private int waiting;
    private int still;

    private Scheduler.@Nullable Task preparer;

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
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.spares = new SpareSegments(clock, segmentBytes);
    }

    /** Says how many segments there are from the beginning; before {@link #start}. */
    void goOnFrom(int count) {
        wanted = count;
        madeFrom = count;
    }

    /** Starts the task. */
    void start(Scheduler scheduler, Registrar registrar, Limit limit) {
        preparer = scheduler.start("gnomon-segments", () -> prepareAhead(registrar, limit));
    }

    /** Ends the task. */
    void close() {
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
    }

    // ---- space

    /** Returns how many bytes batches can still go into without a new file, from a place in the log on. */
    long freeBytes(int segment, long position) {
        int count = segments.count();
        long ahead = Math.max(0L, count - 1L - segment) + spares.count();
        return (segment < count ? segmentBytes - position : 0) + ahead * (segmentBytes - SegmentHeader.BYTES);
    }

    /** Returns whether the file system had no space for a segment when it was last asked. */
    boolean starved() {
        return refused;
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
            refused = false;
        } finally {
            mutex.unlock();
        }
        retry();
    }

    /** Says that there may be space again; does not wait. */
    void retry() {
        mutex.lock();
        try {
            starved = false;
            changed.signalAll();
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
            starved = false;
            changed.signalAll();
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
                starved = false;
                changed.signalAll();
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
            changed.signalAll();
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
            starved = false;
            failure = doubtful ? failure : null; // of an earlier try: nothing was lost with it
            changed.signalAll();
            waiting++;
            while (!isThere(number, more) && !starved && failure == null && !closing) {
                changed.await();
            }
            waiting--;
            if (failure != null) {
                throw failure;
            }
            return isThere(number, more);
        } finally {
            mutex.unlock();
        }
    }

    private boolean isThere(int number, int more) {
        int ahead = segments.count() - 1 - number;
        return ahead >= 0 && ahead + spares.count() >= more;
    }

    private void prepareAhead(Registrar registrar, Limit limit) {
        while (awaitWork()) {
            Path surplus = takeSurplus();
            if (surplus != null) {
                giveBack(surplus);
            } else {
                makeNext(registrar, limit);
            }
        }
    }

    private void makeNext(Registrar registrar, Limit limit) {
        boolean full = false;
        boolean noSpace = false;
        boolean inDoubt = false;
        IOException failed = null;
        try {
            full = !prepare(beginMaking(), segments.count(), registrar, limit);
        } catch (NoSpaceException e) {
            full = true;
            noSpace = true;
        } catch (NotRegisteredException e) {
            failed = e;
            inDoubt = true;
        } catch (IOException e) {
            failed = e;
        }
        mutex.lock();
        try {
            making = false;
            makingIn = null;
            starved = full;
            refused = noSpace;
            failure = failed;
            doubtful |= inDoubt;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Gives the space of a spare segment back that nobody came for. */
    private void giveBack(Path surplus) {
        IOException failed = null;
        try {
            deleteSpare(surplus);
        } catch (IOException e) {
            failed = e;
        }
        mutex.lock();
        try {
            making = false;
            failure = failed;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private boolean awaitWork() {
        mutex.lock();
        try {
            while (!closing && !isDue()) {
                long surplusAfter = still > 0 ? Long.MAX_VALUE : spares.surplusAfterNanos();
                if (surplusAfter > 0 && surplusAfter < Long.MAX_VALUE) {
                    changed.await(surplusAfter);
                } else {
                    changed.await();
                }
            }
            making = !closing;
            return making;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether a segment is to be made, or a spare one given back. */
    private boolean isDue() {
        if (failure != null || (still > 0 && waiting == 0)) {
            return false;
        }
        return isWanted() ? !starved : spares.surplusAfterNanos() == 0;
    }

    private boolean isWanted() {
        return !isThere(wanted - 1, reserved);
    }

    private @Nullable Path takeSurplus() {
        mutex.lock();
        try {
            return isWanted() ? null : spares.takeSurplus();
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

    private Path beginMaking() {
        mutex.lock();
        try {
            makingIn = segments.places().forNew();
            return makingIn;
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
            register(registrar, number);
            segments.add(number, file);
            return true;
        } catch (IOException e) {
            file.close();
            if (e instanceof NoSpaceException) {
                storage.delete(path);
            }
            throw e;
        }
    }

    /** A segment that the superblock could not be made to name, so that nobody knows whether it does. */
    private static final class NotRegisteredException extends IOException {
        private static final long serialVersionUID = 1L;

        NotRegisteredException(int number, IOException cause) {
            super("naming " + Segments.name(number) + " in the superblock: " + cause.getMessage(), cause);
        }
    }

    private static void register(Registrar registrar, int number) throws NotRegisteredException {
        try {
            registrar.ready(number + 1);
        } catch (IOException e) {
            throw new NotRegisteredException(number, e);
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
            ByteBuffer header =
                    Arena.ofAuto().allocate(SegmentHeader.BYTES, 4096).asByteBuffer();
            SegmentHeader.encode(header, store, number, segmentBytes);
            file.write(header.clear(), 0);
            file.force();
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
