/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link Scheduler} does. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SAME_THREAD)
public abstract class SchedulerContractTests {
    /** A body that may fail. */
    protected interface Body {
        /** Does it. */
        void run(Scheduler scheduler, Clock clock);
    }

    /** Runs a body on a task of a new scheduler. */
    protected abstract void run(Body body);

    @Test
    void joinWaitsForTheEndOfTheBody() {
        run((scheduler, clock) -> {
            List<String> log = new ArrayList<>();
            Scheduler.Task task = scheduler.start("t", () -> log.add("done"));
            task.join();
            task.join();
            assertThat(log).containsExactly("done");
        });
    }

    @Test
    void aMutexLetsOneInAtATime() {
        run((scheduler, clock) -> {
            Mutex mutex = scheduler.newMutex();
            int[] state = new int[2];
            List<Scheduler.Task> tasks = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                tasks.add(scheduler.start("t" + t, () -> {
                    for (int i = 0; i < 200; i++) {
                        mutex.lock();
                        try {
                            assertThat(state[0]++).isZero();
                            state[1]++;
                            state[0]--;
                        } finally {
                            mutex.unlock();
                        }
                    }
                }));
            }
            tasks.forEach(Scheduler.Task::join);
            assertThat(state[1]).isEqualTo(800);
        });
    }

    @Test
    void aMutexIsNotReentrantAndMustBeHeld() {
        run((scheduler, clock) -> {
            Mutex mutex = scheduler.newMutex();
            Mutex.Condition condition = mutex.newCondition();
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::unlock);
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(condition::signalAll);
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(condition::await);
            mutex.lock();
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::lock);
            mutex.unlock();
        });
    }

    @Test
    void aSignalWakesAllThatWait() {
        run((scheduler, clock) -> {
            Mutex mutex = scheduler.newMutex();
            Mutex.Condition condition = mutex.newCondition();
            int[] state = new int[2];
            List<Scheduler.Task> tasks = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                tasks.add(scheduler.start("t" + t, () -> {
                    mutex.lock();
                    try {
                        state[1]++;
                        condition.signalAll();
                        while (state[0] == 0) {
                            condition.await();
                        }
                        state[1]--;
                    } finally {
                        mutex.unlock();
                    }
                }));
            }
            mutex.lock();
            try {
                while (state[1] < 3) {
                    condition.await();
                }
                state[0] = 1;
                condition.signalAll();
            } finally {
                mutex.unlock();
            }
            tasks.forEach(Scheduler.Task::join);
            assertThat(state[1]).isZero();
        });
    }

    @Test
    void aTimedWaitEndsInTime() {
        run((scheduler, clock) -> {
            Mutex mutex = scheduler.newMutex();
            Mutex.Condition condition = mutex.newCondition();
            long wait = 5_000_000;
            mutex.lock();
            try {
                assertThat(condition.await(0)).isFalse();
                assertThat(condition.await(-1)).isFalse();
                long start = clock.nanoTime();
                while (condition.await(wait - (clock.nanoTime() - start))) {
                    assertThat(clock.nanoTime() - start).isLessThan(wait * 1000);
                }
                assertThat(clock.nanoTime() - start).isGreaterThanOrEqualTo(wait);
            } finally {
                mutex.unlock();
            }
        });
    }

    @Test
    void aSignalEndsATimedWaitEarly() {
        run((scheduler, clock) -> {
            Mutex mutex = scheduler.newMutex();
            Mutex.Condition condition = mutex.newCondition();
            boolean[] set = new boolean[1];
            Scheduler.Task task = scheduler.start("signals", () -> {
                mutex.lock();
                try {
                    set[0] = true;
                    condition.signalAll();
                } finally {
                    mutex.unlock();
                }
            });
            mutex.lock();
            try {
                boolean early = true;
                while (!set[0]) {
                    early = condition.await(TimeUnit.HOURS.toNanos(1));
                }
                assertThat(early).isTrue();
            } finally {
                mutex.unlock();
            }
            task.join();
        });
    }
}
