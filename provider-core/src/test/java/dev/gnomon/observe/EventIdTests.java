/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Ids of events stand in one place, and the documents say what the program says. */
class EventIdTests {
    private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Pattern ID = Pattern.compile("\\b(?:GNM|NBD)-[0-9]{4}");

    @Test
    void idsAreDistinctAndOrdered() {
        assertThat(Arrays.stream(EventId.values()).map(EventId::id))
                .allMatch(id -> id.matches("GNM-[1-4][0-9]{3}"))
                .doesNotHaveDuplicates()
                .isSorted();
    }

    @Test
    void documentListsEveryEventAsTheProgramHasIt() throws IOException {
        List<String> rows = Files.readString(DOCUMENT, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| GNM-"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(EventId.values())
                        .map(e ->
                                "| " + e.id() + " | " + e.severity() + " | " + e.meaning() + " | " + e.action() + " |")
                        .toList());
    }

    @Test
    void noOtherSourceFileNamesAnId() throws IOException {
        List<String> found;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            found = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("EventId.java"))
                    .flatMap(file -> codeLines(file).map(line -> file.getFileName() + ": " + line))
                    .filter(line -> ID.matcher(line).find())
                    .toList();
        }
        assertThat(found)
                .as("an id beside the enum drifts; tell an Event instead")
                .isEmpty();
    }

    /** Comments and examples in help may name one. */
    private static Stream<String> codeLines(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line ->
                            !line.strip().startsWith("*") && !line.strip().startsWith("/**"))
                    .filter(line -> !line.contains("--explain"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void everyIdIsFoundByItsName() {
        for (EventId each : EventId.values()) {
            assertThat(EventId.of(each.id().toLowerCase(java.util.Locale.ROOT))).contains(each);
        }
        assertThat(EventId.of("GNM-9999")).isEmpty();
    }
}
