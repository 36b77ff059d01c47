/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Fuzzing of the NBD client: {@code ./gnomon verify --only fuzz}. {@link ClientCorpusTests} replays the corpus. */
@Tag("fuzz")
class ClientFuzzTests {
    private static final ClientFuzzTarget TARGET = new ClientFuzzTarget();

    @FuzzTest(maxDuration = "10s")
    void negotiation(byte[] input) {
        TARGET.negotiation(input);
    }

    @FuzzTest(maxDuration = "10s")
    void replies(byte[] input) {
        TARGET.replies(input);
    }
}
