/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.testkit.ManualClock;
import java.time.Duration;

/** Runs each task where it is started, and passes the time where somebody waits: for one thread and many sequences. */
final class InlineScheduler implements Scheduler {
    private final ManualClock clock;

    InlineScheduler(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public Task start(String name, Runnable body) {
        body.run();
        return () -> {};
    }

    @Override
    public Mutex newMutex() {
        return new Mutex() {
            private boolean held;

            @Override
            public void lock() {
                if (held) {
                    throw new AssertionError("a mutex is taken twice: real ones would wait for ever");
                }
                held = true;
            }

            @Override
            public void unlock() {
                held = false;
            }

            @Override
            public Condition newCondition() {
                return new Condition() {
                    @Override
                    public void await() {
                        throw new AssertionError("waits for ever");
                    }

                    @Override
                    public boolean await(long timeoutNanos) {
                        clock.advance(Duration.ofNanos(Math.max(0, timeoutNanos)));
                        return false;
                    }

                    @Override
                    public void signalAll() {}
                };
            }
        };
    }
}
