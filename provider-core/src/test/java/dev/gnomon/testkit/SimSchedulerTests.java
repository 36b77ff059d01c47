/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.testkit.SimScheduler.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SimSchedulerTests {
    private static String threeTasks(SimScheduler scheduler) {
        StringBuilder log = new StringBuilder();
        scheduler.run(() -> {
            for (int t = 0; t < 3; t++) {
                int number = t;
                scheduler.start("t" + t, () -> {
                    for (int i = 0; i < 5; i++) {
                        log.append(number);
                        scheduler.switchPoint();
                    }
                });
            }
        });
        return log.toString();
    }

    @Test
    void theSameSeedMakesTheSameRun() {
        SimScheduler one = new SimScheduler(42);
        SimScheduler two = new SimScheduler(42);
        assertThat(threeTasks(one)).isEqualTo(threeTasks(two)).hasSize(15);
        assertThat(one.signature()).isEqualTo(two.signature());
    }

    @Test
    void seedsMakeManyDifferentRuns() {
        Set<String> runs = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            runs.add(threeTasks(new SimScheduler(seed)));
        }
        assertThat(runs).hasSizeGreaterThan(95);
    }

    @Test
    void aLostUpdateIsFoundBySomeSeed() {
        int lost = 0;
        for (int seed = 0; seed < 100; seed++) {
            SimScheduler scheduler = new SimScheduler(seed);
            int[] counter = new int[1];
            Runnable increment = () -> {
                int read = counter[0];
                scheduler.switchPoint();
                counter[0] = read + 1;
            };
            scheduler.run(() -> {
                scheduler.start("a", increment);
                scheduler.start("b", increment);
            });
            lost += counter[0] == 1 ? 1 : 0;
        }
        assertThat(lost).isBetween(10, 90);
    }

    @Test
    void aDeadlockNamesEveryTaskAndWhatItWaitsFor() {
        Set<String> messages = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            SimScheduler scheduler = new SimScheduler(seed);
            Mutex a = scheduler.newMutex();
            Mutex b = scheduler.newMutex();
            try {
                scheduler.run(() -> {
                    Scheduler.Task one = scheduler.start("one", () -> lockBoth(a, b));
                    lockBoth(b, a);
                    one.join();
                });
            } catch (SimDeadlock found) {
                messages.add(String.valueOf(found.getMessage()));
            }
        }
        assertThat(messages)
                .containsExactly("every task waits, and no timer is set:"
                        + "\n  main: a mutex held by one\n  one: a mutex held by main");
    }

    private static void lockBoth(Mutex first, Mutex second) {
        first.lock();
        try {
            second.lock();
            second.unlock();
        } finally {
            first.unlock();
        }
    }

    @Test
    void aWaitThatNobodyEndsIsADeadlock() {
        SimScheduler scheduler = new SimScheduler(1);
        Mutex mutex = scheduler.newMutex();
        Mutex.Condition never = mutex.newCondition();
        assertThatExceptionOfType(SimDeadlock.class)
                .isThrownBy(() -> scheduler.run(() -> scheduler.start("waits", () -> {
                    mutex.lock();
                    while (true) {
                        never.await();
                    }
                })))
                .withMessageContaining("waits: a condition");
    }

    @Test
    void timeJumpsToTheEarliestTimerWhenNobodyCanRun() {
        SimScheduler scheduler = new SimScheduler(1);
        List<String> log = new ArrayList<>();
        scheduler.run(() -> {
            for (int seconds : new int[] {60, 5, 3600}) {
                scheduler.start("s" + seconds, () -> {
                    scheduler.sleep(TimeUnit.SECONDS.toNanos(seconds));
                    log.add(seconds + "@" + TimeUnit.NANOSECONDS.toSeconds(scheduler.nowNanos()));
                });
            }
        });
        assertThat(log).containsExactly("5@5", "60@60", "3600@3600");
    }

    @Test
    void theWallClockJumpsAndTimeDoesNot() {
        SimScheduler scheduler = new SimScheduler(1);
        SimClock clock = new SimClock(scheduler);
        var before = clock.now();
        clock.jumpWallClock(Duration.ofDays(-1));
        assertThat(clock.now()).isEqualTo(before.minus(Duration.ofDays(1)));
        assertThat(clock.nanoTime()).isZero();
    }

    @Test
    void aHaltUnwindsEveryTask() {
        for (int seed = 0; seed < 50; seed++) {
            SimScheduler scheduler = new SimScheduler(seed);
            Mutex mutex = scheduler.newMutex();
            Mutex.Condition condition = mutex.newCondition();
            List<String> log = new ArrayList<>();
            Outcome outcome = scheduler.run(() -> {
                scheduler.start("waits", () -> {
                    mutex.lock();
                    try {
                        while (true) {
                            condition.await();
                        }
                    } finally {
                        log.add("unwound");
                        mutex.unlock();
                    }
                });
                scheduler.start("sleeps", () -> scheduler.sleep(1000));
                scheduler.sleep(10);
                scheduler.halt();
                log.add("never");
            });
            assertThat(outcome).isEqualTo(Outcome.HALTED);
            assertThat(log).containsExactly("unwound");
            assertThatExceptionOfType(SimHalted.class).isThrownBy(scheduler::switchPoint);
        }
    }

    @Test
    void aTaskThatSwallowsTheHaltIsLeftBehindAndTold() {
        SimScheduler scheduler = new SimScheduler(1);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> scheduler.run(() -> {
                    scheduler.start("stubborn", () -> {
                        while (true) {
                            try {
                                scheduler.sleep(1);
                            } catch (SimHalted swallowed) {
                                assertThat(swallowed).isNotNull();
                            }
                        }
                    });
                    scheduler.sleep(100);
                    scheduler.halt();
                }))
                .withMessage("task stubborn swallows SimHalted");
    }

    @Test
    void whatATaskThrowsIsThrownByTheRun() {
        SimScheduler scheduler = new SimScheduler(1);
        IllegalStateException boom = new IllegalStateException("boom");
        assertThatIllegalStateException()
                .isThrownBy(() -> scheduler.run(() -> {
                    scheduler.start("bad", () -> {
                        throw boom;
                    });
                    scheduler.sleep(1);
                }))
                .isSameAs(boom);
        assertThat(boom.getSuppressed()[0]).hasMessageStartingWith("in task bad");
    }

    @Test
    void aRunInsideOfARunIsAWorldOfItsOwn() {
        SimScheduler outer = new SimScheduler(1);
        List<String> log = new ArrayList<>();
        outer.run(() -> {
            outer.start("other", outer::switchPoint);
            SimScheduler inner = new SimScheduler(2);
            inner.run(() -> inner.start("in", () -> log.add(inner.taskName())).join());
            log.add(outer.taskName());
        });
        assertThat(log).containsExactly("in", "main");
    }

    @Test
    void aForeignThreadIsRefused() throws InterruptedException {
        SimScheduler scheduler = new SimScheduler(1);
        List<Throwable> thrown = new ArrayList<>();
        scheduler.run(() -> {
            Thread foreign = Thread.ofPlatform().start(() -> {
                try {
                    scheduler.switchPoint();
                } catch (IllegalStateException e) {
                    thrown.add(e);
                }
            });
            try {
                foreign.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(thrown).hasSize(1);
    }
}
