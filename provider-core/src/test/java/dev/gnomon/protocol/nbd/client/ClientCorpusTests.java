/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.testkit.Corpus;
import java.io.IOException;
import java.net.URISyntaxException;
import org.junit.jupiter.api.Test;

/** Replays the inputs that fuzzing starts from, and those that it has found. */
class ClientCorpusTests {
    private final ClientFuzzTarget target = new ClientFuzzTarget();

    @Test
    void negotiationCorpusIsSurvived() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "ClientFuzzTestsInputs/negotiation", 8, target::negotiation);
    }

    @Test
    void repliesCorpusIsSurvived() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "ClientFuzzTestsInputs/replies", 8, target::replies);
    }
}
