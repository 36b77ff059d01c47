/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** CVE-2017-7539: fuzzing of the parser: {@code ./gnomon verify --only fuzz}. Replay of the corpus is {@link NbdCorpusTests}. */
@Tag("fuzz")
class NbdFuzzTests {
    // One for all executions: buffers are reused between them, as they are between clients.
    private static final FuzzTarget TARGET = new FuzzTarget();

    @FuzzTest(maxDuration = "15s")
    void handshake(byte[] input) {
        TARGET.handshake(input);
    }

    @FuzzTest(maxDuration = "15s")
    void transmission(byte[] input) {
        TARGET.transmission(input);
    }
}
