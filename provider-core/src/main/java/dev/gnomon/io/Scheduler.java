/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

/**
 * Threads and every kind of wait. Thread-safe.
 *
 * <p>The engine starts its tasks here and waits nowhere else, so that a simulator can run one task at a time and choose
 * who is next. Tasks are never interrupted: an interrupt would close the file that the task is reading for everybody.
 */
public interface Scheduler {
    /**
     * Starts a task on a thread of its own.
     *
     * @param name shown in thread dumps and logs
     * @param body must end by itself when its owner closes; what it throws is reported and ends the task
     */
    Task start(String name, Runnable body);

    /** Returns a new, unheld mutex. */
    Mutex newMutex();

    /** A running or ended task. */
    interface Task {
        /** Waits until the body has returned or thrown. */
        void join();
    }
}
