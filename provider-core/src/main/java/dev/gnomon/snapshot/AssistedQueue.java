/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue with one task, which whoever brings several items may spare the wake-up: between {@link #gather} and
 * {@link #assist} items only wait, and {@code assist} works off what is there on the caller's thread, if it is enough to
 * be worth while. What is less, and what cannot be done without waiting, is left to the task. Thread-safe. What is queued
 * is bounded by the requests that protocol servers admit.
 *
 * <p><b>Invariants:</b> items are worked off by one thread at a time, in their order; an item that is queued is taken by
 * the task, by who is working, or by who gathers: so each {@code gather} is followed by an {@code assist}, soon and
 * without waiting for anybody in between, and none leaves anything behind that nobody is told of.
 */
final class AssistedQueue<T> {
    /** What keeps coming is the task's after so many rounds: who assists has work of his own. */
    private static final int ROUNDS_MAX = 4;

    /** Who was the only one to bring something so many times in a row is taken to be alone. */
    private static final int ALONE = 8;

    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final Worker<T> worker;
    private final int worthwhile;
    private final Scheduler.Task task;

    // Guarded by the mutex.
    private List<T> queue = new ArrayList<>();
    private int gathering;
    private boolean working;
    private boolean left;
    private boolean closing;
    private @Nullable Object lastBringer;
    private int inARow;

    /** The list that is worked off; its owner is who works. */
    private List<T> taken = new ArrayList<>();

    /** Works items off. */
    @FunctionalInterface
    interface Worker<T> {
        /**
         * Works items off in their order.
         *
         * @param mayWait false for somebody else than the task
         * @return how many are done: all, if it may wait
         */
        int work(List<T> items, boolean mayWait);
    }

    /**
     * Starts the task.
     *
     * @param worthwhile so many items have to wait, from all who bring some, for somebody else than the task to work them off: fewer
     *     are cheaper when the task takes them together
     */
    AssistedQueue(Scheduler scheduler, String name, int worthwhile, Worker<T> worker) {
        this.worthwhile = worthwhile;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.worker = worker;
        this.task = scheduler.start(name, this::run);
    }

    /** Queues an item; returns false, and does not take it, once closed. */
    boolean offer(T item) {
        mutex.lock();
        try {
            if (closing) {
                return false;
            }
            queue.add(item);
            if (gathering == 0 && !working) {
                changed.signalAll();
            }
            return true;
        } finally {
            mutex.unlock();
        }
    }

    /** Says that the caller brings more, and calls {@link #assist} then. */
    void gather() {
        mutex.lock();
        try {
            gathering++;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Ends a {@link #gather}, and works off what waits, unless somebody does, or it is little and not only one brings some.
     *
     * @param bringer tells one who gathers from another
     */
    void assist(Object bringer) {
        mutex.lock();
        try {
            gathering--;
            boolean alone = !queue.isEmpty() && isAlone(bringer);
            if (queue.size() < worthwhile && !alone) {
                if (!working && !queue.isEmpty()) {
                    changed.signalAll(); // Others may go on gathering for ever, and bring nothing.
                }
                return;
            }
            if (!take()) {
                return;
            }
        } finally {
            mutex.unlock();
        }
        boolean more = true;
        for (int round = 1; more; round++) {
            more = workOff(false, round < ROUNDS_MAX);
        }
    }

    /** Returns whether it was the same who brought something the last times; to wait for others is for nothing then. */
    private boolean isAlone(Object bringer) {
        inARow = bringer.equals(lastBringer) ? Math.min(inARow + 1, ALONE) : 1;
        lastBringer = bringer;
        return inARow == ALONE;
    }

    /** Works off what was taken; returns whether more was, because it was wanted and is there. */
    private boolean workOff(boolean mayWait, boolean wantsMore) {
        boolean more = false;
        int done = taken.size(); // if the worker fails nobody does them again
        try {
            done = worker.work(taken, mayWait);
        } finally {
            mutex.lock();
            try {
                leave(done);
                more = wantsMore && take();
                if (!more && (closing || !queue.isEmpty())) {
                    changed.signalAll();
                }
            } finally {
                mutex.unlock();
            }
        }
        return more;
    }

    /** Takes what waits, if it is the turn of somebody else than the task. Needs the mutex. */
    private boolean take() {
        if (working || left || queue.isEmpty()) {
            return false;
        }
        swap();
        return true;
    }

    private void swap() {
        List<T> empty = taken;
        taken = queue;
        queue = empty;
        working = true;
    }

    /** Ends the work on what was taken; what is not done stays in front. Needs the mutex. */
    private void leave(int done) {
        left = done < taken.size();
        if (left) {
            queue.addAll(0, taken.subList(done, taken.size()));
        }
        taken.clear();
        working = false;
    }

    private void run() {
        while (awaitTurn()) {
            boolean _ = workOff(true, false);
        }
    }

    private boolean awaitTurn() {
        mutex.lock();
        try {
            while (working || (queue.isEmpty() && !closing)) {
                changed.await();
            }
            if (queue.isEmpty()) {
                return false;
            }
            swap();
            return true;
        } finally {
            mutex.unlock();
        }
    }

    /** Takes no more, and waits until everything queued is done. */
    void close() {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        task.join();
    }
}
