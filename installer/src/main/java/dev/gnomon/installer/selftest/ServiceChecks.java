/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.ServiceManager;
import dev.gnomon.installer.selftest.SelfCheck.Needs;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The engine's service: its recovery, backups without it, and what Windows Installer does when an upgrade fails. */
final class ServiceChecks {
    private static final String SERVICE = ProviderIdentities.SERVICE_NAME;
    private static final Pattern PID = Pattern.compile("PID\\s*:\\s*([0-9]+)");
    private static final Pattern SHADOW = Pattern.compile("\\{[0-9A-Fa-f-]{36}\\}");

    /** The first recovery action comes after seconds; a JVM needs some more. */
    private static final int RECOVERY_S = 120;

    private static final int MSI_FATAL = 1603;

    private ServiceChecks() {}

    static List<SelfCheck> all() {
        return List.of(
                new SelfCheck(
                        "recovery-set",
                        "the service manager has the recovery actions that setup asked for",
                        Needs.WINDOWS,
                        ServiceChecks::recoverySet),
                new SelfCheck(
                        "recovery",
                        "an engine whose process is ended is started again by the service manager",
                        Needs.CHANGES,
                        ServiceChecks::recovery),
                new SelfCheck(
                        "engine-stopped",
                        "with the engine stopped, a shadow copy of the foreign volume is made by the system provider"
                                + " (assertion 85)",
                        Needs.CHANGES,
                        ServiceChecks::engineStopped),
                new SelfCheck(
                        "msi-rollback",
                        "an upgrade that fails leaves the version before it installed and running",
                        Needs.CHANGES,
                        ServiceChecks::msiRollback));
    }

    private static Outcome recoverySet(Bench bench) throws SetupException {
        Commands.Ran ran = bench.commands().run("sc.exe", "qfailure", SERVICE);
        bench.evidence().keep("sc qfailure " + SERVICE, ran.output());
        Commands.Ran flag = bench.commands().run("sc.exe", "qfailureflag", SERVICE);
        bench.evidence().keep("sc qfailureflag " + SERVICE, flag.output());
        return Outcome.expect(
                ran.output().contains("RESTART")
                        && flag.output().toUpperCase(java.util.Locale.ROOT).contains("TRUE"),
                "restarts, for ends with an error too",
                "RESTART, and the flag for failures that are no crash",
                ran.brief() + "; " + flag.brief());
    }

    private static Outcome recovery(Bench bench) throws SetupException {
        Outcome unfit = unfit(bench);
        if (unfit != null) {
            return unfit;
        }
        String before = pid(bench);
        if (before.isEmpty()) {
            return new Outcome.NotHere("the service does not run");
        }
        Commands.Ran killed = bench.commands().run("taskkill.exe", "/F", "/PID", before);
        boolean back = bench.await(
                RECOVERY_S, () -> bench.engine().answers() && !pid(bench).equals(before));
        if (!back) {
            bench.installed().ports().services().start(SERVICE);
        }
        return Outcome.expect(
                back,
                "answers again in another process",
                "an engine that answers again within " + RECOVERY_S + " s",
                "none; taskkill: " + killed.brief() + "; it was started by hand now");
    }

    private static String pid(Bench bench) throws SetupException {
        Matcher pid =
                PID.matcher(bench.commands().run("sc.exe", "queryex", SERVICE).output());
        return pid.find() && !pid.group(1).equals("0") ? pid.group(1) : "";
    }

    private static Outcome engineStopped(Bench bench) throws SetupException {
        Outcome unfit = unfit(bench);
        if (unfit != null) {
            return unfit;
        }
        ServiceManager services = bench.installed().ports().services();
        services.stop(SERVICE);
        try {
            boolean stopped = bench.await(
                    180,
                    () -> services.find(SERVICE)
                            .filter(found -> found.state() == ServiceManager.State.STOPPED)
                            .isPresent());
            if (!stopped) {
                return new Outcome.Fail("a service that stops", "still not stopped after 180 s");
            }
            return foreignCopy(bench);
        } finally {
            services.start(SERVICE);
            bench.evidence()
                    .keep(
                            "engine after it was stopped",
                            bench.await(120, () -> bench.engine().answers()) ? "answers again" : "does not answer");
        }
    }

    /** Win32_ShadowCopy.Create leaves the provider to VSS, as GUID_NULL does. */
    private static Outcome foreignCopy(Bench bench) throws SetupException {
        String volume = bench.options().foreign();
        Commands.Ran ran = bench.commands()
                .run(
                        300,
                        List.of(
                                "powershell.exe",
                                "-NoProfile",
                                "-NonInteractive",
                                "-Command",
                                "$r = ([WMICLASS]'root\\cimv2:Win32_ShadowCopy').Create('" + volume
                                        + "', 'ClientAccessible'); $r.ReturnValue; $r.ShadowID"));
        bench.evidence().keep("shadow copy of " + volume + " without the engine", ran.output());
        Matcher id = SHADOW.matcher(ran.output());
        boolean made = ran.code() == 0 && ran.output().strip().startsWith("0") && id.find();
        if (made) {
            Commands.Ran deleted =
                    bench.commands().run("vssadmin.exe", "delete", "shadows", "/Shadow=" + id.group(), "/Quiet");
            bench.evidence().keep("deletion of that shadow copy", deleted.brief());
        }
        return Outcome.expect(made, "made, and deleted again", "return value 0 and an id", ran.brief());
    }

    private static Outcome msiRollback(Bench bench) throws SetupException {
        if (bench.options().failingMsi().isEmpty()) {
            return new Outcome.NotHere(
                    "no package that fails; give --failing-msi PATH: a package of a higher version in"
                            + " which one file was changed after its manifest was made");
        }
        Outcome unfit = unfit(bench);
        if (unfit != null) {
            return unfit;
        }
        Path msi = bench.options().failingMsi().get();
        String before = pid(bench);
        Commands.Ran ran = bench.commands()
                .run(1_200, List.of("msiexec.exe", "/i", msi.toString(), "/qn", "/norestart", "ALLOWSYSTEMVOLUME=1"));
        boolean answers = bench.await(120, () -> bench.engine().answers());
        List<String> wrong = bench.installed().steps().stream()
                .filter(step -> !step.before().equals("PRESENT"))
                .map(step -> step.name() + " " + step.before() + " " + step.finding())
                .toList();
        return Outcome.expect(
                ran.code() == MSI_FATAL && answers && wrong.isEmpty(),
                "code " + MSI_FATAL + "; the version before answers (process " + before + " then)",
                "code " + MSI_FATAL + ", and everything PRESENT and answering afterwards",
                ran.brief() + "; answers: " + answers + "; " + String.join("; ", wrong));
    }

    /** Returns why the engine may not be stopped just now, null if it may. */
    private static @org.jspecify.annotations.Nullable Outcome unfit(Bench bench) throws SetupException {
        if (!bench.engine().answers()) {
            return new Outcome.NotHere("no engine answers; gnomon doctor says why");
        }
        List<String> users = bench.engine().users();
        return users.isEmpty() ? null : new Outcome.NotHere("volumes are in use: " + String.join(", ", users));
    }
}
