/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * Platform daemon threads, one per task. Thread-safe.
 *
 * <p>Nothing here interrupts, and no wait ends by an interrupt: a stray one is swallowed, because it would otherwise
 * close the file that the task touches next for everybody.
 */
public final class OsScheduler implements Scheduler {
    private final BiConsumer<String, Throwable> failures;

    /**
     * Creates a scheduler.
     *
     * @param failures takes the task's name and what its body threw, on the task's thread; must not throw
     */
    public OsScheduler(BiConsumer<String, Throwable> failures) {
        this.failures = Objects.requireNonNull(failures, "failures");
    }

    @Override
    public Task start(String name, Runnable body) {
        OsTask task = new OsTask();
        Thread.ofPlatform().name(name).daemon(true).start(() -> {
            try {
                body.run();
            } catch (Throwable thrown) {
                failures.accept(name, thrown);
            } finally {
                task.end();
            }
        });
        return task;
    }

    @Override
    public Mutex newMutex() {
        return new OsMutex();
    }

    private static final class OsTask implements Task {
        private final ReentrantLock lock = new ReentrantLock();
        private final java.util.concurrent.locks.Condition ending = lock.newCondition();
        private boolean ended;

        void end() {
            lock.lock();
            try {
                ended = true;
                ending.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void join() {
            lock.lock();
            try {
                while (!ended) {
                    ending.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class OsMutex implements Mutex {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        public void lock() {
            if (lock.isHeldByCurrentThread()) {
                throw new IllegalMonitorStateException("the mutex is held by this task already; it is not reentrant");
            }
            lock.lock();
        }

        @Override
        public void unlock() {
            lock.unlock();
        }

        @Override
        public Mutex.Condition newCondition() {
            return new OsCondition(lock.newCondition());
        }
    }

    private record OsCondition(java.util.concurrent.locks.Condition waiters) implements Mutex.Condition {
        @Override
        @SuppressWarnings("WaitNotInLoop") // The loop is the caller's.
        public void await() {
            waiters.awaitUninterruptibly();
        }

        @Override
        public boolean await(long timeoutNanos) {
            long deadline = System.nanoTime() + timeoutNanos;
            long left = timeoutNanos;
            while (left > 0) {
                try {
                    return waiters.awaitNanos(left) > 0;
                } catch (InterruptedException ignored) {
                    left = deadline - System.nanoTime();
                }
            }
            return false;
        }

        @Override
        public void signalAll() {
            waiters.signalAll();
        }
    }
}
