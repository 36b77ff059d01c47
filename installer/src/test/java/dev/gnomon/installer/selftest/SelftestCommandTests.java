/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.cli.Session;
import dev.gnomon.control.Json;
import dev.gnomon.installer.Installed;
import dev.gnomon.installer.fake.FakeWindows;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.step.Layout;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command, on a machine where nothing is installed: what it prints, writes and ends with. */
class SelftestCommandTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theReportIsOneFileWithTextAndADocument() throws Exception {
        Path file = directory.resolve("report.txt");

        int code = run("--report", file.toString());

        assertThat(code).as("nothing is installed").isEqualTo(1);
        assertThat(err.toString()).contains("host not possible here: this is Wine", "installation FAIL expected every");
        assertThat(out.toString()).contains("The report is in " + file);
        String text = Files.readString(file);
        assertThat(text).contains("Self-test of Gnomon", "not possible here", "== host");
        String document = text.substring(text.indexOf(Results.JSON_BELOW) + Results.JSON_BELOW.length());
        var json = Json.parseObject(document.getBytes(StandardCharsets.UTF_8));
        assertThat(json.path("failed").booleanValue()).isTrue();
        assertThat(json.path("checks").size())
                .isEqualTo(SelftestCommand.checks().size());
        assertThat(text).doesNotContain("BOX");
    }

    @Test
    void theDocumentIsPrintedWithoutTheTable() throws Exception {
        Path file = directory.resolve("report.txt");

        run("--report", file.toString(), "--output", "json");

        assertThat(out.toString()).startsWith("{").contains("\"report\" : ", "\"outcome\" : \"not-possible-here\"");
    }

    @Test
    void namesOfChecksAreDistinct() {
        assertThat(SelftestCommand.checks()).extracting(SelfCheck::name).doesNotHaveDuplicates();
    }

    private int run(String... words) {
        dev.gnomon.cli.LocalCommands nobody = (dev.gnomon.cli.LocalCommands) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {dev.gnomon.cli.LocalCommands.class}, (_, method, _) -> {
                    throw new AssertionError(method + " was not expected");
                });
        Session session = new Session(
                nobody, Map.of(), "erika", directory, new PrintWriter(out, true), new PrintWriter(err, true));
        FakeWindows windows = new FakeWindows(directory);
        Layout layout = new Layout(directory, directory.resolve("program"), directory.resolve("state"));
        SelftestCommand command = new SelftestCommand(
                session,
                (_, options) -> new Bench(
                        new Installed(windows.ports(), layout),
                        false,
                        options,
                        (limit, line) -> {
                            throw new AssertionError(line + " was not expected");
                        },
                        new NoEngine(),
                        () -> 0,
                        new Evidence(List.of("BOX"))));
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(words);
    }

    private static final class NoEngine implements Bench.Engine {
        @Override
        public boolean answers() {
            return false;
        }

        @Override
        public List<String> users() {
            return List.of();
        }

        @Override
        public List<String> trace() {
            return List.of();
        }

        @Override
        public boolean makesCopiesVisible() {
            return false;
        }

        @Override
        public Report unregister() throws SetupException {
            throw SetupException.failed("nothing to unregister");
        }

        @Override
        public Report repair() throws SetupException {
            throw SetupException.failed("nothing to repair");
        }
    }
}
