/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.selftest.SelfCheck.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A snapshot set as VSS itself makes it: its calls, its token, and the points that the contract leaves open. */
final class VssChecks {
    private static final String NO_DEVICE =
            "shadow copies are not made visible as devices by this installation (\"surface\" in vss.json)";
    private static final String NO_VOLUME = "no volume of Gnomon with a Windows name; give --volume";

    /** Words of the event by which the provider tells who calls it, in com-shim's gnomon_events.mc and provider.cpp. */
    private static final String CAME_FROM = " came from: ";

    private static final String NOT_ADMITTED = "the check does not admit it";
    private static final String EVENTS = "*[System[Provider[@Name='" + ProviderIdentities.EVENT_SOURCE + "']]]";

    private VssChecks() {}

    static List<SelfCheck> all() {
        return List.of(
                new SelfCheck(
                        "set",
                        "VSS makes a set of a Gnomon volume; the trace shows the moments of its calls, PreFinal and"
                                + " PostFinal among them, and how it asks providers (open points 1, 2, 3, 8)",
                        Needs.CHANGES,
                        VssChecks::set),
                new SelfCheck(
                        "token",
                        "the token that VSS presents: its account, impersonation and authentication level; it is admitted"
                                + " (open point 5)",
                        Needs.WINDOWS,
                        VssChecks::token),
                new SelfCheck(
                        "device",
                        "a shadow copy's device opens as a volume and, with a backslash, as a directory (assertion 63; open"
                                + " point 4)",
                        Needs.CHANGES,
                        VssChecks::device),
                open(
                        "local-server",
                        "a provider without COM+, and on ARM64 (open point 7)",
                        "the provider is a COM+" + " application for x64, and nothing else is built"),
                open("gpt-attribute", "the GPT attribute of shadow copies at mounting (open point 9)", NO_DEVICE),
                open("revert", "what becomes of newer shadow copies after a revert by VSS (open point 10)", NO_DEVICE));
    }

    private static SelfCheck open(String name, String shows, String reason) {
        return new SelfCheck(name, shows, Needs.WINDOWS, bench -> new Outcome.NotHere(reason));
    }

    private static Outcome set(Bench bench) throws SetupException {
        if (!bench.engine().makesCopiesVisible()) {
            return new Outcome.NotHere(NO_DEVICE + ", so VSS is told that volumes are not supported");
        }
        if (bench.options().volumes().isEmpty()) {
            return new Outcome.NotHere(NO_VOLUME);
        }
        Commands.Ran ran = diskshadow(
                bench,
                List.of(
                        "set verbose on",
                        "set context volatile",
                        "begin backup",
                        "add volume " + bench.options().volumes().getFirst() + " provider {"
                                + ProviderIdentities.PROVIDER_ID + "}",
                        "create",
                        "end backup"));
        bench.evidence().keep("diskshadow", ran.output());
        bench.evidence().keep("trace of calls", String.join("\n", bench.engine().trace()));
        return Outcome.expect(ran.code() == 0, "made; the trace is in the evidence", "code 0", ran.brief());
    }

    private static Commands.Ran diskshadow(Bench bench, List<String> script) throws SetupException {
        try {
            Path file = Files.createTempFile("gnomon-selftest", ".dsh");
            try {
                Files.writeString(file, String.join("\r\n", script) + "\r\n", StandardCharsets.US_ASCII);
                return bench.commands().run(300, List.of("diskshadow.exe", "/s", file.toString()));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw SetupException.failed("the script for diskshadow", e);
        }
    }

    /** The provider tells the event log who calls it, and whom it refuses; a call of VSS is provoked before. */
    private static Outcome token(Bench bench) throws SetupException {
        Commands.Ran asked = bench.commands().run(120, List.of("vssadmin.exe", "list", "shadows"));
        bench.evidence().keep("vssadmin list shadows", asked.brief());
        Commands.Ran ran = bench.commands()
                .run("wevtutil.exe", "qe", "Application", "/q:" + EVENTS, "/f:text", "/rd:true", "/c:50");
        bench.evidence().keep("events of " + ProviderIdentities.EVENT_SOURCE, ran.output());
        if (ran.code() != 0) {
            return new Outcome.Fail("the events of the provider", ran.brief());
        }
        List<String> lines = ran.output().lines().map(String::strip).toList();
        List<String> callers = lines.stream()
                .filter(line -> line.contains(CAME_FROM))
                .map(line -> line.substring(line.indexOf(CAME_FROM) + CAME_FROM.length()))
                .distinct()
                .toList();
        Optional<String> refused = lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).contains("caller"))
                .findFirst()
                .or(() -> callers.stream()
                        .filter(each -> each.contains(NOT_ADMITTED))
                        .findFirst());
        if (refused.isPresent()) {
            return new Outcome.Fail("no caller refused, reported or not to be admitted", refused.get());
        }
        return callers.isEmpty()
                ? new Outcome.NotHere("the provider has told the event log of no caller, so VSS has not loaded it yet")
                : new Outcome.Ok("who called came from: " + String.join(" And from: ", callers));
    }

    private static Outcome device(Bench bench) throws SetupException {
        return bench.engine().makesCopiesVisible()
                ? new Outcome.NotHere("line 63 of the harness judges it; see \"harness\"")
                : new Outcome.NotHere(NO_DEVICE);
    }
}
