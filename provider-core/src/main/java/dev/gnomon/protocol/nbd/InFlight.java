/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that are at the engine, and those that it has completed and that wait to be answered.
 *
 * <p><b>Invariants:</b> at most {@code limit} operations exist, so the list of completed ones is bounded without a
 * check, and a completion never waits: it is one compare-and-set and, if the sender sleeps, one wake-up. Lists are
 * emptied whole, so there is no ABA problem. Order of replies is free in NBD.
 */
final class InFlight {
    private final AtomicReference<@Nullable Operation> completed = new AtomicReference<>();
    private final AtomicReference<@Nullable Operation> recycled = new AtomicReference<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong events = new AtomicLong();
    private final Thread reader;
    private final int limit;

    private volatile boolean readerWaits;
    private volatile boolean ended;
    private volatile boolean senderRuns;
    private volatile @Nullable Thread sender;

    // The reader's own.
    private @Nullable Operation free;
    private int created;

    /** Makes an empty set for a connection whose reader is the calling thread. */
    InFlight(int limit) {
        this.limit = limit;
        this.reader = Thread.currentThread();
    }

    /** Starts the thread that answers what the engine completes; it ends after {@link #end}. */
    void startSender(Runnable body, Connection.SenderStarter starter) {
        senderRuns = true;
        boolean started = false;
        try {
            sender = starter.start(() -> {
                try {
                    body.run();
                } finally {
                    senderRuns = false;
                    signalReader();
                }
            });
            started = true;
        } finally {
            if (!started) {
                senderRuns = false;
            }
        }
    }

    /** Returns an idle operation, or null if {@code limit} are in use; reader only. */
    @Nullable
    Operation tryTake() {
        if (free == null) {
            free = recycled.getAndSet(null);
        }
        Operation operation = free;
        if (operation != null) {
            free = operation.next;
            operation.next = null;
        } else if (created < limit) {
            created++;
            operation = new Operation(this);
        }
        if (operation != null) {
            running.incrementAndGet();
        }
        return operation;
    }

    /** Takes a completed operation; any thread, never waits. */
    void completed(Operation operation) {
        push(completed, operation);
        running.decrementAndGet();
        signalReader();
        if (Thread.currentThread() != reader) {
            LockSupport.unpark(sender);
        }
    }

    /** Returns all operations that wait for an answer, as a list; the caller answers and recycles them. */
    @Nullable
    Operation takeCompleted() {
        return completed.get() == null ? null : completed.getAndSet(null);
    }

    void recycle(Operation operation) {
        push(recycled, operation);
        signalReader();
    }

    /** Returns a mark for {@link #awaitEvent}: to be taken before looking for what is awaited. */
    long mark() {
        return events.get();
    }

    /** Waits until something was completed or recycled since the mark, or the connection ended; reader only. */
    void awaitEvent(long mark) {
        readerWaits = true;
        while (events.get() == mark && !ended) {
            LockSupport.park(this);
        }
        readerWaits = false;
    }

    /** Wakes the reader if it waits here. */
    void signalReader() {
        events.incrementAndGet();
        if (readerWaits) {
            LockSupport.unpark(reader);
        }
    }

    /** Waits until the engine holds nothing of this connection, however long; reader only. */
    void awaitIdle() {
        awaitThat(() -> running.get() == 0);
    }

    /** Waits until the sender has ended; reader only, after {@link #end}. */
    void awaitSender() {
        awaitThat(() -> !senderRuns);
    }

    private void awaitThat(BooleanSupplier condition) {
        readerWaits = true;
        while (!condition.getAsBoolean()) {
            LockSupport.park(this);
        }
        readerWaits = false;
    }

    int running() {
        return running.get();
    }

    boolean ended() {
        return ended;
    }

    /** Ends waits of the reader and the sender for room; the requests themselves still complete. */
    void end() {
        ended = true;
        signalReader();
        LockSupport.unpark(sender);
    }

    private static void push(AtomicReference<@Nullable Operation> list, Operation operation) {
        Operation head;
        do {
            head = list.get();
            operation.next = head;
        } while (!list.compareAndSet(head, operation));
    }
}
