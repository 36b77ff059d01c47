/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.StepReport;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.port.VssAdmin;
import dev.gnomon.installer.selftest.SelfCheck.Needs;
import dev.gnomon.installer.step.Plans;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is registered, as Windows itself says, and the round trip of it (assertion 84; open point 6). */
final class RegistrationChecks {
    private static final int S_OK = 0;
    private static final int ALREADY_REGISTERED = 0x80042303;
    private static final String ID = braced(ProviderIdentities.PROVIDER_ID.toString());
    private static final String KEY = "SYSTEM\\CurrentControlSet\\Services\\VSS\\Providers\\" + ID;
    private static final int TRIES = 5;

    private RegistrationChecks() {}

    static List<SelfCheck> all() {
        return List.of(
                new SelfCheck(
                        "host", "Windows, its version and its processor", Needs.NOTHING, RegistrationChecks::host),
                new SelfCheck(
                        "administrator",
                        "the self-test runs elevated, as it must",
                        Needs.NOTHING,
                        RegistrationChecks::administrator),
                new SelfCheck(
                        "installation",
                        "every step of setup, looked at: files, access lists, COM+ application with its role, class, event"
                                + " source, service",
                        Needs.NOTHING,
                        RegistrationChecks::installation),
                new SelfCheck(
                        "provider-list",
                        "vssadmin lists the provider with name, type, id and version",
                        Needs.WINDOWS,
                        RegistrationChecks::providerList),
                new SelfCheck(
                        "provider-key",
                        "what VSS itself writes of a provider (open point 6)",
                        Needs.WINDOWS,
                        RegistrationChecks::providerKey),
                new SelfCheck(
                        "register-twice",
                        "a second RegisterProvider answers VSS_E_PROVIDER_ALREADY_REGISTERED (assertion 84)",
                        Needs.CHANGES,
                        RegistrationChecks::registerTwice),
                new SelfCheck(
                        "unregister-twice",
                        "a second UnregisterProvider answers VSS_E_PROVIDER_NOT_REGISTERED, and setup repair brings the"
                                + " provider back (assertion 84)",
                        Needs.CHANGES,
                        RegistrationChecks::unregisterTwice),
                new SelfCheck(
                        "round-trip",
                        "unregistered as by an uninstall, neither VSS, COM+, its service, the class nor the event source"
                                + " is left, and setup repair brings all back (assertion 84)",
                        Needs.CHANGES,
                        RegistrationChecks::roundTrip));
    }

    private static Outcome host(Bench bench) throws SetupException {
        var machine = bench.installed().ports().machine();
        var version = machine.windowsVersion();
        String text = "Windows " + version.major() + "." + version.minor() + "." + version.build() + ", "
                + machine.machineArchitecture() + ", process " + machine.processArchitecture();
        bench.evidence().keep("host", text);
        return bench.realWindows()
                ? new Outcome.Ok(text)
                : new Outcome.NotHere("this is Wine, which calls itself " + text);
    }

    private static Outcome administrator(Bench bench) throws SetupException {
        return Outcome.expect(
                bench.installed().ports().machine().administrator(),
                "elevated",
                "an elevated administrator",
                "no administrator; open an elevated command prompt");
    }

    private static Outcome installation(Bench bench) throws SetupException {
        List<StepReport> steps = bench.installed().steps();
        bench.evidence()
                .keep(
                        "installation",
                        steps.stream()
                                .map(step -> step.name() + ": " + step.before() + ", " + step.finding() + step.error())
                                .collect(Collectors.joining("\n")));
        List<String> wrong = wrong(steps);
        return Outcome.expect(wrong.isEmpty(), steps.size() + " steps", "every step PRESENT", String.join("; ", wrong));
    }

    private static List<String> wrong(List<StepReport> steps) {
        List<String> wrong = new ArrayList<>();
        for (StepReport step : steps) {
            if (step.failed() || !step.before().equals(Finding.State.PRESENT.name())) {
                wrong.add(step.name() + " " + step.before() + " " + (step.failed() ? step.error() : step.finding()));
            }
        }
        return wrong;
    }

    private static Outcome providerList(Bench bench) throws SetupException {
        Commands.Ran ran = bench.commands().run("vssadmin.exe", "list", "providers");
        bench.evidence().keep("vssadmin list providers", ran.output());
        String output = ran.output().toLowerCase(Locale.ROOT);
        boolean listed = output.contains(ProviderIdentities.PROVIDER_ID.toString())
                && output.contains(ProviderIdentities.PROVIDER_NAME.toLowerCase(Locale.ROOT));
        return Outcome.expect(
                ran.code() == 0 && listed,
                "listed",
                "code 0 and '" + ProviderIdentities.PROVIDER_NAME + "' with " + ID,
                ran.brief());
    }

    private static Outcome providerKey(Bench bench) throws SetupException {
        Registry registry = bench.installed().ports().registry();
        Map<String, Registry.Value> values = registry.values(KEY);
        StringBuilder seen = new StringBuilder();
        values.forEach(
                (name, value) -> seen.append(name).append(" = ").append(value).append('\n'));
        for (String below : registry.subkeys(KEY)) {
            registry.values(KEY + "\\" + below)
                    .forEach((name, value) -> seen.append(below)
                            .append('\\')
                            .append(name)
                            .append(" = ")
                            .append(value)
                            .append('\n'));
        }
        bench.evidence().keep("HKLM\\" + KEY, seen.toString());
        String name = registry.text(KEY, "");
        return Outcome.expect(
                name.equals(ProviderIdentities.PROVIDER_NAME),
                values.size() + " values, in the evidence",
                "default value '" + ProviderIdentities.PROVIDER_NAME + "'",
                "'" + name + "'");
    }

    private static Outcome registerTwice(Bench bench) throws SetupException {
        if (registered(bench).isEmpty()) {
            return new Outcome.NotHere("the provider is not registered; install it first");
        }
        int answer = bench.vss().registerAgain();
        return expectCode("RegisterProvider", ALREADY_REGISTERED, answer);
    }

    private static Outcome unregisterTwice(Bench bench) throws SetupException {
        if (registered(bench).isEmpty()) {
            return new Outcome.NotHere("the provider is not registered; install it first");
        }
        VssAdmin vss = bench.installed().ports().vss();
        Outcome outcome;
        try {
            int first = unregister(bench, vss);
            outcome = first == S_OK
                    ? expectCode(
                            "UnregisterProvider",
                            VssAdmin.PROVIDER_NOT_REGISTERED,
                            vss.unregister(ProviderIdentities.PROVIDER_ID))
                    : expectCode("UnregisterProvider", S_OK, first);
        } finally {
            Report repaired = bench.engine().repair();
            bench.evidence()
                    .keep("repair after unregistering", repaired.result().name());
        }
        if (!(outcome instanceof Outcome.Ok)) {
            return outcome;
        }
        List<String> wrong = wrong(bench.installed().steps());
        return Outcome.expect(
                wrong.isEmpty() && !registered(bench).isEmpty(),
                "and setup repair brought it back",
                "everything PRESENT after setup repair",
                String.join("; ", wrong));
    }

    private static Outcome roundTrip(Bench bench) throws SetupException {
        if (registered(bench).isEmpty()) {
            return new Outcome.NotHere("the provider is not registered; install it first");
        }
        List<String> left = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        try {
            failure("unregistering", bench.engine().unregister(), bench).ifPresent(left::add);
            left.addAll(left(bench));
        } finally {
            failure("setup repair", bench.engine().repair(), bench).ifPresent(wrong::add);
        }
        if (!left.isEmpty()) {
            return new Outcome.Fail("nothing registered after unregistering", String.join("; ", left));
        }
        wrong.addAll(wrong(bench.installed().steps()));
        return Outcome.expect(
                wrong.isEmpty() && !registered(bench).isEmpty(),
                "gone, and brought back by setup repair",
                "everything PRESENT after setup repair",
                String.join("; ", wrong));
    }

    /** Keeps how a run of setup ended; returns what failed in it, which need not have left anything. */
    private static Optional<String> failure(String what, Report report, Bench bench) {
        bench.evidence().keep(what, report.result().name());
        return report.failure().map(each -> what + " ended with " + report.result() + ": " + each.text());
    }

    /** Returns what is still there of the registration: as setup sees it, and as vssadmin does. */
    private static List<String> left(Bench bench) throws SetupException {
        List<String> left = new ArrayList<>();
        for (StepReport step : bench.installed().steps()) {
            if (Plans.REGISTERED.contains(step.name())
                    && (step.failed() || !step.before().equals(Finding.State.ABSENT.name()))) {
                left.add(step.name() + " " + step.before() + " " + (step.failed() ? step.error() : step.finding()));
            }
        }
        Commands.Ran ran = bench.commands().run("vssadmin.exe", "list", "providers");
        bench.evidence().keep("vssadmin list providers, unregistered", ran.output());
        if (ran.code() != 0
                || ran.output().toLowerCase(Locale.ROOT).contains(ProviderIdentities.PROVIDER_ID.toString())) {
            left.add("vssadmin: " + ran.brief());
        }
        return left;
    }

    /** VSS may be using it just now. */
    private static int unregister(Bench bench, VssAdmin vss) throws SetupException {
        int answer = vss.unregister(ProviderIdentities.PROVIDER_ID);
        for (int i = 1; i < TRIES && answer == VssAdmin.PROVIDER_IN_USE; i++) {
            bench.installed().ports().machine().pause(2_000);
            answer = vss.unregister(ProviderIdentities.PROVIDER_ID);
        }
        return answer;
    }

    private static List<VssAdmin.Provider> registered(Bench bench) throws SetupException {
        return bench.installed().ports().vss().providers().stream()
                .filter(each -> each.id().equals(ProviderIdentities.PROVIDER_ID))
                .toList();
    }

    private static Outcome expectCode(String call, int expected, int actual) {
        return Outcome.expect(
                expected == actual, call + " " + hex(actual), call + " " + hex(expected), call + " " + hex(actual));
    }

    static String hex(int code) {
        return String.format(Locale.ROOT, "0x%08X", code);
    }

    private static String braced(String id) {
        return "{" + id.toUpperCase(Locale.ROOT) + "}";
    }
}
