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

/**
 * Clients work while the device lies about forces or rots, at each call in turn. What is damaged in the store is found
 * wherever something contradicts it; what is damaged in an origin stays there.
 */
@Tag("simulation")
class LiesAndRotTests extends QuietEngine {
    @ParameterizedTest
    @EnumSource(
            names = {"LIE", "LIES", "FLIPPED_READ", "FLIPPED_WRITE", "MISDIRECTED", "LOST_WRITE", "STALE_READ", "ROT"})
    void damageIsToldAndDoesNotSpread(DeviceFault fault) throws Exception {
        FaultTally tally = FaultCampaign.run(fault);
        for (DeviceFault.Target target : DeviceFault.Target.values()) {
            assertThat(tally.cases(fault, target)).isGreaterThan(100);
        }
        assertThat(tally.cases(fault, DeviceFault.Target.ORIGINS, Outcome.READ_ONLY))
                .isZero();
        assertThat(tally.cases(fault, DeviceFault.Target.ORIGINS, Outcome.UNTOLD))
                .isZero();
        if (fault == DeviceFault.ROT) {
            assertThat(tally.cases(fault, DeviceFault.Target.STORE, Outcome.UNTOLD))
                    .isZero();
        }
    }
}
