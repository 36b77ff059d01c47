/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one task that writes the log: takes all batches that wait, appends them, forces once, publishes them, and lets
 * their submitters go on.
 *
 * <p><b>Invariants:</b> nothing is published and nobody is told OK before the force has returned (I1, I3); after a
 * failed write or force no batch is ever taken again (I7).
 */
final class GroupCommitter {
    /** Most batches in one force: bounds how long the first of them waits for the last. */
    private static final int MAX_GROUP = 64;

    /** After so long without work the last batch gets its claim to have been durable, by an empty batch behind it. */
    private static final long IDLE_NANOS = 1_000_000_000L;

    private final Store store;
    private final Log log;
    private final Scheduler scheduler;
    private final int piecesPerChunk;
    private final Mutex mutex;
    private final Mutex.Condition work;
    private final Mutex.Condition done;
    private final BatchWriter claim;
    private List<Pending> queue = new ArrayList<>();
    private List<Pending> group = new ArrayList<>();
    private boolean closing;
    private @Nullable Runnable between;

    private long betweensDone;

    /** What the committing task took from {@code between}, instead of a group. */
    private @Nullable Runnable action;

    private long published;
    private long claimedThrough;
    private boolean claiming;
    private int still;
    private Scheduler.@Nullable Task task;

    private static final class Pending {
        private final BatchWriter batch;
        private final Log.Kind kind;
        private final @Nullable CatalogEntry change;
        private long place;
        private @Nullable IoStatus status;

        Pending(BatchWriter batch, Log.Kind kind, @Nullable CatalogEntry change) {
            this.batch = batch;
            this.kind = kind;
            this.change = change;
        }
    }

    GroupCommitter(Store store, Log log, Scheduler scheduler, int piecesPerChunk) {
        this.store = store;
        this.log = log;
        this.scheduler = scheduler;
        this.piecesPerChunk = piecesPerChunk;
        this.mutex = scheduler.newMutex();
        this.work = mutex.newCondition();
        this.done = mutex.newCondition();
        this.claim = new BatchWriter(piecesPerChunk, 4096, 0);
        this.claimedThrough = log.durableThrough();
    }

    void start(Scheduler on) {
        task = on.start("gnomon-log", this::run);
    }

    Mutex newMutex() {
        return scheduler.newMutex();
    }

    /** Queues a batch and waits for its end. */
    IoStatus commit(BatchWriter batch, Log.Kind kind, @Nullable CatalogEntry change) {
        Pending pending = new Pending(batch, kind, change);
        mutex.lock();
        try {
            if (closing || !store.writable()) {
                return IoStatus.IO_ERROR;
            }
            queue.add(pending);
            work.signalAll();
            while (pending.status == null) {
                done.await();
            }
            return pending.status;
        } finally {
            mutex.unlock();
        }
    }

    /** Runs an action on the committing task between two groups: all that was appended is durable and published then. */
    void between(Runnable action) {
        mutex.lock();
        try {
            while (between != null) {
                done.await(); // that of somebody else
            }
            between = action;
            work.signalAll();
            long mine = betweensDone + 1;
            while (betweensDone < mine) {
                done.await();
            }
        } finally {
            mutex.unlock();
        }
    }

    private void run() {
        while (awaitGroup()) {
            if (action != null) {
                runBetween(action);
            } else if (group.isEmpty()) {
                claimLast();
                claimed();
            } else {
                commitGroup();
            }
        }
        claimLast();
    }

    private void runBetween(Runnable now) {
        try {
            now.run();
        } catch (RuntimeException e) {
            store.fail(String.valueOf(e.getMessage())); // A bug must not leave anybody waiting.
        }
        mutex.lock();
        try {
            between = null;
            betweensDone++;
            done.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Waits for work; an empty group asks for the action between groups or for the claim. Returns false when closing and nothing is left. */
    private boolean awaitGroup() {
        mutex.lock();
        try {
            group.clear();
            while (queue.isEmpty() && !closing && between == null) {
                boolean owesClaim = still == 0 && store.writable() && claimedThrough < log.lastSequence();
                if (!owesClaim) {
                    work.await();
                } else if (!work.await(IDLE_NANOS) && queue.isEmpty() && between == null && still == 0) {
                    action = null;
                    claiming = true;
                    return true;
                }
            }
            action = between;
            if (action != null) {
                return true;
            }
            List<Pending> taken = queue;
            queue = group;
            queue.clear();
            group = taken;
            while (group.size() > MAX_GROUP) {
                queue.addFirst(group.removeLast());
            }
            return !group.isEmpty();
        } finally {
            mutex.unlock();
        }
    }

    private void commitGroup() {
        boolean durable = false;
        try {
            if (store.writable()) {
                long before = log.writtenBytes();
                appendAll();
                log.force();
                long exceptions = publishAll();
                durable = true; // even if the store fails elsewhere meanwhile
                store.housekeeper().logged(exceptions, log.writtenBytes() - before);
            }
        } catch (IOException | RuntimeException e) {
            // A bug too must not leave submitters waiting, nor let anything follow a batch of unknown fate.
            store.fail(String.valueOf(e.getMessage()));
        }
        mutex.lock();
        try {
            for (Pending pending : group) {
                if (pending.status == null) {
                    pending.status = durable ? IoStatus.OK : IoStatus.IO_ERROR;
                }
            }
            done.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private void appendAll() throws IOException {
        boolean room = group.stream().noneMatch(each -> each.kind == Log.Kind.PRESERVE)
                || store.housekeeper().awaitRoom();
        for (Pending pending : group) {
            boolean fits = room || pending.kind != Log.Kind.PRESERVE;
            if (!fits || log.append(pending.batch, pending.kind) == Log.Appended.FULL) {
                pending.status = IoStatus.NO_SPACE;
            } else {
                pending.place = log.placed();
            }
        }
    }

    /** Returns how many exceptions came into the tails. */
    private long publishAll() {
        published = 0;
        for (Pending pending : group) {
            if (pending.status == null) {
                publish(pending);
            }
        }
        return published;
    }

    private void publish(Pending pending) {
        if (pending.change != null) {
            store.apply(pending.change);
            return;
        }
        BatchWriter batch = pending.batch;
        long payload = pending.place + batch.headBytes();
        try {
            BatchReader.visit(
                    batch.sealed(),
                    batch.sealedStart(),
                    batch.headBytes(),
                    piecesPerChunk,
                    "batch in memory",
                    0,
                    new BatchReader.Visitor() {
                        @Override
                        public void preserve(ByteBuffer head, int entry) {
                            publishPreserve(head, entry, payload);
                        }

                        @Override
                        public void catalog(CatalogEntry entry) {
                            store.apply(entry);
                        }
                    });
        } catch (StoreException e) {
            throw new IllegalStateException("a batch just written does not read back", e);
        }
    }

    private void publishPreserve(ByteBuffer head, int entry, long payload) {
        VolumeExceptions target = store.exceptions(EntryHeader.volume(head, entry));
        target.mutex().lock();
        try {
            published += target.publish(head, entry, payload);
        } finally {
            target.mutex().unlock();
        }
    }

    private void claimed() {
        mutex.lock();
        try {
            claiming = false;
            done.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Writes nothing that nobody asked for, until {@link #goOn}; waits for what is being written. */
    void standStill() {
        mutex.lock();
        try {
            still++;
            while (claiming) {
                done.await();
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
            work.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Writes down that the last batch is durable, so that its loss would be told from a torn tail. */
    private void claimLast() {
        if (!store.writable() || claimedThrough >= log.lastSequence()) {
            return;
        }
        try {
            claim.clear();
            if (log.append(claim, Log.Kind.MOVE) == Log.Appended.DONE) {
                log.force();
            }
            // The claim itself owes none: nothing is lost with it.
            claimedThrough = log.lastSequence();
        } catch (IOException e) {
            store.fail(String.valueOf(e.getMessage()));
        }
    }

    /** Ends the task once everything queued is done. */
    void close() {
        mutex.lock();
        try {
            closing = true;
            work.signalAll();
        } finally {
            mutex.unlock();
        }
        if (task != null) {
            task.join();
        }
    }
}
