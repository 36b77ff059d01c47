/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.SegmentDirectories;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.store.format.Superblock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Whether an open store takes batches, and the superblocks that say so, and what else they name. Thread-safe.
 *
 * <pre>
 *  OPEN ──fail──► FAILED, for ever        READ_ONLY, from the beginning, if recovery found damage
 * </pre>
 *
 * <p><b>Invariants:</b> a failure is in memory before it is written down, and written down before anybody is told of it
 * (I7); a superblock is written only under the mutex, so that each says what the one before it said but for one thing.
 */
public final class StoreState {
    private final Path directory;
    private final SuperblockFile superblocks;
    private final Log log;
    private final Store.Recovered recovered;
    private final Mutex superblockMutex;
    private volatile boolean failing;
    private volatile String failure = "";
    private volatile Consumer<String> failureListener = _ -> {};

    StoreState(Path directory, SuperblockFile superblocks, Log log, Store.Recovered recovered, Scheduler scheduler) {
        this.directory = directory;
        this.superblocks = superblocks;
        this.log = log;
        this.recovered = recovered;
        this.superblockMutex = scheduler.newMutex();
    }

    /**
     * Returns why the store takes no more batches, empty if it does. If it has just failed this waits until that is written
     * down: nobody may be told of a failure that a power cut could still undo.
     */
    public String failure() {
        if (failing && failure.isEmpty()) {
            superblockMutex.lock();
            superblockMutex.unlock();
        }
        return failure;
    }

    /** Returns whether the store takes batches; never waits. */
    public boolean writable() {
        return !failing && recovered.damage().isEmpty();
    }

    /** Returns why the store, which is not {@link #writable}, takes no changes. */
    public String refusal() {
        if (!recovered.damage().isEmpty()) {
            return "store " + directory + " is read-only: " + recovered.damage().getFirst();
        }
        return failure().isEmpty()
                ? "store " + directory + " is closed"
                : "store " + directory + " has failed: " + failure() + "; restart the service";
    }

    /** Notes for ever that a write or force failed: first in memory, then outside the log (I7). */
    public void fail(String reason) {
        superblockMutex.lock();
        try {
            if (!failing) {
                failing = true;
                // If this fails too, the next open finds a log that is shorter around the cache than through it. Twice,
                // so
                // that each slot tells it: what damages one later must not make the failure forgotten.
                writeSuperblockLocked(0, false, true);
                writeSuperblockLocked(0, false, true);
                failure = reason;
                failureListener.accept(reason);
            }
        } finally {
            superblockMutex.unlock();
        }
    }

    /** Has the reason told to somebody when the store fails, once; on the thread that found it, which it must not hold up. */
    public void whenFailed(Consumer<String> listener) {
        failureListener = listener;
    }

    /** Makes a checkpoint, itself durable, the one that recovery begins with. */
    void nameCheckpoint(long number) throws IOException {
        superblockMutex.lock();
        try {
            if (!writable()) {
                throw new IOException("store " + directory + " has failed: " + failure);
            }
            Superblock last = superblocks.newest();
            Superblock next = last.next(log.durableThrough(), 0, false, last.failed(), last.bootId())
                    .naming(number);
            superblocks.write(next);
            // The checkpoint before is deleted soon: whichever slot is damaged later, the other must not name that.
            superblocks.write(next.next(next.durableThrough(), 0, false, next.failed(), next.bootId()));
        } finally {
            superblockMutex.unlock();
        }
    }

    /** Has the superblock name the directories of segments, in both slots: whichever is damaged later, the other says the same. */
    void nameSegments(SegmentDirectories directories) throws IOException {
        superblockMutex.lock();
        try {
            if (!writable()) {
                throw new IOException("store " + directory + " has failed: " + failure);
            }
            Superblock last = superblocks.newest();
            Superblock next = last.next(log.durableThrough(), 0, false, last.failed(), last.bootId())
                    .placing(directories);
            superblocks.write(next);
            superblocks.write(next.next(next.durableThrough(), 0, false, next.failed(), next.bootId()));
        } finally {
            superblockMutex.unlock();
        }
    }

    /** Returns the superblock that counts. */
    Superblock newestSuperblock() {
        superblockMutex.lock();
        try {
            return superblocks.newest();
        } finally {
            superblockMutex.unlock();
        }
    }

    /** Has the superblock name so many segments. */
    void segmentReady(int count) throws IOException {
        if (!writeSuperblock(
                count, false, recovered.failed() && superblocks.newest().failed())) {
            throw new IOException(directory + ": the superblock that names a new segment could not be written");
        }
    }

    /** Forgets a failure that an earlier process wrote down: every volume now carries it in the catalog. */
    public void failureTold() throws StoreException {
        if (!writeSuperblock(0, false, false)) {
            throw new DeviceException("store " + directory + ": superblock could not be written");
        }
    }

    private boolean writeSuperblock(int segmentsReady, boolean clean, boolean failed) {
        superblockMutex.lock();
        try {
            return writeSuperblockLocked(segmentsReady, clean, failed);
        } finally {
            superblockMutex.unlock();
        }
    }

    private boolean writeSuperblockLocked(int segmentsReady, boolean clean, boolean failed) {
        try {
            Superblock last = superblocks.newest();
            boolean flag = failed || failing;
            superblocks.write(last.next(log.durableThrough(), segmentsReady, clean && !flag, flag, last.bootId()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Writes down that everything is durable, unless the store has failed, and closes the file; nothing follows. */
    void close() {
        if (writable()) {
            writeSuperblock(0, true, recovered.failed() && superblocks.newest().failed());
        }
        superblocks.close();
    }
}
