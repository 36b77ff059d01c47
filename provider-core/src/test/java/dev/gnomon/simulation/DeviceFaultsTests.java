/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.simulation.FaultTally.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Clients work while calls of the device fail or stall, at each of them in turn; nothing that was promised is lost. */
@Tag("simulation")
class DeviceFaultsTests extends QuietEngine {
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"LIE", "LIES", "FLIPPED_READ", "FLIPPED_WRITE", "MISDIRECTED", "LOST_WRITE", "STALE_READ", "ROT"})
    void nothingPromisedIsLost(DeviceFault fault) throws Exception {
        FaultTally tally = FaultCampaign.run(fault);
        for (DeviceFault.Target target : DeviceFault.Target.values()) {
            assertThat(tally.cases(fault, target)).isGreaterThan(100);
            if (fault != DeviceFault.FORCE_LATE) { // which is a lie for as long as it is not told
                assertThat(tally.cases(fault, target, Outcome.READ_ONLY)).isZero();
                assertThat(tally.cases(fault, target, Outcome.UNTOLD)).isZero();
                assertThat(tally.cases(fault, target, Outcome.CONTAINED)).isZero();
            }
        }
        boolean refusesWrites = tally.cases(fault, DeviceFault.Target.ORIGINS, Outcome.FAILED) > 0;
        assertThat(refusesWrites).isEqualTo(fault.failsForce() || fault == DeviceFault.OTHER_ERROR);
    }
}
