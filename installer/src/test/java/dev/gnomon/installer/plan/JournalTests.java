/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.Storage;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTests {
    private static final Run.Header HEADER = new Run.Header("install", "0.1.0", "C:\\P", true, List.of("C:\\S"));
    private static final Memo MEMO = new Memo(Map.of("before", "a;b\nc \"d\""));

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    private final Storage storage = new OsStorage();

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path path;

    @BeforeEach
    void choosePath() {
        path = directory.resolve("journal.jsonl");
    }

    private Journal open() throws SetupException {
        return Journal.open(storage, path, new OsClock());
    }

    @Test
    void whatWasWrittenIsRead() throws SetupException {
        try (Journal journal = open()) {
            journal.begin(HEADER);
            journal.begin("one", Run.Deed.APPLY, MEMO);
            journal.end("one", Run.Deed.APPLY, "");
            journal.begin("two", Run.Deed.APPLY, Memo.NONE);
            journal.end("two", Run.Deed.APPLY, "no");
            journal.begin("two", Run.Deed.UNDO, Memo.NONE);
        }

        Run run = Journal.read(storage, path).unfinished().orElseThrow();

        assertThat(run.header()).isEqualTo(HEADER);
        assertThat(run.entries())
                .containsExactly(
                        new Run.Entry("one", Run.Deed.APPLY, MEMO, true, ""),
                        new Run.Entry("two", Run.Deed.APPLY, Memo.NONE, true, "no"),
                        new Run.Entry("two", Run.Deed.UNDO, Memo.NONE, false, ""));
        assertThat(run.standing()).extracting(Run.Entry::step).containsExactly("one", "two");
    }

    @Test
    void aTornLastRecordIsAsIfItWereNotWritten() throws SetupException, IOException {
        try (Journal journal = open()) {
            journal.begin(HEADER);
            journal.begin("one", Run.Deed.APPLY, MEMO);
            journal.end("one", Run.Deed.APPLY, "");
        }
        byte[] whole = Files.readAllBytes(path);
        String text = Files.readString(path);
        int last = text.stripTrailing().lastIndexOf('\n') + 1;
        for (int length = last; length < whole.length; length++) {
            Files.write(path, java.util.Arrays.copyOf(whole, length));
            try (Journal journal = open()) {
                assertThat(journal.history().unfinished().orElseThrow().entries())
                        .as("%d bytes", length)
                        .containsExactly(new Run.Entry("one", Run.Deed.APPLY, MEMO, false, ""));
                journal.end("one", Run.Deed.APPLY, "again");
            }
            assertThat(Journal.read(storage, path)
                            .unfinished()
                            .orElseThrow()
                            .entries()
                            .getLast()
                            .error())
                    .isEqualTo("again");
        }
    }

    @Test
    void aDamagedRecordIsToldWithItsLine() throws SetupException, IOException {
        try (Journal journal = open()) {
            journal.begin(HEADER);
            journal.end(Report.Result.DONE);
        }
        Files.writeString(path, "{\"record\":\"what\"}\n{\"record\":\"close\"}\n", StandardOpenOption.APPEND);

        assertThatThrownBy(this::open)
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("'what' is not known");
    }

    @Test
    void twoSetupsDoNotWorkAtOnce() throws SetupException {
        try (Journal _ = open()) {
            assertThatThrownBy(this::open).hasMessageContaining("another setup is at work");
        }
    }

    @Test
    void runsThatWereKilledOneAfterTheOtherAreOne() throws SetupException {
        try (Journal journal = open()) {
            journal.begin(HEADER);
            journal.end(Report.Result.DONE);
            journal.begin(new Run.Header("install", "0.1.0", "", false, List.of()));
            journal.begin("one", Run.Deed.APPLY, MEMO);
            journal.end("one", Run.Deed.APPLY, "");
            journal.begin(new Run.Header("repair", "0.1.0", "", false, List.of()));
            journal.begin("two", Run.Deed.APPLY, Memo.NONE);
        }

        Run run = Journal.read(storage, path).unfinished().orElseThrow();

        assertThat(run.header().command()).isEqualTo("install");
        assertThat(run.number()).isEqualTo(2);
        assertThat(run.standing()).extracting(Run.Entry::step).containsExactly("one", "two");
    }

    @Test
    void theMemoIsThatOfTheFirstTimeSinceTheStepWasUndone() throws SetupException {
        Memo late = new Memo(Map.of("before", "late"));
        try (Journal journal = open()) {
            journal.begin(HEADER);
            journal.begin("one", Run.Deed.APPLY, MEMO);
            journal.end("one", Run.Deed.APPLY, "");
            journal.begin("one", Run.Deed.APPLY, late);
            journal.end("one", Run.Deed.APPLY, "");
        }
        assertThat(Journal.read(storage, path).memo("one")).isEqualTo(MEMO);

        try (Journal journal = open()) {
            journal.begin("one", Run.Deed.UNDO, MEMO);
            journal.end("one", Run.Deed.UNDO, "");
            journal.begin("one", Run.Deed.APPLY, late);
        }
        assertThat(Journal.read(storage, path).memo("one")).isEqualTo(late);
    }

    @Test
    void thereIsNoHistoryWithoutAFile() throws SetupException {
        assertThat(Journal.read(storage, path).last()).isEmpty();
        assertThat(path).doesNotExist();
    }
}
