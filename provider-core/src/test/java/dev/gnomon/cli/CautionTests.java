/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.server.ControlFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that destroy: what they show, whom they ask, and what is held against them. */
@Timeout(60)
class CautionTests {
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private ControlFixture service;

    private final List<String> questions = new ArrayList<>();
    private boolean present;
    private String answer = "";

    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        service = new ControlFixture();
        for (String volume : List.of("data", "log")) {
            assertThat(run("volume", "create", volume, "--size", "1M").code()).isZero();
        }
        assertThat(run("set", "create", "data", "log", "--name", "n").code()).isZero();
        assertThat(run("set", "create", "data", "--name", "m").code()).isZero();
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy delete data@n", "set delete n", "volume remove data"})
    void scriptsThatDoNotSayYesAreRefusedAndNothingIsDone(String command) {
        Outcome outcome = run(command.split(" "));

        assertThat(outcome.code()).isEqualTo(7);
        assertThat(outcome.err()).contains("no terminal to ask at", "--yes", "--dry-run");
        assertThat(outcome.out()).isEmpty();
        everythingIsThere();
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy delete data@n", "set delete n", "volume remove empty"})
    void aPersonIsShownWhatGoesAndNothingGoesWithoutYes(String command) {
        run("volume", "create", "empty", "--size", "1M");
        present = true;
        for (String no : List.of("", "n", "yes please")) {
            answer = no;
            Outcome outcome = run(command.split(" "));
            assertThat(outcome.code()).isEqualTo(7);
            assertThat(outcome.err()).contains("Would ", "not confirmed; nothing was done");
            assertThat(outcome.out()).isEmpty();
        }
        everythingIsThere();
        assertThat(questions).hasSize(3).allMatch(question -> question.endsWith("? [y/N] "));

        answer = "Y";
        assertThat(run(command.split(" ")).code()).isZero();
        assertThat(questions).hasSize(4);
    }

    @Test
    void aDryRunCountsAndChangesNothing() {
        Outcome copies = run("copy", "delete", "data@n", "data@n", "log@n", "--dry-run");
        assertThat(copies.code()).isZero();
        assertThat(copies.out().lines().filter(line -> line.startsWith("Would delete ")))
                .hasSize(2);
        assertThat(copies.out()).contains("Would delete data@n: 1 MiB", "Volume data: 1 of 0 shadow copies would go");
        assertThat(run("set", "delete", "n", "m", "--dry-run").out()).contains("data@m", "data@n", "log@n");
        assertThat(run("volume", "remove", "log", "--dry-run").out()).contains("Would forget volume log", "stays.");
        everythingIsThere();
        assertThat(questions).isEmpty();
    }

    @Test
    void growingNeedsNoYesAndShrinkingDoes() {
        assertThat(run("volume", "resize", "data", "3M").out()).contains("3 MiB (3145728 bytes)");
        Outcome shrink = run("volume", "resize", "data", "2M");
        assertThat(shrink.code()).isEqualTo(7);
        assertThat(shrink.err()).contains("volume resize to a smaller size destroys", "--yes");
        assertThat(run("volume", "resize", "data", "2M", "--dry-run").out())
                .contains("from 3145728 to 2097152 bytes", "the last 1048576 bytes of it would be gone");
        assertThat(run("volume", "show", "data").out()).contains("3 MiB");
        present = true;
        answer = "y";
        assertThat(run("volume", "resize", "data", "2M").out()).contains("2 MiB");
        assertThat(questions).containsExactly("Shrink volume data? [y/N] ");
        assertThat(run("volume", "resize", "data", "1M", "--yes", "--sparse").out())
                .contains("sparse");
        assertThat(run("events").out()).contains("GNM-2160", "from 2097152 to 1048576 bytes");
        assertThat(run("volume", "resize", "data", "1000").code()).isEqualTo(2);
    }

    @Test
    void aDryRunEndsAsTheDeletionWould() {
        run("copy", "hold", "data@n");

        assertThat(run("set", "delete", "n", "--dry-run").code()).isEqualTo(7);
        assertThat(run("set", "delete", "n", "m", "--dry-run").code()).isEqualTo(3);
        assertThat(run("copy", "delete", "data@x", "--dry-run").code()).isEqualTo(4);
        assertThat(run("volume", "remove", "x", "--dry-run").code()).isEqualTo(4);
    }

    @Test
    void heldCopiesAreShownAndStay() {
        assertThat(run("copy", "hold", "data@n", "--reason", "until the audit").out())
                .contains("held:    yes: until the audit");
        assertThat(run("copy", "list").out().lines().filter(line -> line.contains(" held ")))
                .hasSize(1)
                .allMatch(line -> line.startsWith("data@n "));
        assertThat(run("set", "show", "n").out()).containsOnlyOnce("  held\n");
        assertThat(run("copy", "delete", "data@n", "--yes").code()).isEqualTo(7);
        assertThat(run("set", "delete", "n", "--yes").code()).isEqualTo(7);
        everythingIsThere();

        assertThat(run("copy", "release", "data@n").out()).doesNotContain("held");
        assertThat(run("set", "delete", "n", "--yes").code()).isZero();
        assertThat(run("events").out()).contains("GNM-2121", "held: until the audit", "GNM-2122");
    }

    @Test
    void aReasonThatSpeaksToATerminalIsRefused() {
        Outcome outcome = run("copy", "hold", "data@n", "--reason", "\u001b[2J");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("reason: '?[2J'; allowed is text without control characters");
        assertThat(run("copy", "hold", "data@n", "--reason", "x".repeat(1025)).err())
                .contains("a text of 1025 characters; allowed are 1024");
    }

    private void everythingIsThere() {
        assertThat(run("copy", "list").out()).contains("data@n ", "log@n ", "data@m ");
        assertThat(run("volume", "list").out()).contains("data ", "log ");
    }

    private Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal() {
            @Override
            public boolean present() {
                return present;
            }

            @Override
            public String ask(String question) {
                questions.add(question);
                return answer;
            }
        };
        Session session = new Session(
                new FakeLocalCommands(),
                Map.of("GNOMON_STATE", service.directory().toString()),
                "me",
                Path.of("/home/me"),
                new PrintWriter(out),
                new PrintWriter(err),
                terminal);
        int code = new Cli(session).run(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}
