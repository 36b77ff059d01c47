/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.testkit.Corpus;
import java.io.IOException;
import java.net.URISyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Replays the inputs that fuzzing starts from, and those that it has found (CVE-2022-26503 and CVE-2020-8884: services that
 * believed what came over a local channel).
 *
 * <p>Files of {@code request} are one message each, as text. Those of {@code frames} are such messages, each behind its
 * length as four bytes, big-endian.
 */
@Timeout(60)
class ControlCorpusTests {
    private final ControlFuzzTarget target = new ControlFuzzTarget();

    @Test
    void framesCorpusIsAnsweredOrClosed() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "ControlFuzzTestsInputs/frames", 8, target::frames);
    }

    @Test
    void requestCorpusIsReadOrRefused() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "ControlFuzzTestsInputs/request", 8, target::request);
    }
}
