/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.gnomon.app.Main;
import dev.gnomon.cli.Cli;
import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.Session;
import dev.gnomon.control.Json;
import dev.gnomon.installer.port.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The command line of setup. */
class SetupCommandTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makeBench() throws IOException {
        bench = new Bench(directory);
    }

    private Session session() {
        Session own = Main.session();
        return new Session(
                own.local(), own.environment(), own.user(), own.home(), new PrintWriter(out), new PrintWriter(err));
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--program-dir", bench.program.toString(),
                "--state-dir", bench.state.toString(),
                "--source-dir", bench.layout(Bench.NEW).source().toString()));
        return new CommandLine(new SetupCommand(session(), (_, _) -> bench.windows.ports()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(all.toArray(String[]::new));
    }

    @Test
    void installTellsEveryStepAsJson() throws Exception {
        assertThat(run("install", "--output", "json")).isZero();

        ObjectNode json = Json.parseObject(out.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(json.path("result").asString()).isEqualTo("DONE");
        assertThat(json.path("command").asString()).isEqualTo("install");
        assertThat(json.path("schemaVersion").asInt()).isEqualTo(1);
        assertThat(json.path("steps").findValuesAsString("name")).contains("administrator", "com-application", "path");
        assertThat(json.path("steps").findValuesAsString("error")).containsOnly("");
        assertThat(err.toString()).isEmpty();
    }

    /** The documents of every command are what the schema says. */
    @Test
    void everyReportIsAsTheSchemaSays() throws IOException {
        ObjectNode schema = (ObjectNode)
                JsonMapper.shared().readTree(Files.readString(Path.of("..", "docs", "schema", "gnomon-1.json")));
        schema.remove("oneOf");
        schema.put("$ref", "#/$defs/setupDocument");
        Schema checked = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema.toString());
        String[][] commands = {
            {"install", "--dry-run"},
            {"install"},
            {"install"},
            {"status"},
            {"repair"},
            {"upgrade"},
            {"uninstall"},
            {"rollback"}
        };
        for (String[] command : commands) {
            out.getBuffer().setLength(0);
            List<String> arguments = new ArrayList<>(List.of(command));
            arguments.addAll(List.of("--output", "json"));
            run(arguments.toArray(String[]::new));
            assertThat(checked.validate(out.toString(), InputFormat.JSON))
                    .as("%s: %s", arguments, out)
                    .isEmpty();
            assertThat(out.toString()).contains("\"command\" : \"" + command[0] + "\"");
        }
    }

    @Test
    void theLogReadsAsAnExplanation() {
        run("install");

        assertThat(err.toString())
                .contains("Checked that setup runs as an elevated administrator: it does.")
                .contains("Going to make the COM+ application 'Gnomon VSS provider' and install the provider in it:")
                .contains("Result: DONE.");
        assertThat(bench.state.resolve("setup").resolve("setup.log")).content().contains("Result: DONE.");
    }

    @Test
    void statusTellsWhatIsThere() {
        assertThat(run("status")).isEqualTo(ExitCode.NOT_FOUND.number());
        run("install");
        assertThat(run("status")).isZero();
        bench.windows.loseApplication();
        assertThat(run("status")).isEqualTo(ExitCode.FAILED.number());
        assertThat(out.toString()).contains("com-application");
    }

    @Test
    void volumesInUseHaveAnExitCodeOfTheirOwn() {
        run("install");
        bench.windows.serve(new Engine.Volume("data", 1, 0));

        assertThat(run("uninstall")).isEqualTo(11);
        assertThat(err.toString()).contains("data (1 connections)").contains("--force");
    }

    @Test
    void aFailureHasItsAdvice() {
        bench.windows.vary("administrator", "no");

        assertThat(run("install")).isEqualTo(ExitCode.PERMISSION.number());
        assertThat(out.toString()).contains("-> open a command prompt with 'Run as administrator'");
    }

    @Test
    void theCommandLineOfGnomonHasSetupAndSaysOnLinuxWhatToTake() {
        Cli cli = new Cli(session());

        assertThat(cli.run("--help")).isZero();
        assertThat(out.toString()).contains("setup");
        assertThat(cli.run("setup")).isEqualTo(ExitCode.WRONG_STATE.number());
        assertThat(cli.run("setup", "status")).isEqualTo(ExitCode.WRONG_STATE.number());
        assertThat(err.toString()).contains("setup is for Windows; on Linux the Debian package installs Gnomon");
    }
}
