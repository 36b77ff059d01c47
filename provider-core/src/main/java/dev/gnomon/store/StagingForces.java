/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.format.StagingTable;
import java.io.IOException;
import java.util.Arrays;

/**
 * Forces the files of the staging chain, once for all who wait at the same time, and knows what is durable of it.
 * Thread-safe.
 *
 * <p><b>Invariants:</b> a force counts for a batch only if it began when the batch was in its file; what is durable never
 * goes back; after a force that failed nothing becomes durable any more, for the store has failed (I7).
 */
final class StagingForces {
    private final Staging.Host host;
    private final StagingFiles files;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private final boolean[] dirty = new boolean[StagingTable.MAX_FILES];
    private boolean forcing;
    private long lastSequence;
    private long durableThrough;
    private long forces;

    /** All through {@code lastSequence} is durable already. */
    StagingForces(Staging.Host host, StagingFiles files, Scheduler scheduler, long lastSequence) {
        this.host = host;
        this.files = files;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.lastSequence = lastSequence;
        this.durableThrough = lastSequence;
    }

    /** Notes a batch that is in a file now; not before: a force that began meanwhile need not have covered it. */
    void appended(int file, long sequence) {
        mutex.lock();
        try {
            lastSequence = sequence;
            dirty[file] = true;
        } finally {
            mutex.unlock();
        }
    }

    long lastSequence() {
        mutex.lock();
        try {
            return lastSequence;
        } finally {
            mutex.unlock();
        }
    }

    long durableThrough() {
        mutex.lock();
        try {
            return durableThrough;
        } finally {
            mutex.unlock();
        }
    }

    long count() {
        mutex.lock();
        try {
            return forces;
        } finally {
            mutex.unlock();
        }
    }

    /** Makes all batches through a sequence durable; OK, or IO_ERROR if the store has failed. */
    IoStatus through(long sequence) {
        while (true) {
            long through;
            boolean[] which = new boolean[StagingTable.MAX_FILES];
            mutex.lock();
            try {
                while (forcing && durableThrough < sequence) {
                    changed.await();
                }
                if (durableThrough >= sequence) {
                    return IoStatus.OK;
                }
                if (!host.writable()) {
                    return IoStatus.IO_ERROR;
                }
                forcing = true;
                through = lastSequence;
                System.arraycopy(dirty, 0, which, 0, dirty.length);
                Arrays.fill(dirty, false);
                forces++;
            } finally {
                mutex.unlock();
            }
            force(which, through);
        }
    }

    private void force(boolean[] which, long through) {
        boolean done = false;
        try {
            for (int i = 0; i < which.length; i++) {
                if (which[i]) {
                    files.file(i).force();
                }
            }
            done = true;
        } catch (IOException e) {
            host.fail("forcing new data failed: " + e.getMessage());
        } finally {
            mutex.lock();
            try {
                forcing = false;
                durableThrough = done ? Math.max(durableThrough, through) : durableThrough;
                changed.signalAll();
            } finally {
                mutex.unlock();
            }
        }
    }
}
