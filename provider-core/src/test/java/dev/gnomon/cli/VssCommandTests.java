/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.SchemaChecks;
import dev.gnomon.control.server.ControlFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gnomon fault} and {@code gnomon trace}. */
@Timeout(120)
class VssCommandTests {
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private ControlFixture service;

    @BeforeEach
    void start() throws IOException {
        service = new ControlFixture();
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private record Outcome(int code, String out, String err) {}

    @Test
    void faultsAreAddedListedAndCleared() {
        assertThat(run("fault list").out()).isEqualTo("No faults.\n");
        assertThat(run("fault add --call CommitSnapshots --action delay=12s").out())
                .isEqualTo("Fault 1: CommitSnapshots delay=12s, 1 time until 2026-02-03T04:05:06Z\n");
        assertThat(run("fault add --call any --action kill=engine --times 3 --volume data")
                        .out())
                .contains("on data, 3 times");
        assertThat(run("fault list").out().lines()).hasSize(2);
        assertThat(run("fault clear").out()).isEqualTo("2 faults ended.\n");
        assertThat(run("fault list").out()).isEqualTo("No faults.\n");
    }

    @Test
    void statusWarnsWhileAFaultIsActive() {
        Outcome quiet = run("service status");
        assertThat(quiet.err()).isEmpty();
        run("fault add --call OnLoad --action hang");

        Outcome warned = run("service status");

        assertThat(warned.err()).contains("1 fault is active", "gnomon fault clear");
        assertThat(warned.out()).contains("OnLoad hang");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fault add --action hang",
                "fault add --call OnLoad",
                "fault add --call OnLoad --action",
                "fault",
                "trace",
                "trace show --output xml"
            })
    void wrongUsageEndsWithTwo(String words) {
        assertThat(run(words).code()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fault add --call On_Load --action hang",
                "fault add --call OnLoad --action hang!",
                "fault add --call OnLoad --action hang --times 0",
                "fault add --call OnLoad --action hang --times 1000001",
            })
    void valuesThatAreNotLegalAreRefusedBeforeTheServiceIsAsked(String words) {
        Outcome refused = run(words);

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("allowed");
        assertThat(service.vss().faults()).isEmpty();
    }

    @Test
    void serviceThatDoesNotAllowFaultsRefuses() {
        assertThat(run("fault add --call OnLoad --action explode").code()).isEqualTo(7);
    }

    @Test
    void traceIsATable() {
        assertThat(run("trace show").out().lines())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line)
                        .contains("HELD", "CommitSnapshots", "0x80042306", "1.500 ms", "too slow", "[delay=12s]"));
        assertThat(run("trace show --after 2").out().lines()).hasSize(1);
        assertThat(run("trace clear").out()).isEqualTo("Cleared.\n");
        assertThat(run("trace show").out()).isEqualTo("No calls.\n");
    }

    @Test
    void traceIsOneJsonObjectALine() {
        assertThat(run("trace show --output json").out().lines())
                .hasSize(3)
                .allSatisfy(line -> SchemaChecks.check("call", line));
    }

    @Test
    void traceIsASequenceChart() {
        assertThat(run("trace show --output mermaid").out()).isEqualTo("""
                        sequenceDiagram
                            participant V1 as VSS, process 4711, shim 0.1.0
                            participant G as Gnomon
                            Note over V1,G: writers are frozen
                            V1->>G: PreCommitSnapshots(setId 3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef)
                            G-->>V1: 0x00000000 after 1.500 ms
                            Note over V1,G: writes are held
                            V1->>G: CommitSnapshots(setId 3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef)
                            G-->>V1: 0x80042306 after 1.500 ms, too slow  truly, fault delay=12s
                            Note over V1,G: writers are frozen
                            V1->>G: AbortSnapshots(setId 3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef)
                            G-->>V1: 0x00000000 after 1.500 ms
                        """);
    }

    @Test
    void documentsFollowTheirSchema() {
        document("faultDocument", "fault add --call OnLoad --action hang");
        document("faultListDocument", "fault list");
        document("serviceDocument", "service status");
        document("faultClearDocument", "fault clear");
        document("traceClearDocument", "trace clear");
    }

    private void document(String definition, String words) {
        SchemaChecks.check(definition, run(words + " --output json").out());
    }

    private Outcome run(String words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Session session = new Session(
                new FakeLocalCommands(),
                Map.of("GNOMON_STATE", service.directory().toString()),
                "me",
                Path.of("/home/me"),
                new PrintWriter(out),
                new PrintWriter(err));
        int code = new Cli(session).run(words.split(" ", -1));
        return new Outcome(code, out.toString(), err.toString());
    }
}
