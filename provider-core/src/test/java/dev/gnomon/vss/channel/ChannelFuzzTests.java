/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Fuzzing of the VSS channel: {@code ./gnomon verify --only fuzz}. {@link ChannelCorpusTests} replays the corpus. */
@Tag("fuzz")
class ChannelFuzzTests {
    private static final ChannelFuzzTarget TARGET = new ChannelFuzzTarget();

    @FuzzTest(maxDuration = "12s")
    void handshake(byte[] input) {
        TARGET.handshake(input);
    }

    @FuzzTest(maxDuration = "12s")
    void frames(byte[] input) {
        TARGET.frames(input);
    }

    @FuzzTest(maxDuration = "12s")
    void request(byte[] input) {
        TARGET.request(input);
    }
}
