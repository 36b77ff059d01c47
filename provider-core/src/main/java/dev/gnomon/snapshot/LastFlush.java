/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Flushes many things at once and tells which could not be. One task begins and waits; flushes end on any task. Waits as long
 * as devices take, for who must know has nothing better to do.
 */
final class LastFlush {
    private final Mutex mutex;
    private final Mutex.Condition ended;
    private final List<String> failed = new ArrayList<>();
    private int going;

    LastFlush(Scheduler scheduler) {
        this.mutex = scheduler.newMutex();
        this.ended = mutex.newCondition();
    }

    /** Begins to flush something. */
    void begin(String name, Consumer<Completion> flush) {
        mutex.lock();
        going++;
        mutex.unlock();
        flush.accept(status -> done(name, status));
    }

    private void done(String name, IoStatus status) {
        mutex.lock();
        try {
            going--;
            if (status != IoStatus.OK) {
                failed.add(name);
            }
            ended.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Waits for all that was begun, and returns the names of what could not be flushed, sorted. */
    List<String> await() {
        mutex.lock();
        try {
            while (going > 0) {
                ended.await();
            }
            return failed.stream().sorted().toList();
        } finally {
            mutex.unlock();
        }
    }
}
