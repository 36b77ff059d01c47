/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.Storage;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.RecordedEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTests {
    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123Z");

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path directory;

    private final Storage storage = new OsStorage();

    @Test
    void whatIsAppendedIsReadBackAndPrivate() throws IOException {
        List<RecordedEvent> events = List.of(
                event(1, "eins äöü"),
                new RecordedEvent(2, TIME, 5, new Event(EventId.COPY_DELETED, "v", "v@c", "s", "zwei")));
        try (EventFile file = new EventFile(directory, storage)) {
            assertThat(file.read()).isEmpty();
            file.append(events.subList(0, 1));
            file.append(events.subList(1, 2));
            assertThat(file.read()).isEqualTo(events);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(EventFile.NAME))))
                .isEqualTo("rw-------");
    }

    @Test
    void tornAndForeignLinesArePassedOverAndTheNextLineIsWhole() throws IOException {
        try (EventFile file = new EventFile(directory, storage)) {
            file.append(List.of(event(1, "whole")));
        }
        Path path = directory.resolve(EventFile.NAME);
        Files.writeString(path, "nonsense\n{\"id\":7}\n{\"sequence\":2,\"ti", StandardOpenOption.APPEND);
        try (EventFile file = new EventFile(directory, storage)) {
            file.append(List.of(event(3, "after")));
            assertThat(file.read()).extracting(RecordedEvent::sequence).containsExactly(1L, 3L);
        }
    }

    @Test
    void spaceIsBoundedAndTheNewestStay() throws IOException {
        String message = "m".repeat(Event.MAX_MESSAGE_LENGTH);
        long sequence = 0;
        try (EventFile file = new EventFile(directory, storage)) {
            for (int i = 0; i < 110; i++) {
                List<RecordedEvent> group = new ArrayList<>();
                for (int j = 0; j < 100; j++) {
                    group.add(event(++sequence, message));
                }
                file.append(group);
            }
            assertThat(file.read().getLast().sequence()).isEqualTo(sequence);
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.sorted().toList();
            assertThat(found)
                    .extracting(path -> path.getFileName().toString())
                    .containsExactly("events.log", "events.log.1", "events.log.2", "events.log.3");
            for (Path each : found) {
                assertThat(Files.size(each)).isLessThan(EventFile.MAX_BYTES + 200_000);
                assertThat(Files.readString(each, StandardCharsets.UTF_8)).endsWith("}\n");
            }
        }
    }

    private static RecordedEvent event(long sequence, String message) {
        return new RecordedEvent(sequence, TIME, 0, Event.of(EventId.SERVICE_STARTED, message));
    }
}
