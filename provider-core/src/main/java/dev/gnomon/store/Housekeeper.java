/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.Checkpointer.Scope;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a checkpoint is made, and runs the one task that makes it. Thread-safe.
 *
 * <p><b>Invariants:</b> while it is paused it reads and writes nothing; the tails never take much more memory than the
 * limits allow, for first touches wait when one is full and another one is still being written.
 */
final class Housekeeper {
    /** How long after an attempt that found no space, or a bad one, the next one is made. */
    private static final long RETRY_NANOS = 5_000_000_000L;

    /** What an exception takes in a run, its share of the table of contents included. */
    private static final int RUN_ENTRY_BYTES = 26;

    private static final long MERGE_SLACK_BYTES = 64 << 10;

    private final Store store;
    private final Checkpointer checkpointer;
    private final Cleaner cleaner;
    private final Puncher puncher;
    private final Throttle throttle;
    private final Reserve reserve;
    private final StoreLimits limits;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private long tailExceptions;
    private long logBytes;
    private boolean making;

    /** How often an attempt ended, or somebody was to look again. */
    private long attempts;

    /** Tails are frozen, and no checkpoint names yet what is in them. */
    private boolean frozen;

    private boolean starved;

    /** What was tried to be held back for the next merge, whether there was room for it or not. */
    private long reserveTried;

    private boolean reserveShort;
    private boolean sweepWanted;
    private boolean closing;

    /** Somebody has segments for themselves. */
    private boolean aside;

    private int pauses;
    private Scheduler.@Nullable Task task;

    Housekeeper(
            Store store,
            Checkpointer checkpointer,
            Cleaner cleaner,
            Puncher puncher,
            Throttle throttle,
            Reserve reserve,
            StoreLimits limits,
            Scheduler scheduler,
            long tailExceptions,
            long logBytes) {
        this.store = store;
        this.checkpointer = checkpointer;
        this.cleaner = cleaner;
        this.puncher = puncher;
        this.throttle = throttle;
        this.reserve = reserve;
        this.limits = limits;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.tailExceptions = tailExceptions;
        this.logBytes = logBytes;
    }

    void start(Scheduler scheduler) {
        task = scheduler.start("gnomon-housekeeping", this::run);
    }

    /** Notes what a group of batches added. */
    void logged(long exceptions, long bytes) {
        mutex.lock();
        try {
            tailExceptions += exceptions;
            logBytes += bytes;
            reserveShort |= reserve.roundedUp(mergeBytes()) > reserveTried;
            if (due() || reserveShort) {
                changed.signalAll();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Notes that new tails were begun. */
    void frozen() {
        mutex.lock();
        try {
            tailExceptions = 0;
            logBytes = 0;
            frozen = true;
        } finally {
            mutex.unlock();
        }
    }

    private void written() {
        mutex.lock();
        try {
            frozen = false;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Asks for a checkpoint that leaves out what nobody reads any more. */
    void sweep() {
        mutex.lock();
        try {
            sweepWanted = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Waits while the tail is full and the one before is still being written. Called by the committing task, so it never
     * waits for anything that needs that task: neither before tails are frozen, nor while records are moved.
     *
     * @return false if that cannot go on, because there is no space for it
     */
    boolean awaitRoom() {
        mutex.lock();
        try {
            if (mustWait()) {
                throttle.urgent(true);
                try {
                    while (mustWait()) {
                        changed.await();
                    }
                } finally {
                    throttle.urgent(false);
                }
            }
            return !(full() && starved);
        } finally {
            mutex.unlock();
        }
    }

    private boolean mustWait() {
        return full() && frozen && making && pauses == 0 && !starved && store.writable();
    }

    /** Returns the bytes of runs and checkpoint. */
    long indexBytes() {
        return store.index().runs().fileBytes() + checkpointer.checkpointBytes();
    }

    /** Returns what a small index comes to, with what is held back for it. */
    long leastIndexBytes() {
        return 2 * reserve.roundedUp(1);
    }

    /** Returns the bytes that are held back for the next merge. */
    long reserveBytes() {
        return reserve.bytes();
    }

    /** Returns about what the next checkpoint takes at most, before it gives anything back. */
    private long mergeBytes() {
        return tailExceptions == 0 && store.index().runs().runs().isEmpty()
                ? 0
                : indexBytes() + tailExceptions * RUN_ENTRY_BYTES + MERGE_SLACK_BYTES;
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

    /** Returns whether what deletes left can be given back; not while there is no space to write down what stays. */
    boolean reclaims() {
        mutex.lock();
        try {
            return !starved && !checkpointer.unmergeable();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Waits for the end of the attempt that gives space back, if there is one to come or going on.
     *
     * @return whether another one may follow
     */
    boolean awaitReclaim() {
        mutex.lock();
        try {
            long seen = attempts;
            while (reclaiming() && attempts == seen) {
                changed.await();
            }
            return reclaiming();
        } finally {
            mutex.unlock();
        }
    }

    private boolean reclaiming() {
        return (sweepWanted || making) && !starved && !closing && store.writable();
    }

    /** Lets those look again who wait for space to be given back. */
    void lookAgain() {
        mutex.lock();
        try {
            attempts++;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private boolean full() {
        return tailExceptions >= limits.tailExceptions();
    }

    private boolean due() {
        return full() || logBytes >= limits.checkpointLogBytes() || sweepWanted;
    }

    /** Stops background work until {@link #resume}; waits for the part that is going on. Pauses nest. */
    void pause() {
        pauses(1);
        throttle.pause();
    }

    /** Ends one pause. */
    void resume() {
        throttle.resume();
        pauses(-1);
    }

    private void pauses(int more) {
        mutex.lock();
        try {
            pauses += more;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private void run() {
        while (awaitWork()) {
            if (making) {
                attempt();
            }
            keepReserve();
        }
    }

    /** What is done with segments while none is cleaned or given up. */
    interface Aside {
        /** Does it. */
        void run() throws IOException;
    }

    /** Does something while no checkpoint is made and no segment is cleaned or given up. */
    void aside(Aside action) throws IOException {
        mutex.lock();
        try {
            while (making || aside) {
                changed.await();
            }
            aside = true;
        } finally {
            mutex.unlock();
        }
        try {
            action.run();
        } finally {
            mutex.lock();
            aside = false;
            changed.signalAll();
            mutex.unlock();
        }
    }

    /** Waits until a checkpoint is due, or at the end is worth while. */
    private boolean awaitWork() {
        mutex.lock();
        try {
            while (aside || (!closing && (starved || !(due() || reserveShort) || !store.writable()))) {
                if (starved && !aside) {
                    starved = !changed.await(RETRY_NANOS) ? false : starved;
                } else {
                    changed.await();
                }
            }
            making = closing ? (logBytes > 0 || sweepWanted) && store.writable() && !starved : due();
            return making || !closing;
        } finally {
            mutex.unlock();
        }
    }

    private void attempt() {
        boolean full = false;
        Scope scope = takeScope();
        boolean again = false;
        try {
            try {
                make(scope);
                cleaner.free(checkpointer.start());
                again = scope == Scope.ALL && !isClosing() && cleaner.clean(checkpointer.start());
                if (scope == Scope.ALL && !again && !isClosing() && !checkpointer.unmergeable()) {
                    puncher.punch(checkpointer.start()); // Nothing was moved since the checkpoint.
                }
            } catch (StoreException unreadable) {
                // A run that cannot be read is not merged any more; what is in memory can still be written.
                make(Scope.SIMILAR);
            }
        } catch (NoSpaceException e) {
            full = true;
            store.tell(EventId.CHECKPOINT_NO_SPACE, "no space for a checkpoint: " + e.getMessage());
        } catch (ReadBackException e) {
            full = true;
            store.tell(EventId.CHECKPOINT_NOT_READ_BACK, "a checkpoint was not made: " + e.getMessage());
        } catch (IOException | StoreException | RuntimeException e) {
            store.fail("making a checkpoint: " + e.getMessage());
        }
        mutex.lock();
        try {
            making = false;
            attempts++;
            starved = full;
            sweepWanted |= again || (full && scope == Scope.ALL);
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Makes a checkpoint, if need be in the space that is held back. */
    private void make(Scope scope) throws IOException, StoreException, ReadBackException {
        try {
            checkpointer.make(scope);
        } catch (NoSpaceException e) {
            if (reserve.bytes() == 0) {
                throw e;
            }
            throttle.begin();
            try {
                reserve.release();
            } finally {
                throttle.end(0);
            }
            checkpointer.make(scope);
        }
        written();
    }

    /** Takes space for the next merge, as much as there is. */
    private void keepReserve() {
        long wanted;
        mutex.lock();
        try {
            wanted = mergeBytes();
            reserveTried = reserve.roundedUp(wanted);
            reserveShort = false;
            if (closing || !store.writable()) {
                return;
            }
        } finally {
            mutex.unlock();
        }
        throttle.begin();
        try {
            reserve.ensure(wanted);
        } catch (IOException e) {
            // What was taken before stays. The next checkpoint tries again, and fails only if it finds no space itself.
        } finally {
            throttle.end(0);
        }
    }

    private boolean isClosing() {
        mutex.lock();
        try {
            return closing;
        } finally {
            mutex.unlock();
        }
    }

    private Scope takeScope() {
        mutex.lock();
        try {
            Scope scope = sweepWanted ? Scope.ALL : Scope.SIMILAR;
            sweepWanted = false;
            return scope;
        } finally {
            mutex.unlock();
        }
    }

    /** Makes a last checkpoint if there is anything new, and ends the task. */
    void close() {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        throttle.hurry();
        if (task != null) {
            task.join();
        }
    }
}
