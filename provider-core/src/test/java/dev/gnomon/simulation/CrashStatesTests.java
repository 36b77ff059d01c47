/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients ask for, cut at every I/O: nothing is lost. The other areas are in {@link HousekeepingCrashStatesTests}. */
@Tag("simulation")
class CrashStatesTests {
    @ParameterizedTest
    @EnumSource(names = {"WRITE_AND_FLUSH", "SET_COMMIT", "RECOVERY", "DELETE", "SEGMENT_CHANGE", "CHECKPOINT"})
    void nothingIsLost(Area area) throws Exception {
        CrashStates.explore(area);
    }
}
