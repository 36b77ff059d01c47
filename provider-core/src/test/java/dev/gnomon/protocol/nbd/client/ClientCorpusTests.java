/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

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

/** Replays the inputs that fuzzing starts from, and those that it has found. */
class ClientCorpusTests {
    private final ClientFuzzTarget target = new ClientFuzzTarget();

    @Test
    void negotiationCorpusIsSurvived() throws IOException, URISyntaxException {
        replay("negotiation", target::negotiation);
    }

    @Test
    void repliesCorpusIsSurvived() throws IOException, URISyntaxException {
        replay("replies", target::replies);
    }

    private static void replay(String method, Consumer<byte[]> run) throws IOException, URISyntaxException {
        URL folder = Objects.requireNonNull(ClientCorpusTests.class.getResource("ClientFuzzTestsInputs/" + method));
        List<Path> files;
        try (Stream<Path> found = Files.list(Path.of(folder.toURI()))) {
            files = found.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(8);
        for (Path file : files) {
            run.accept(Files.readAllBytes(file));
        }
    }
}
