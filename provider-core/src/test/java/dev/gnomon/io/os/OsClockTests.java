/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.Clock;
import dev.gnomon.io.ClockContractTests;

/** The contract on the clocks of this machine. */
class OsClockTests extends ClockContractTests {
    @Override
    protected Clock clock() {
        return new OsClock();
    }
}
