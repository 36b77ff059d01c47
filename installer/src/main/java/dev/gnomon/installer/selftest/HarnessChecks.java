/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.selftest.SelfCheck.Needs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The conformance harness against the provider as COM+ runs it: activation, all rules, a caller without rights. */
final class HarnessChecks {
    private static final String PROGRAM = "gnomon-vss-conformance.exe";
    private static final String NONE = "no harness; give --harness PATH to " + PROGRAM;
    private static final Pattern LINE = Pattern.compile("^[0-9]+ (ok|FAIL|not verifiable).*");
    private static final String ACCESS_DENIED = "80070005";
    private static final int FULL_RUN_S = 3_600;

    private HarnessChecks() {}

    static List<SelfCheck> all() {
        return List.of(
                new SelfCheck(
                        "activation",
                        "the class is activated out of process, through COM+, and answers for its interfaces"
                                + " (assertions 1 to 3)",
                        Needs.WINDOWS,
                        HarnessChecks::activation),
                new SelfCheck(
                        "harness",
                        "all rules of the contract that a client of the provider can judge, out of process",
                        Needs.CHANGES,
                        HarnessChecks::everything),
                new SelfCheck(
                        "unprivileged",
                        "a caller without administrator's rights is denied (assertion 82)",
                        Needs.WINDOWS,
                        HarnessChecks::unprivileged));
    }

    /** Returns where the harness is: as given, or shipped. */
    private static Optional<Path> harness(Bench bench) {
        Optional<Path> given = bench.options().harness();
        Path shipped = bench.installed().layout().program().resolve("bin").resolve(PROGRAM);
        return given.isPresent() || !bench.installed().ports().folders().exists(shipped) ? given : Optional.of(shipped);
    }

    private static List<String> line(Path harness) {
        return new ArrayList<>(List.of(
                harness.toString(),
                "--activation",
                "local",
                "--clsid",
                "{" + ProviderIdentities.CLASS_ID + "}",
                "--provider-id",
                "{" + ProviderIdentities.PROVIDER_ID + "}"));
    }

    private static Outcome activation(Bench bench) throws SetupException {
        Optional<Path> harness = harness(bench);
        if (harness.isEmpty()) {
            return new Outcome.NotHere(NONE);
        }
        List<String> line = line(harness.get());
        line.addAll(List.of("--only", "1,2,3"));
        return judged(bench, "activation", bench.commands().run(300, line));
    }

    private static Outcome everything(Bench bench) throws SetupException {
        Optional<Path> harness = harness(bench);
        if (harness.isEmpty()) {
            return new Outcome.NotHere(NONE);
        }
        if (bench.options().volumes().isEmpty()) {
            return new Outcome.NotHere(
                    "no volume of Gnomon with a Windows name; give --volume, twice if there are two");
        }
        List<String> line = line(harness.get());
        line.addAll(List.of(
                "--dll",
                bench.installed()
                        .layout()
                        .program()
                        .resolve("bin")
                        .resolve("gnomon-vss.dll")
                        .toString()));
        for (String volume : bench.options().volumes()) {
            line.addAll(List.of("--volume", volume));
        }
        line.addAll(List.of("--foreign", bench.options().foreign()));
        return judged(bench, "harness", bench.commands().run(FULL_RUN_S, line));
    }

    private static Outcome judged(Bench bench, String name, Commands.Ran ran) {
        bench.evidence().keep(name, ran.output());
        List<String> lines = ran.output()
                .lines()
                .filter(each -> LINE.matcher(each).matches())
                .toList();
        List<String> failed =
                lines.stream().filter(each -> each.matches("[0-9]+ FAIL.*")).toList();
        long ok = lines.stream().filter(each -> each.matches("[0-9]+ ok.*")).count();
        return Outcome.expect(
                ran.code() == 0 && failed.isEmpty() && ok > 0,
                ok + " of " + lines.size() + " rules hold, the others cannot be judged here",
                "code 0 and no rule broken",
                failed.isEmpty() ? ran.brief() : String.join("; ", failed));
    }

    /** {@code runas /trustlevel} takes the administrators' group out of the token, and needs no password. */
    private static Outcome unprivileged(Bench bench) throws SetupException {
        Optional<Path> harness = harness(bench);
        if (harness.isEmpty()) {
            return new Outcome.NotHere(NONE);
        }
        Path output = bench.installed()
                .ports()
                .machine()
                .systemRoot()
                .resolve("Users")
                .resolve("Public")
                .resolve("gnomon-selftest-unprivileged.txt");
        List<String> line = line(harness.get());
        line.addAll(List.of("--only", "1"));
        String command = "cmd /c \"" + String.join(" ", line) + "\" > " + output + " 2>&1 & echo ended >> " + output;
        var folders = bench.installed().ports().folders();
        folders.delete(output);
        Commands.Ran started = bench.commands().run("runas.exe", "/trustlevel:0x20000", command);
        boolean ended = bench.await(90, () -> text(bench, output).contains("ended"));
        String printed = text(bench, output);
        folders.delete(output);
        bench.evidence().keep("activation without administrator's rights", printed);
        if (!ended) {
            return new Outcome.NotHere("a program without rights could not be run; runas: " + started.brief());
        }
        return Outcome.expect(
                printed.contains(ACCESS_DENIED),
                "E_ACCESSDENIED",
                "0x" + ACCESS_DENIED,
                printed.strip().replaceAll("\\s+", " "));
    }

    private static String text(Bench bench, Path file) throws SetupException {
        return bench.installed()
                .ports()
                .folders()
                .read(file)
                .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
                .orElse("");
    }
}
