/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

/** Cuts the engine at every I/O of as many workloads of an area as give the number of crash states of the run. */
final class CrashStates {
    private static final int STATES = Size.of(2_000, 77_000);
    private static final int STATES_OF_A_WORKLOAD = 500;

    private CrashStates() {}

    /** Throws the first violation; prints the area's row. */
    static void explore(Area area) throws Exception {
        Tally tally = new Tally();
        CheapSwitches.run(() -> {
            long seed = Size.seed();
            while (tally.get(area, Tally.Kind.STATES) < STATES) {
                new Explorer(area, seed++, tally).explore(STATES_OF_A_WORKLOAD);
            }
            return null;
        });
        System.out.println("FIGURE simulation: " + tally.row(area) + "  seed " + Size.seed());
        assertThat(tally.get(area, Tally.Kind.STATES)).isGreaterThanOrEqualTo(STATES);
        assertThat(tally.get(area, Tally.Kind.NEIGHBOURS)).isGreaterThanOrEqualTo(STATES / 20);
    }
}
