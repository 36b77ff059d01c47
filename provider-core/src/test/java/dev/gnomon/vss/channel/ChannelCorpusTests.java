/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
        replay("handshake", target::handshake);
    }

    @Test
    void framesCorpusIsAnsweredOrClosed() throws IOException, URISyntaxException {
        replay("frames", target::frames);
    }

    @Test
    void requestCorpusIsReadOrRefused() throws IOException, URISyntaxException {
        replay("request", target::request);
    }

    private static void replay(String method, Consumer<byte[]> run) throws IOException, URISyntaxException {
        URL folder = Objects.requireNonNull(ChannelCorpusTests.class.getResource("ChannelFuzzTestsInputs/" + method));
        List<Path> files;
        try (Stream<Path> found = Files.list(Path.of(folder.toURI()))) {
            files = found.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(6);
        for (Path file : files) {
            run.accept(Files.readAllBytes(file));
        }
    }
}
