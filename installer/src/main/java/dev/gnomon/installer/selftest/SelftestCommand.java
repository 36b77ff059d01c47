/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.Output;
import dev.gnomon.cli.Session;
import dev.gnomon.installer.Installed;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.selftest.Bench.Options;
import dev.gnomon.util.BuildInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code gnomon setup selftest}. */
@Command(
        name = "selftest",
        header = "Try on this Windows what only a Windows can show, and write a report.",
        description =
                "Each check says ok, or what was expected and what came, or why it cannot be made here. Checks that change"
                        + " the machine for a while (the engine is stopped, the provider unregistered, a process ended) are made"
                        + " only with --allow-changes, and put back what they change. The report has no names of the machine, its"
                        + " users and its network, and can be sent back as it is. Exit codes: 0 nothing failed, 1 something did.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample, on a machine for tests:%n",
        footer = "  gnomon setup selftest --allow-changes --harness C:\\t\\gnomon-vss-conformance.exe --volume G:\\")
public final class SelftestCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Session session;
    private final Benches benches;

    @Option(
            names = "--allow-changes",
            description = "Make checks that change this machine for a while, too: not while anybody needs it.")
    private boolean allowChanges;

    @Option(
            names = "--harness",
            paramLabel = "PATH",
            description = "The conformance harness (default: the one beside the program, if there is one).")
    private @Nullable Path harness;

    @Option(
            names = "--volume",
            paramLabel = "VOLUME",
            description =
                    "A volume of Gnomon by its Windows name, for tests: its shadow copies are deleted; repeatable.")
    private @Nullable List<String> volumes;

    @Option(
            names = "--foreign",
            paramLabel = "VOLUME",
            defaultValue = "C:\\",
            description = "A volume that is not Gnomon's (default: ${DEFAULT-VALUE}).")
    private String foreign = "C:\\";

    @Option(
            names = "--failing-msi",
            paramLabel = "PATH",
            description = "A package of a higher version that is known to fail, to see Windows Installer roll back.")
    private @Nullable Path failingMsi;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Where to write the report (default: in the folder of setup, under the state folder; here, if nothing"
                            + " is installed).")
    private @Nullable Path report;

    @Mixin
    private Output output = new Output();

    /** Opens what is to be tested. */
    @FunctionalInterface
    interface Benches {
        /** Opens it. */
        Bench open(Session session, Options options) throws SetupException;
    }

    /** For this Windows. */
    public SelftestCommand(Session session) {
        this(session, WindowsBench::open);
    }

    SelftestCommand(Session session, Benches benches) {
        this.session = session;
        this.benches = benches;
    }

    @Override
    public Integer call() {
        try {
            Bench bench = benches.open(
                    session,
                    new Options(
                            allowChanges,
                            absolute(harness),
                            volumes == null ? List.of() : volumes,
                            foreign,
                            absolute(failingMsi)));
            Results results = run(bench);
            Path file = write(bench, results);
            output.print(
                    session.out(),
                    () -> results.json().put("report", file.toString()),
                    out -> out.println("The report is in " + file + "; send it back as it is."));
            return (results.failed() ? ExitCode.FAILED : ExitCode.DONE).number();
        } catch (SetupException e) {
            session.err().println("gnomon: " + e.text());
            if (!e.advice().isEmpty()) {
                session.err().println("What to do: " + e.advice());
            }
            session.err().flush();
            return ExitCode.FAILED.number();
        }
    }

    /** Each line appears as soon as it is known: a whole run takes long. */
    private Results run(Bench bench) {
        Results results = new Results(
                BuildInfo.current().version(),
                bench.installed().ports().clock().now().truncatedTo(ChronoUnit.SECONDS),
                bench.evidence());
        for (SelfCheck check : checks()) {
            results.add(check, check.run(bench));
            session.err().println(results.text(results.lines().getLast()));
            session.err().flush();
        }
        session.err().println(results.summary());
        session.err().flush();
        return results;
    }

    /** Returns all checks, those that change the most at the end. */
    static List<SelfCheck> checks() {
        return java.util.stream.Stream.of(
                        RegistrationChecks.all(), HarnessChecks.all(), VssChecks.all(), ServiceChecks.all())
                .flatMap(List::stream)
                .toList();
    }

    private Path write(Bench bench, Results results) throws SetupException {
        Installed installed = bench.installed();
        Instant now = installed.ports().clock().now();
        Path setup = installed.layout().setup();
        // Where nothing is installed there is no such folder, and a look must not make one.
        Path usual = installed.ports().folders().isDirectory(setup) ? setup : Path.of("");
        String name = "selftest-" + STAMP.format(now) + ".txt";
        Path file = absolute(report).orElse(usual.resolve(name).toAbsolutePath());
        installed.ports().folders().write(file, results.file().getBytes(StandardCharsets.UTF_8));
        return file;
    }

    private static Optional<Path> absolute(@Nullable Path path) {
        return Optional.ofNullable(path).map(each -> each.toAbsolutePath().normalize());
    }
}
