/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cuts the engine at every I/O of many workloads and finds nothing lost. */
@Tag("simulation")
class CrashStatesTests {
    /** Runs share nothing, and the machines that build have two cores. */
    private static final int WORKERS = 2;

    private static final int STATES = Size.of(2_000, 100_000);
    private static final int STATES_OF_A_WORKLOAD = 500;

    @ParameterizedTest
    @EnumSource
    void nothingIsLost(Area area) throws Exception {
        Tally tally = new Tally();
        AtomicLong nextSeed = new AtomicLong(Size.seed());
        Callable<Void> worker = () -> {
            while (tally.get(area, Tally.Kind.STATES) < STATES) {
                new Explorer(area, nextSeed.getAndIncrement(), tally).explore(STATES_OF_A_WORKLOAD);
            }
            return null;
        };
        try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                running.add(workers.submit(worker));
            }
            for (Future<Void> each : running) {
                each.get();
            }
        }
        System.out.println("FIGURE simulation: " + tally.row(area) + "  seed " + Size.seed());
        assertThat(tally.get(area, Tally.Kind.STATES)).isGreaterThanOrEqualTo(STATES);
        assertThat(tally.get(area, Tally.Kind.NEIGHBOURS)).isGreaterThanOrEqualTo(STATES / 20);
    }
}
