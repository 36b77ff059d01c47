/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.Installed;
import dev.gnomon.installer.Setup;
import dev.gnomon.installer.fake.FakeWindows;
import dev.gnomon.installer.fake.Packages;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.port.VssAdmin;
import dev.gnomon.installer.step.Choices;
import dev.gnomon.installer.step.Layout;
import dev.gnomon.util.BuildInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of the self-test on a Windows in memory, whose programs answer what each test says. */
class SelftestTests {
    private static final String VERSION = BuildInfo.current().version();
    private static final String LISTED = "Provider name: '" + ProviderIdentities.PROVIDER_NAME
            + "'\n   Provider type: Software\n   Provider Id: {" + ProviderIdentities.PROVIDER_ID + "}\n";

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private FakeWindows windows;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Installed installed;

    private final List<String> ran = new ArrayList<>();
    private final Map<String, Commands.Ran> answers = new HashMap<>();
    private final List<String> users = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final Evidence evidence = new Evidence(List.of("BOX", "erika"));
    private int registerAnswer = 0x80042303;
    private int repairs;
    private int callsBeforeRepair;
    private Runnable afterUnregistering = () -> {};
    private Runnable afterRepair = () -> {};
    private boolean answering = true;
    private boolean visible;

    @BeforeEach
    void install() throws Exception {
        Path machine = Files.createDirectories(directory.resolve("machine"));
        Path packed = Packages.make(directory.resolve("package"), VERSION);
        windows = new FakeWindows(machine);
        Layout layout = new Layout(packed, machine.resolve("Program Files/Gnomon"), machine.resolve("data/Gnomon"));
        Report report = new Setup(
                        windows.ports(), layout, new Choices(VERSION, true, true, false), false, sentence -> {})
                .run(Setup.Command.INSTALL);
        assertThat(report.result()).isEqualTo(Report.Result.DONE);
        installed = new Installed(windows.ports(), new Layout(layout.program(), layout.program(), layout.state()));
    }

    @Test
    void underWineEveryCheckThatNeedsWindowsSaysSoAndRunsNothing() {
        Bench bench = bench(false, true, Optional.empty());

        for (SelfCheck check : SelftestCommand.checks()) {
            if (check.needs() != SelfCheck.Needs.NOTHING) {
                assertThat(check.run(bench))
                        .as(check.name())
                        .isEqualTo(new Outcome.NotHere("this is Wine, not Windows"));
            }
        }
        assertThat(run("host", bench)).isInstanceOf(Outcome.NotHere.class);
        assertThat(run("installation", bench)).isInstanceOf(Outcome.Ok.class);
        assertThat(ran).isEmpty();
    }

    @Test
    void withoutPermissionNothingIsChanged() {
        String before = windows.snapshot();
        Bench bench = bench(true, false, Optional.of(Path.of("/h")));

        for (SelfCheck check : SelftestCommand.checks()) {
            Outcome outcome = check.run(bench);
            if (check.needs() == SelfCheck.Needs.CHANGES) {
                assertThat(outcome.text()).as(check.name()).contains("--allow-changes");
            }
        }
        assertThat(windows.snapshot()).isEqualTo(before);
        assertThat(ran).noneMatch(line -> line.contains("taskkill") || line.contains("diskshadow"));
        assertThat(repairs).isZero();
    }

    @Test
    void theListOfProvidersIsRead() {
        answers.put("vssadmin.exe", new Commands.Ran(0, LISTED));
        assertThat(run("provider-list", bench())).isEqualTo(new Outcome.Ok("listed"));
        answers.put("vssadmin.exe", new Commands.Ran(0, "Provider name: 'Microsoft Software Shadow Copy provider'"));
        assertThat(run("provider-list", bench()).text())
                .startsWith("FAIL expected code 0 and 'Gnomon VSS provider'")
                .contains("Microsoft");
    }

    @Test
    void unregisteringTwiceIsAnsweredAsTheContractSaysAndRepaired() throws Exception {
        assertThat(run("unregister-twice", bench())).isEqualTo(new Outcome.Ok("and setup repair brought it back"));
        assertThat(repairs).isEqualTo(1);
        assertThat(windows.providers()).extracting(VssAdmin.Provider::id).contains(ProviderIdentities.PROVIDER_ID);
    }

    @Test
    void aProviderInUseIsTriedAgainAndWhateverHappensIsRepaired() {
        windows.useProvider(2);
        assertThat(run("unregister-twice", bench())).isInstanceOf(Outcome.Ok.class);
        windows.useProvider(100);
        assertThat(run("unregister-twice", bench()).text())
                .contains("expected UnregisterProvider 0x00000000, actual UnregisterProvider 0x80042307");
        assertThat(repairs).isEqualTo(2);
    }

    @Test
    void afterARoundTripEverythingIsAsBefore() throws Exception {
        List<String> between = new ArrayList<>();
        Bench bench = bench(true, true, Optional.empty(), line -> {
            if (line.equals("vssadmin.exe list providers")) {
                between.add(windows.registry().export() + windows.services() + windows.providers());
                assertThat(windows.applicationCount()).as("somebody else's").isEqualTo(1);
            }
        });

        assertThat(run("round-trip", bench)).isEqualTo(new Outcome.Ok("gone, and brought back by setup repair"));

        assertThat(between).hasSize(1);
        assertThat(between.getFirst())
                .as("class, event source, service of the application, list of VSS")
                .doesNotContainIgnoringCase(ProviderIdentities.CLASS_ID.toString())
                .doesNotContain(ProviderIdentities.EVENT_SOURCE)
                .doesNotContain(ProviderIdentities.PROVIDER_NAME);
        assertThat(windows.services().told()).as("the engine was left alone").doesNotContain("stop Gnomon");
        assertThat(isListed()).isTrue();
        assertThat(installed.steps()).allMatch(step -> step.before().equals("PRESENT"));
    }

    @Test
    void whatARoundTripLeavesIsToldAndRepaired() {
        answers.put("vssadmin.exe", new Commands.Ran(0, LISTED));
        assertThat(run("round-trip", bench()).text())
                .startsWith("FAIL expected nothing registered after unregistering, actual vssadmin: code 0");
        windows.useProvider(100);
        assertThat(run("round-trip", bench()).text()).contains("vss-provider PRESENT", "com-application PRESENT");
        assertThat(repairs).isEqualTo(2);
        assertThat(isListed()).isTrue();
    }

    @Test
    void whateverIsStillRegisteredOrNotBroughtBackIsAFailure() throws Exception {
        String source =
                "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" + ProviderIdentities.EVENT_SOURCE;
        afterUnregistering = () -> windows.registry().set(source, "TypesSupported", new Registry.Value.Dword(7));
        assertThat(run("round-trip", bench()).text())
                .startsWith("FAIL expected nothing registered after unregistering, actual event-source ");
        afterUnregistering = () -> {};
        afterRepair = windows::loseApplication;
        assertThat(run("round-trip", bench()).text())
                .startsWith("FAIL expected everything PRESENT after setup repair, actual com-application ");
        afterRepair = () -> windows.providers().removeIf(each -> each.id().equals(ProviderIdentities.PROVIDER_ID));
        assertThat(run("round-trip", bench()).text())
                .startsWith("FAIL expected everything PRESENT after setup repair, actual ")
                .contains("vss-provider ");
    }

    /** Whichever call of COM+ and VSS fails while the provider is unregistered: it is told, and mended. */
    @Test
    void noFailureOnTheWayIsLost() {
        int before = windows.calls().size();
        assertThat(run("round-trip", bench())).isInstanceOf(Outcome.Ok.class);
        int calls = callsBeforeRepair - before;
        assertThat(calls).isPositive();

        for (int i = 1; i <= calls; i++) {
            windows.failCall(i);
            assertThat(run("round-trip", bench())).as("call " + i + " failed").isInstanceOf(Outcome.Fail.class);
            assertThat(isListed()).as("after the failure of call " + i).isTrue();
        }
    }

    @Test
    void aRepairThatFailsIsAFailureOfTheRoundTrip() {
        afterUnregistering = () -> windows.vary("administrator", "no");
        assertThat(run("round-trip", bench()).text())
                .as("what is missing after it is told, too")
                .contains("expected everything PRESENT after setup repair, actual setup repair ended with REFUSED");
    }

    private boolean isListed() {
        return windows.providers().stream().anyMatch(each -> each.id().equals(ProviderIdentities.PROVIDER_ID));
    }

    @Test
    void aSecondRegistrationIsRefused() {
        assertThat(run("register-twice", bench())).isInstanceOf(Outcome.Ok.class);
        registerAnswer = 0;
        assertThat(run("register-twice", bench()).text()).contains("expected RegisterProvider 0x80042303");
    }

    @Test
    void recoveryIsSeenByAnotherProcess() {
        answers.put("sc.exe", new Commands.Ran(0, "PID : 4711"));
        assertThat(run("recovery", bench()).text())
                .as("the same process answers for ever")
                .startsWith("FAIL expected an engine that answers again");
        assertThat(windows.services().told()).endsWith("start Gnomon");
        assertThat(ran).contains("taskkill.exe /F /PID 4711");

        Bench bench = bench(true, true, Optional.empty(), line -> {
            if (line.startsWith("taskkill")) {
                answers.put("sc.exe", new Commands.Ran(0, "PID : 4712"));
            }
        });
        answers.put("sc.exe", new Commands.Ran(0, "PID : 4711"));
        assertThat(run("recovery", bench)).isEqualTo(new Outcome.Ok("answers again in another process"));
    }

    @Test
    void nothingIsStoppedWhileVolumesAreInUse() {
        users.add("data by nbd 127.0.0.1:5");
        int told = windows.services().told().size();
        for (String name : List.of("recovery", "engine-stopped")) {
            assertThat(run(name, bench()).text()).contains("not possible here: volumes are in use: data");
        }
        assertThat(windows.services().told()).hasSize(told);
    }

    @Test
    void aCopyOfTheForeignVolumeIsMadeWhileTheEngineIsStoppedAndDeletedAgain() {
        answers.put("powershell.exe", new Commands.Ran(0, "0\r\n{0A0B0C0D-0000-0000-0000-00000000000A}\r\n"));
        assertThat(run("engine-stopped", bench())).isEqualTo(new Outcome.Ok("made, and deleted again"));
        assertThat(ran).contains("vssadmin.exe delete shadows /Shadow={0A0B0C0D-0000-0000-0000-00000000000A} /Quiet");
        assertThat(windows.services().told()).endsWith("stop Gnomon", "start Gnomon");

        answers.put("powershell.exe", new Commands.Ran(0, "5\r\n"));
        assertThat(run("engine-stopped", bench())).isInstanceOf(Outcome.Fail.class);
        assertThat(windows.services().told()).as("started whatever happened").endsWith("stop Gnomon", "start Gnomon");
    }

    @Test
    void linesOfTheHarnessAreCounted() {
        assertThat(run("activation", bench(true, true, Optional.empty())).text())
                .contains("give --harness");
        answers.put("/h", new Commands.Ran(0, "1 ok\n2 ok\n3 not verifiable here: proxy\n"));
        Bench bench = bench(true, true, Optional.of(Path.of("/h")));
        assertThat(run("activation", bench))
                .isEqualTo(new Outcome.Ok("2 of 3 rules hold, the others cannot be judged here"));
        assertThat(ran.getLast()).contains("--activation local --clsid {" + ProviderIdentities.CLASS_ID + "}");
        answers.put("/h", new Commands.Ran(1, "1 ok\n2 FAIL QI, expected S_OK, actual E_FAIL\n"));
        assertThat(run("activation", bench).text()).contains("2 FAIL QI, expected S_OK");
        answers.put("/h", new Commands.Ran(3, "cannot activate"));
        assertThat(run("harness", bench)).isInstanceOf(Outcome.Fail.class);
    }

    @Test
    void theTokenThatVssPresentsIsReportedFromTheEvents() {
        assertThat(run("token", bench()))
                .isEqualTo(new Outcome.NotHere(
                        "the provider has told the event log of no caller, so VSS has not loaded it yet"));
        assertThat(ran.getFirst()).as("VSS is made to call it").isEqualTo("vssadmin.exe list shadows");

        String system = "NT AUTHORITY\\SYSTEM (S-1-5-18), impersonation level identify, authentication level packet"
                + " privacy; the check admits it.";
        String user = "S-1-5-21-1-2-3-1001, impersonation level impersonate, authentication level packet privacy; the"
                + " check admits it.";
        answers.put("wevtutil.exe", new Commands.Ran(0, event(system) + event(user) + event(system)));
        assertThat(run("token", bench()))
                .isEqualTo(new Outcome.Ok("who called came from: " + system + " And from: " + user));
    }

    @Test
    void aCallerThatIsRefusedOrNotKnownIsAFailure() {
        answers.put("wevtutil.exe", new Commands.Ran(0, "Description:\nThe caller S-1-5-19 was refused."));
        assertThat(run("token", bench()).text()).contains("The caller S-1-5-19 was refused");
        String hidden = "not known, for its impersonation level is anonymous; the check does not admit it.";
        answers.put(
                "wevtutil.exe",
                new Commands.Ran(0, event("this process itself; the check admits it.") + event(hidden)));
        assertThat(run("token", bench()))
                .isEqualTo(new Outcome.Fail("no caller refused, reported or not to be admitted", hidden));
        answers.put("wevtutil.exe", new Commands.Ran(5, "Access is denied."));
        assertThat(run("token", bench())).isInstanceOf(Outcome.Fail.class);
    }

    /** As wevtutil prints the event by which the provider tells of a caller. */
    private static String event(String caller) {
        return "Event[0]:\r\n  Source: GnomonVss\r\n  Event ID: 10\r\n  Description: \r\nOnLoad (-) came from: "
                + caller
                + "\r\nThis is no fault. Each process of the provider tells once for each account and level who calls it.\r\n\r\n";
    }

    /** The check looks for words of the events, which stand in the source of the DLL. */
    @Test
    void theWordsOfTheEventsAreThoseOfTheProvider() throws Exception {
        Path shim = Path.of("../com-shim/src/main/cpp");
        assertThat(Files.readString(shim.resolve("register/gnomon_events.mc"))).contains("%1 (%2) came from: %4.%n");
        assertThat(Files.readString(shim.resolve("provider/provider.cpp"))).contains("the check does not admit it");
    }

    @Test
    void whatNeedsADeviceSaysSoUntilThereIsOne() {
        assertThat(run("set", bench()).text()).contains("not made visible as devices");
        visible = true;
        answers.put("diskshadow.exe", new Commands.Ran(0, "done"));
        trace.add("{\"call\":\"PreFinalCommitSnapshots\"}");
        assertThat(run("set", bench())).isInstanceOf(Outcome.Ok.class);
        assertThat(evidence.all()).containsEntry("trace of calls", trace.getFirst());
    }

    @Test
    void namesAddressesAndSecretsStayOutOfTheReport() {
        assertThat(evidence.clean(
                        "BOX\\Erika at 192.0.2.7, not 127.0.0.1; S-1-5-21-1-2-3-1001 and S-1-5-18; password=x1"
                                + " INBOX"))
                .isEqualTo("(name)\\(name) at (address), not 127.0.0.1; S-1-5-21-(account) and S-1-5-18;"
                        + " password=(secret) INBOX");
    }

    @Test
    void whatACheckThrowsIsAFailureOfThatCheckAlone() {
        SelfCheck broken = new SelfCheck("broken", "", SelfCheck.Needs.NOTHING, bench -> {
            throw new IllegalStateException("no such thing");
        });
        assertThat(broken.run(bench()).text()).contains("FAIL expected an answer, actual", "no such thing");
    }

    private Outcome run(String name, Bench bench) {
        return SelftestCommand.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow()
                .run(bench);
    }

    private Bench bench() {
        return bench(true, true, Optional.empty());
    }

    private Bench bench(boolean real, boolean changes, Optional<Path> harness) {
        return bench(real, changes, harness, line -> {});
    }

    private Bench bench(
            boolean real, boolean changes, Optional<Path> harness, java.util.function.Consumer<String> onRun) {
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
            return answering;
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
            Report report = setup(Setup.Command.UNREGISTER);
            afterUnregistering.run();
            return report;
        }

        @Override
        public Report repair() throws SetupException {
            repairs++;
            callsBeforeRepair = windows.calls().size();
            windows.useProvider(0);
            Report report = setup(Setup.Command.REPAIR);
            afterRepair.run();
            return report;
        }

        private Report setup(Setup.Command command) throws SetupException {
            return new Setup(
                            windows.ports(),
                            installed.layout(),
                            new Choices(VERSION, true, true, false),
                            false,
                            sentence -> {})
                    .run(command);
        }
    }
}
