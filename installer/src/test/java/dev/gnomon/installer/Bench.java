/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.fake.FakeWindows;
import dev.gnomon.installer.fake.Packages;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.step.Choices;
import dev.gnomon.installer.step.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Windows in memory with two packages beside it, and setup started on it as from a command line. */
final class Bench {
    static final String OLD = "0.0.9";
    static final String NEW = "0.1.0";

    /** Ends a run as a kill would: nobody catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    final FakeWindows windows;
    final Path machine;
    final Path program;
    final Path state;
    final List<String> log = new ArrayList<>();
    private final Path packages;

    Bench(Path directory) throws IOException {
        machine = Files.createDirectories(directory.resolve("machine"));
        packages = directory.resolve("packages");
        program = machine.resolve("Program Files").resolve("Gnomon");
        state = machine.resolve("ProgramData").resolve("Gnomon");
        Packages.make(packages.resolve(OLD), OLD);
        Packages.make(packages.resolve(NEW), NEW);
        windows = new FakeWindows(machine);
    }

    Layout layout(String version) {
        return new Layout(packages.resolve(version), program, state);
    }

    /** How one run is started. */
    record Start(String version, boolean force, boolean removeData, boolean fromMsi, String failStep, int killAfter) {
        static Start of(String version) {
            return new Start(version, false, false, false, "", Integer.MAX_VALUE);
        }

        Start forced() {
            return new Start(version, true, removeData, fromMsi, failStep, killAfter);
        }

        Start removing() {
            return new Start(version, force, true, fromMsi, failStep, killAfter);
        }

        Start msi() {
            return new Start(version, force, removeData, true, failStep, killAfter);
        }

        Start failing(String step) {
            return new Start(version, force, removeData, fromMsi, step, killAfter);
        }

        Start killedAfter(int records) {
            return new Start(version, force, removeData, fromMsi, failStep, records);
        }
    }

    Setup setup(Start start) {
        return new Setup(
                FailingSteps.with(
                        windows.ports(),
                        storage -> HaltingStorage.over(storage, start.killAfter(), () -> {
                            throw new Killed();
                        })),
                layout(start.version()),
                new Choices(start.version(), start.force(), start.force(), start.removeData()),
                start.fromMsi(),
                log::add,
                FailingSteps.failing(start.failStep()));
    }

    Report run(Setup.Command command, Start start) throws SetupException {
        windows.pass(1_000);
        return setup(start).run(command);
    }

    Report run(Setup.Command command) throws SetupException {
        return run(command, Start.of(NEW));
    }

    /** Runs until the n-th record of the journal; returns whether the run was still going on then. */
    boolean kill(Setup.Command command, Start start, int records) throws SetupException {
        try {
            run(command, start.killedAfter(records));
            return false;
        } catch (Killed e) {
            return true;
        }
    }

    /** Returns what there is, without setup's own journal and log, which tell of how it came to be. */
    String snapshot() {
        return windows.snapshot()
                .lines()
                .filter(line -> !line.contains("/setup/journal.jsonl") && !line.contains("/setup/setup.log"))
                .reduce("", (a, b) -> a + b + "\n");
    }
}
