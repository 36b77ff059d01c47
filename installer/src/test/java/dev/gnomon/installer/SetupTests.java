/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.installer.Bench.Start;
import dev.gnomon.installer.Setup.Command;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.Report.Result;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupException.Reason;
import dev.gnomon.installer.plan.StepReport;
import dev.gnomon.installer.plan.StepReport.Action;
import dev.gnomon.installer.port.Engine;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.step.Choices;
import dev.gnomon.installer.step.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Install, repair, uninstall, and what a failure leaves of them. */
class SetupTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    @BeforeEach
    void makeBench() throws IOException {
        bench = new Bench(directory);
    }

    private static List<String> names(Report report, Action action) {
        return report.steps().stream()
                .filter(each -> each.action() == action)
                .map(StepReport::name)
                .toList();
    }

    @Test
    void installAppliesEveryStepInItsOrder() throws SetupException {
        Report report = bench.run(Command.INSTALL);

        assertThat(report.result()).isEqualTo(Result.DONE);
        assertThat(names(report, Action.APPLIED))
                .containsExactly(
                        "program-folder",
                        "state-folder",
                        "settings",
                        "event-source",
                        "com-application",
                        "engine-service",
                        "engine-running",
                        "path");
        // What the DLL wrote is looked at, not written.
        assertThat(names(report, Action.NOTHING)).containsExactly("class-registration", "vss-provider");
        assertThat(bench.setup(Start.of(Bench.NEW)).status().result()).isEqualTo(Result.DONE);
    }

    @Test
    void installingTwiceChangesNothing() throws SetupException {
        bench.run(Command.INSTALL);
        String before = bench.snapshot();

        Report second = bench.run(Command.INSTALL);

        assertThat(second.result()).isEqualTo(Result.UNCHANGED);
        assertThat(names(second, Action.APPLIED)).isEmpty();
        assertThat(bench.snapshot()).isEqualTo(before);
    }

    @Test
    void dryRunsChangeNothingAndSayWhatWouldBeDone() throws SetupException {
        String before = bench.windows.snapshot();

        Report install = bench.setup(Start.of(Bench.NEW)).preview(Command.INSTALL);

        assertThat(bench.windows.snapshot()).isEqualTo(before);
        assertThat(names(install, Action.WOULD_APPLY))
                .hasSize(10)
                .startsWith("program-folder")
                .endsWith("path");

        bench.run(Command.INSTALL);
        String installed = bench.windows.snapshot();
        Report uninstall = bench.setup(Start.of(Bench.NEW)).preview(Command.UNINSTALL);

        assertThat(bench.windows.snapshot()).isEqualTo(installed);
        assertThat(names(uninstall, Action.WOULD_UNDO)).hasSize(9).doesNotContain("state-folder");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "program-folder",
                "state-folder",
                "settings",
                "event-source",
                "com-application",
                "engine-service",
                "engine-running",
                "path"
            })
    void aFailingStepLeavesEverythingAsItWas(String step) throws SetupException {
        String before = bench.windows.snapshot();

        Report report = bench.run(Command.INSTALL, Start.of(Bench.NEW).failing(step));

        assertThat(report.result()).isEqualTo(Result.ROLLED_BACK);
        assertThat(report.failure()).map(SetupException::text).contains("made to fail");
        assertThat(bench.windows.folders().kept()).contains("made to fail").contains("Result: ROLLED_BACK.");
        assertThat(bench.windows.snapshot()).isEqualTo(before);
    }

    @Test
    void everyCallOfComPlusAndVssMayFailWithoutATrace() throws SetupException {
        String before = bench.windows.snapshot();
        int failed = 0;
        for (int call = 1; ; call++) {
            bench.windows.failCall(call);
            Report report = bench.run(Command.INSTALL);
            if (report.result() == Result.DONE) {
                break;
            }
            failed++;
            assertThat(report.result()).as("call %d", call).isIn(Result.ROLLED_BACK, Result.REFUSED);
            assertThat(bench.windows.snapshot())
                    .as("after call %d failed", call)
                    .isEqualTo(before);
        }
        // Preflight, application, service, component, role and two members make some thirty.
        assertThat(failed).isGreaterThan(25);
    }

    @Test
    void uninstallTakesAwayAllButTheState() throws SetupException, IOException {
        String before = bench.windows.snapshot();
        bench.run(Command.INSTALL);
        Files.writeString(bench.state.resolve("service").resolve("precious"), "volumes");

        Report report = bench.run(Command.UNINSTALL);

        assertThat(report.result()).isEqualTo(Result.DONE);
        assertThat(bench.state.resolve("service").resolve("precious")).exists();
        assertThat(withoutState(bench.windows.snapshot())).isEqualTo(withoutState(before));
        assertThat(bench.program).doesNotExist();
    }

    @Test
    void uninstallWithDataLeavesNothing() throws SetupException, IOException {
        String before = bench.windows.snapshot();
        bench.run(Command.INSTALL);
        Files.writeString(bench.state.resolve("service").resolve("precious"), "volumes");

        Report report = bench.run(Command.UNINSTALL, Start.of(Bench.NEW).removing());

        assertThat(report.result()).isEqualTo(Result.DONE);
        assertThat(bench.windows.snapshot()).isEqualTo(before);
    }

    private String withoutState(String snapshot) {
        return snapshot.lines()
                .filter(line ->
                        !line.startsWith(bench.machine.resolve("ProgramData").toString()))
                .filter(line ->
                        !line.startsWith(bench.machine.resolve("Program Files").toString()))
                .reduce("", (a, b) -> a + b + "\n");
    }

    @Test
    void filesThatSetupCopiedAreItsOwnWhoeverRunsIt() throws SetupException, IOException {
        String before = bench.windows.snapshot();
        bench.run(Command.INSTALL);
        Layout inside = new Layout(bench.program, bench.program, bench.state);
        Setup installed = new Setup(
                bench.windows.ports(), inside, new Choices(Bench.NEW, false, false, true), false, bench.log::add);

        assertThat(installed.run(Command.REPAIR).result()).isEqualTo(Result.UNCHANGED);
        assertThat(installed.run(Command.UNINSTALL).result()).isEqualTo(Result.DONE);
        assertThat(bench.windows.snapshot()).isEqualTo(before);
    }

    @Test
    void filesThatSomebodyElsePutThereStay() throws SetupException {
        Layout inside = new Layout(
                bench.layout(Bench.NEW).source(), bench.layout(Bench.NEW).source(), bench.state);
        Setup setup = new Setup(
                bench.windows.ports(), inside, new Choices(Bench.NEW, false, false, true), false, bench.log::add);

        assertThat(setup.run(Command.INSTALL).result()).isEqualTo(Result.DONE);
        assertThat(setup.run(Command.UNINSTALL).result()).isEqualTo(Result.DONE);
        assertThat(inside.program().resolve("lib").resolve("gnomon.jar")).exists();
        assertThat(bench.windows.applicationCount()).isEqualTo(1);
    }

    @Test
    void uninstallGoesInTheOrderOfTheContract() throws SetupException {
        bench.run(Command.INSTALL);
        bench.windows.services().start("VSS");

        Report report = bench.run(Command.UNINSTALL);

        assertThat(names(report, Action.UNDONE))
                .containsExactly(
                        "path",
                        "engine-running",
                        "engine-service",
                        "vss-provider",
                        "com-application",
                        "class-registration",
                        "event-source",
                        "settings",
                        "program-folder");
        assertThat(bench.windows.services().told()).contains("stop VSS");
    }

    @Test
    void uninstallingTwiceChangesNothing() throws SetupException {
        bench.run(Command.INSTALL);
        bench.run(Command.UNINSTALL);
        String before = bench.snapshot();

        assertThat(bench.run(Command.UNINSTALL).result()).isEqualTo(Result.UNCHANGED);
        assertThat(bench.snapshot()).isEqualTo(before);
    }

    @Test
    void aProviderInUseIsTriedAgain() throws SetupException {
        bench.run(Command.INSTALL);
        bench.windows.useProvider(3);

        assertThat(bench.run(Command.UNINSTALL).result()).isEqualTo(Result.DONE);
    }

    @Test
    void uninstallGoesOnWhenTheProviderStaysInUseAndKeepsWhatItNeeds() throws SetupException {
        bench.run(Command.INSTALL);
        bench.windows.useProvider(1_000);

        Report report = bench.run(Command.UNINSTALL);

        assertThat(report.result()).isEqualTo(Result.PARTLY);
        assertThat(report.failure()).map(SetupException::text).get().asString().contains("VSS_E_PROVIDER_IN_USE");
        assertThat(report.failure())
                .map(SetupException::advice)
                .get()
                .asString()
                .contains("vssadmin list shadows");
        // The rest went; the DLL that VSS would load did not.
        assertThat(bench.windows.services().find("Gnomon")).isEmpty();
        assertThat(bench.program.resolve("bin").resolve("gnomon-vss.dll")).exists();
        assertThat(bench.windows.applicationCount()).isEqualTo(2);

        bench.windows.useProvider(0);
        assertThat(bench.run(Command.UNINSTALL).result()).isEqualTo(Result.DONE);
        assertThat(bench.windows.applicationCount()).isEqualTo(1);
        assertThat(bench.program).doesNotExist();
    }

    @Test
    void aForeignProviderStaysUntouched() throws SetupException {
        bench.run(Command.INSTALL);
        bench.run(Command.UNINSTALL);

        assertThat(bench.windows.providers()).extracting(each -> each.name()).containsExactly("another");
        assertThat(bench.windows.applicationCount()).isEqualTo(1);
    }

    @Test
    void volumesInUseKeepTheEngineRunningUnlessForced() throws SetupException {
        bench.run(Command.INSTALL);
        bench.windows.serve(new Engine.Volume("data", 2, 0));
        String before = bench.windows.snapshot();

        Report refused = bench.run(Command.UNINSTALL);

        assertThat(refused.result()).isEqualTo(Result.REFUSED);
        assertThat(refused.failure()).map(SetupException::reason).contains(Reason.IN_USE);
        assertThat(refused.failure()).map(SetupException::text).get().asString().contains("data (2 connections)");
        assertThat(bench.windows.snapshot()).isEqualTo(before);
        assertThat(bench.run(Command.UNINSTALL, Start.of(Bench.NEW).forced()).result())
                .isEqualTo(Result.DONE);
    }

    @Test
    void repairMendsALostApplication() throws SetupException {
        bench.run(Command.INSTALL);
        String before = withoutKeys(bench.snapshot());
        bench.windows.loseApplication();

        Report report = bench.run(Command.REPAIR);

        assertThat(report.result()).isEqualTo(Result.DONE);
        assertThat(names(report, Action.APPLIED)).containsExactly("com-application");
        assertThat(withoutKeys(bench.snapshot())).isEqualTo(before);
    }

    @Test
    void applicationIdOfALostApplicationGoesAndThoseOfOthersStay() throws SetupException {
        bench.run(Command.INSTALL);
        String lost = "SOFTWARE\\Classes\\AppID\\{1}";
        String another = "SOFTWARE\\Classes\\AppID\\{2}";
        bench.windows.registry().set(lost, "LocalService", new Registry.Value.Text("Gnomon VSS provider"));
        bench.windows.registry().set(another, "LocalService", new Registry.Value.Text("Another"));
        bench.windows.loseApplication();

        bench.run(Command.REPAIR);

        assertThat(bench.windows.registry().exists(lost)).isFalse();
        assertThat(bench.windows.registry().exists(another)).isTrue();
    }

    @Test
    void repairMendsALostClassByInstallingTheComponentAgain() throws SetupException {
        bench.run(Command.INSTALL);
        String before = withoutKeys(bench.snapshot());
        bench.windows.registry().deleteTree("SOFTWARE\\Classes\\CLSID\\{367392FD-5844-4D09-A6DB-4409DE6A8441}");
        int calls = bench.windows.calls().size();

        Report report = bench.run(Command.REPAIR);

        assertThat(names(report, Action.APPLIED)).containsExactly("class-registration");
        assertThat(withoutKeys(bench.snapshot())).isEqualTo(before);
        assertThat(bench.windows.calls().subList(calls, bench.windows.calls().size()))
                .containsSubsequence(
                        "UnregisterProvider",
                        "ShutdownApplication",
                        "Components.Remove",
                        "Components.SaveChanges",
                        "InstallComponent(" + bench.program.resolve("bin/gnomon-vss.dll") + ", '', '')");
    }

    @Test
    void repairMendsALostProvider() throws SetupException {
        bench.run(Command.INSTALL);
        String before = withoutKeys(bench.snapshot());
        bench.windows.providers().removeIf(each -> !each.name().equals("another"));

        assertThat(names(bench.run(Command.REPAIR), Action.APPLIED)).containsExactly("vss-provider");
        assertThat(withoutKeys(bench.snapshot())).isEqualTo(before);
    }

    @Test
    void repairPutsDamagedFilesBack() throws SetupException, IOException {
        bench.run(Command.INSTALL);
        String before = bench.snapshot();
        Files.writeString(bench.program.resolve("lib").resolve("gnomon.jar"), "other bytes");
        Files.delete(bench.program.resolve("bin").resolve("gnomon.cmd"));

        Report report = bench.run(Command.REPAIR);

        assertThat(names(report, Action.APPLIED)).containsExactly("program-folder");
        assertThat(bench.snapshot()).isEqualTo(before);
    }

    @Test
    void repairKeepsWhatItMendedBeforeAFailure() throws SetupException {
        bench.run(Command.INSTALL);
        bench.windows.registry().deleteTree("SOFTWARE\\Gnomon\\Setup");
        bench.windows.loseApplication();

        Report report = bench.run(Command.REPAIR, Start.of(Bench.NEW).failing("com-application"));

        assertThat(report.result()).isEqualTo(Result.PARTLY);
        assertThat(bench.windows.registry().exists("SOFTWARE\\Gnomon\\Setup")).isTrue();
        assertThat(bench.windows.providers())
                .as("nothing half-registered stays")
                .hasSize(1);
        assertThat(bench.run(Command.REPAIR).result()).isEqualTo(Result.DONE);
    }

    /** Keys of COM+ objects are drawn anew. */
    private static String withoutKeys(String snapshot) {
        return snapshot.replaceAll("key-\\d+", "key");
    }

    @Test
    void aPlantedStateFolderIsNotTakenOver() throws IOException, SetupException {
        Files.createDirectories(bench.state.resolve("setup"));
        Files.writeString(bench.state.resolve("bait"), "somebody else's");

        assertThatThrownBy(() -> bench.run(Command.INSTALL))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("lets in everybody");
        assertThat(bench.windows.applicationCount()).isEqualTo(1);
    }

    @Test
    void theEngineRunsAsLocalSystemAndComesBackAfterACrash() throws SetupException {
        bench.run(Command.INSTALL);

        var service = bench.windows.services().find("Gnomon").orElseThrow();
        assertThat(service.account()).isEqualTo("LocalSystem");
        assertThat(service.automatic()).isTrue();
        assertThat(service.delayed()).isFalse();
        assertThat(service.dependencies()).isEmpty();
        var recovery = bench.windows.services().recovery("Gnomon").orElseThrow();
        assertThat(recovery.nonCrash()).isTrue();
        assertThat(recovery.restarts()).hasSize(3);
    }
}
