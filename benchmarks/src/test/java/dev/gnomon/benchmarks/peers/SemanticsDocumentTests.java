/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SemanticsDocumentTests {
    private static final Path DOCUMENT = Path.of("..", "docs", "performance.md");

    @Test
    void documentSaysWhatEachPeerPromises() throws Exception {
        List<String> rows = ReportTables.semantics().stream()
                .map(row -> "| " + String.join(" | ", row) + " |")
                .toList();

        assertThat(Files.readAllLines(DOCUMENT)).containsAll(rows);
    }
}
