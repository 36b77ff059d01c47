/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.SchedulerContractTests;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The contract on threads of this machine. */
class OsSchedulerTests extends SchedulerContractTests {
    @Override
    protected void run(Body body) {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        body.run(new OsScheduler((name, thrown) -> failures.add(thrown)), new OsClock());
        assertThat(failures).isEmpty();
    }

    @Test
    void whatABodyThrowsIsReportedBeforeJoinReturns() {
        List<String> reports = new CopyOnWriteArrayList<>();
        OsScheduler scheduler = new OsScheduler((name, thrown) -> reports.add(name + ": " + thrown.getMessage()));
        scheduler
                .start("bad", () -> {
                    throw new IllegalStateException("boom");
                })
                .join();
        assertThat(reports).containsExactly("bad: boom");
    }

    @Test
    void tasksAreNamedDaemons() {
        List<String> seen = new CopyOnWriteArrayList<>();
        OsScheduler scheduler = new OsScheduler((name, thrown) -> seen.add("failed"));
        scheduler
                .start(
                        "gnomon-log",
                        () -> seen.add(Thread.currentThread().getName()
                                + Thread.currentThread().isDaemon()))
                .join();
        assertThat(seen).containsExactly("gnomon-logtrue");
    }
}
