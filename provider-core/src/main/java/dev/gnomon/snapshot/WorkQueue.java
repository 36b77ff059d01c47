/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue with one task that takes all that waits at once. Thread-safe. What is queued is bounded by the requests that
 * protocol servers admit.
 */
final class WorkQueue<T> {
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final Consumer<List<T>> worker;
    private final @Nullable Gathering gathering;
    private final Scheduler.Task task;
    private List<T> queue = new ArrayList<>();
    private boolean closing;

    WorkQueue(Scheduler scheduler, String name, Consumer<List<T>> worker) {
        this(scheduler, name, worker, null);
    }

    /** As the other, with a task that may wait for more items before it takes them. */
    WorkQueue(Scheduler scheduler, String name, Consumer<List<T>> worker, @Nullable Gathering gathering) {
        this.gathering = gathering;
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
            if (gathering == null || gathering.tells(queue.size())) {
                changed.signalAll();
            }
            return true;
        } finally {
            mutex.unlock();
        }
    }

    private void run() {
        List<T> taken = new ArrayList<>();
        while (true) {
            taken.clear();
            mutex.lock();
            try {
                while (queue.isEmpty() && !closing) {
                    changed.await();
                }
                if (queue.isEmpty()) {
                    return;
                }
                gather();
                List<T> swap = queue;
                queue = taken;
                taken = swap;
            } finally {
                mutex.unlock();
            }
            work(taken);
        }
    }

    /** Waits for more items, if there is reason to. Needs the mutex. */
    private void gather() {
        long patience = gathering == null || closing ? 0 : gathering.patience(queue.size());
        while (gathering != null && !closing && patience > 0) {
            changed.await(patience);
            patience = gathering.patience(queue.size());
        }
    }

    private void work(List<T> taken) {
        if (gathering == null) {
            worker.accept(taken);
            return;
        }
        int count = taken.size();
        long began = gathering.now();
        worker.accept(taken);
        mutex.lock();
        try {
            gathering.served(count, queue.size(), began);
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
