/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.Mutex;
import dev.gnomon.testkit.SimScheduler.SimTask;
import dev.gnomon.testkit.SimScheduler.Wait;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mutex of simulated tasks. Whoever waits for it competes anew when it is freed; the scheduler chooses. */
final class SimMutex implements Mutex {
    private final SimScheduler scheduler;
    private final List<SimTask> waiting = new ArrayList<>();
    private @Nullable SimTask owner;

    SimMutex(SimScheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void lock() {
        scheduler.switchPoint();
        acquire();
    }

    private void acquire() {
        SimTask me = scheduler.me();
        if (owner == me) {
            throw new IllegalMonitorStateException("the mutex is held by this task already; it is not reentrant");
        }
        while (owner != null) {
            me.wait("a mutex held by " + owner.name);
            waiting.add(me);
            scheduler.block(me);
        }
        owner = me;
    }

    @Override
    public void unlock() {
        if (scheduler.isHalted()) {
            return; // Unwinding: what was thrown already must not be covered up.
        }
        checkHeld();
        release();
        scheduler.switchPoint();
    }

    private void release() {
        owner = null;
        waiting.forEach(scheduler::wake);
        waiting.clear();
    }

    private void checkHeld() {
        if (owner != scheduler.me()) {
            throw new IllegalMonitorStateException("the mutex is not held by this task");
        }
    }

    @Override
    public Condition newCondition() {
        return new SimCondition();
    }

    private record Waiter(SimTask task, Wait of) {}

    private final class SimCondition implements Condition {
        private final List<Waiter> waiters = new ArrayList<>();

        @Override
        public void await() {
            await(Long.MAX_VALUE);
        }

        @Override
        public boolean await(long timeoutNanos) {
            SimTask me = scheduler.enter();
            checkHeld();
            if (timeoutNanos <= 0) {
                return false;
            }
            release();
            if (scheduler.spurious()) {
                lock();
                return true;
            }
            Wait wait = me.wait("a condition");
            Waiter waiter = new Waiter(me, wait);
            waiters.add(waiter);
            if (timeoutNanos < Long.MAX_VALUE) {
                scheduler.wakeAt(scheduler.nowNanos() + timeoutNanos, me, wait);
            }
            scheduler.block(me);
            waiters.remove(waiter);
            acquire();
            return !wait.timedOut;
        }

        @Override
        public void signalAll() {
            if (scheduler.isHalted()) {
                return;
            }
            checkHeld();
            waiters.forEach(waiter -> scheduler.wake(waiter.task, waiter.of));
            waiters.clear();
        }
    }
}
