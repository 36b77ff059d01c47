/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.testkit.Corpus;
import java.io.IOException;
import java.net.URISyntaxException;
import org.junit.jupiter.api.Test;

/** Replays the inputs that fuzzing starts from, and those that it has found. */
class NbdCorpusTests {
    private final FuzzTarget target = new FuzzTarget();

    @Test
    void handshakeCorpusIsSurvived() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "NbdFuzzTestsInputs/handshake", 8, target::handshake);
    }

    @Test
    void transmissionCorpusIsSurvived() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "NbdFuzzTestsInputs/transmission", 8, target::transmission);
    }
}
