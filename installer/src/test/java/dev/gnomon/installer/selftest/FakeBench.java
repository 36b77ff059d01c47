/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.installer.Installed;
import dev.gnomon.installer.Setup;
import dev.gnomon.installer.fake.FakeWindows;
import dev.gnomon.installer.fake.Packages;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.step.Choices;
import dev.gnomon.installer.step.Layout;
import dev.gnomon.util.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A Windows in memory where Gnomon is installed, and programs that answer what they are told to. Used by one thread. */
final class FakeBench {
    private static final String VERSION = BuildInfo.current().version();

    final FakeWindows windows;
    final Installed installed;
    /** The command lines that were run. */
    final List<String> ran = new ArrayList<>();
    /** What a program answers, by its name; nothing and success if it is not told. */
    final Map<String, Commands.Ran> answers = new HashMap<>();

    final List<String> users = new ArrayList<>();
    final List<String> trace = new ArrayList<>();
    final Evidence evidence = new Evidence(List.of("BOX", "erika"));
    int registerAnswer = 0x80042303;
    int repairs;
    int callsBeforeRepair;
    Runnable afterUnregistering = () -> {};
    Runnable afterRepair = () -> {};
    boolean visible;

    FakeBench(Path directory) throws IOException, SetupException {
        Path machine = Files.createDirectories(directory.resolve("machine"));
        Path packed = Packages.make(directory.resolve("package"), VERSION);
        windows = new FakeWindows(machine);
        Layout layout = new Layout(packed, machine.resolve("Program Files/Gnomon"), machine.resolve("data/Gnomon"));
        installed = new Installed(windows.ports(), new Layout(layout.program(), layout.program(), layout.state()));
        assertThat(setup(layout, Setup.Command.INSTALL).result()).isEqualTo(Report.Result.DONE);
    }

    private Report setup(Layout layout, Setup.Command command) throws SetupException {
        Choices choices = new Choices(VERSION, true, true, false);
        return new Setup(windows.ports(), layout, choices, false, sentence -> {}).run(command);
    }

    /** Makes one check on a real Windows that may be changed. */
    Outcome run(String name) {
        return run(name, bench());
    }

    Outcome run(String name, Bench bench) {
        return SelftestCommand.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow()
                .run(bench);
    }

    Bench bench() {
        return bench(true, true, Optional.empty());
    }

    Bench bench(boolean real, boolean changes, Optional<Path> harness) {
        return bench(real, changes, harness, line -> {});
    }

    Bench bench(boolean real, boolean changes, Optional<Path> harness, Consumer<String> onRun) {
        Commands commands = (limit, words) -> {
            String line = String.join(" ", words);
            ran.add(line);
            onRun.accept(line);
            return answers.getOrDefault(words.getFirst(), new Commands.Ran(0, ""));
        };
        return new Bench(
                installed,
                real,
                new Bench.Options(changes, harness, List.of("G:\\"), "C:\\", Optional.empty()),
                commands,
                new FakeEngine(),
                () -> registerAnswer,
                evidence);
    }

    private final class FakeEngine implements Bench.Engine {
        @Override
        public boolean answers() {
            return true;
        }

        @Override
        public List<String> users() {
            return users;
        }

        @Override
        public List<String> trace() {
            return trace;
        }

        @Override
        public boolean makesCopiesVisible() {
            return visible;
        }

        @Override
        public Report unregister() throws SetupException {
            Report report = setup(installed.layout(), Setup.Command.UNREGISTER);
            afterUnregistering.run();
            return report;
        }

        @Override
        public Report repair() throws SetupException {
            repairs++;
            callsBeforeRepair = windows.calls().size();
            windows.useProvider(0);
            Report report = setup(installed.layout(), Setup.Command.REPAIR);
            afterRepair.run();
            return report;
        }
    }
}
