/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes on beside clients, or for long, cut at every I/O: nothing is lost. A class of its own, for a JVM of its own. */
@Tag("simulation")
class HousekeepingCrashStatesTests {
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"WRITE_AND_FLUSH", "SET_COMMIT", "RECOVERY", "DELETE", "SEGMENT_CHANGE", "CHECKPOINT"})
    void nothingIsLost(Area area) throws Exception {
        CrashStates.explore(area);
    }
}
