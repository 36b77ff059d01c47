/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.testkit.Corpus;
import java.io.IOException;
import java.net.URISyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Replays the inputs that fuzzing starts from, and those that it has found. Files of {@code request} are one message each, as text; those of
 * {@code frames} and {@code handshake} are messages behind their length as four bytes, big-endian.
 */
@Timeout(60)
class ChannelCorpusTests {
    private final ChannelFuzzTarget target = new ChannelFuzzTarget();

    @Test
    void handshakeCorpusIsAnsweredOrClosed() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "ChannelFuzzTestsInputs/handshake", 6, target::handshake);
    }

    @Test
    void framesCorpusIsAnsweredOrClosed() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "ChannelFuzzTestsInputs/frames", 6, target::frames);
    }

    @Test
    void requestCorpusIsReadOrRefused() throws IOException, URISyntaxException {
        Corpus.replay(getClass(), "ChannelFuzzTestsInputs/request", 6, target::request);
    }
}
