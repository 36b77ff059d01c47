/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Scheduler;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A task that makes things one by one before anybody needs them, and those who wait for one. Thread-safe. Its mutex
 * guards what the job looks at, too; nothing of others is called under it.
 *
 * <p><b>Invariants:</b> what failed, or had no room, is tried again only when somebody waits or says that there is room; what
 * failed for good ({@link LastingException}) never is.
 */
final class MakerTask {
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private Scheduler.@Nullable Task task;

    // Guarded by the mutex.

    /** There was no room at the last try. */
    private boolean starved;

    private @Nullable IOException failure;
    private boolean closing;

    /** Whether something is being made, how many wait, and how many want nothing to be made that nobody waits for. */
    private boolean making;

    private int waiting;
    private int still;

    /** The file system had no space at the last try, and none was given back since. Asking again does not change it. */
    private volatile boolean refused;

    /** What is made. */
    interface Job {
        /** Returns whether one is to be made; with the mutex. */
        boolean isWanted();

        /** Returns how long after now there is something to do although none is wanted; with the mutex. */
        default long idleNanos() {
            return Long.MAX_VALUE;
        }

        /**
         * Makes one, or does what there is to do; without the mutex.
         *
         * @return false if a limit does not admit it
         * @throws NoSpaceException if the file system does not
         * @throws LastingException if it must not be tried again
         */
        boolean make() throws IOException;
    }

    /** A failure after which nothing may be tried again. */
    static final class LastingException extends IOException {
        private static final long serialVersionUID = 1L;

        LastingException(String message, IOException cause) {
            super(message, cause);
        }
    }

    MakerTask(Scheduler scheduler) {
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    /** Returns the mutex. Held over memory operations only. */
    Mutex mutex() {
        return mutex;
    }

    void start(Scheduler scheduler, String name, Job job) {
        task = scheduler.start(name, () -> run(job));
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
        if (task != null) {
            task.join();
        }
    }

    /** Returns whether there was no room at the last try. Needs the mutex. */
    boolean starved() {
        return starved;
    }

    /** Returns whether the file system had no space at the last try; needs no mutex. */
    boolean refused() {
        return refused;
    }

    /** Says that something is wanted, or that there may be room again. Needs the mutex. */
    void look() {
        starved = false;
        changed.signalAll();
    }

    /** Says that space was given back. Needs the mutex. */
    void gainedSpace() {
        refused = false;
        look();
    }

    /**
     * Waits until something is there. What failed before is tried again, unless it failed for good. Needs the mutex.
     *
     * @return false if there is no room for it; the next call tries again
     * @throws IOException if making it failed otherwise, just now
     */
    boolean await(BooleanSupplier isThere) throws IOException {
        if (!(failure instanceof LastingException)) {
            failure = null; // nothing was lost with it
        }
        look();
        waiting++;
        while (!isThere.getAsBoolean() && !starved && failure == null && !closing) {
            changed.await();
        }
        waiting--;
        if (failure != null) {
            throw failure;
        }
        return isThere.getAsBoolean();
    }

    /** Makes nothing that nobody waits for, until {@link #goOn}; waits for what is being made. */
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

    private void run(Job job) {
        while (awaitWork(job)) {
            boolean full = false;
            IOException failed = null;
            try {
                full = !job.make();
            } catch (IOException e) {
                failed = e;
            }
            boolean noSpace = failed instanceof NoSpaceException;
            mutex.lock();
            try {
                making = false;
                starved = full || noSpace;
                refused = noSpace;
                failure = noSpace ? null : failed;
                changed.signalAll();
            } finally {
                mutex.unlock();
            }
        }
    }

    private boolean awaitWork(Job job) {
        mutex.lock();
        try {
            while (!closing && !isDue(job)) {
                long idle = still > 0 ? Long.MAX_VALUE : job.idleNanos();
                if (idle > 0 && idle < Long.MAX_VALUE) {
                    changed.await(idle);
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

    private boolean isDue(Job job) {
        if (failure != null || (still > 0 && waiting == 0)) {
            return false;
        }
        return job.isWanted() ? !starved : job.idleNanos() == 0;
    }
}
