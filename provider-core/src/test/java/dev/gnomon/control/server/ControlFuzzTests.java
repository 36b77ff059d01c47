/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Fuzzing of the control socket: {@code ./gnomon verify --only fuzz}. {@link ControlCorpusTests} replays the corpus. */
@Tag("fuzz")
class ControlFuzzTests {
    private static final ControlFuzzTarget TARGET = new ControlFuzzTarget();

    @FuzzTest(maxDuration = "12s")
    void frames(byte[] input) {
        TARGET.frames(input);
    }

    @FuzzTest(maxDuration = "12s")
    void request(byte[] input) {
        TARGET.request(input);
    }
}
