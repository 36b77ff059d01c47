/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.Bench.Start;
import dev.gnomon.installer.Setup.Command;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.Report.Result;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupException.Reason;
import dev.gnomon.installer.plan.StepReport;
import dev.gnomon.installer.port.VssAdmin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps an installation from beginning; nothing is changed then. */
class PreflightTests {
    private static final UUID OTHER = UUID.fromString("11111111-2222-3333-4444-555555555555");

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    @BeforeEach
    void makeBench() throws IOException {
        bench = new Bench(directory);
    }

    private void assertRefused(String guard, Reason reason, String text) throws SetupException {
        String before = bench.windows.snapshot();

        Report report = bench.run(Command.INSTALL);

        assertThat(report.result()).isEqualTo(Result.REFUSED);
        assertThat(report.failure()).map(SetupException::reason).contains(reason);
        assertThat(report.steps())
                .filteredOn(StepReport::failed)
                .extracting(StepReport::name)
                .containsExactly(guard);
        assertThat(report.failure()).map(SetupException::text).get().asString().contains(text);
        assertThat(report.failure())
                .map(SetupException::advice)
                .get()
                .asString()
                .isNotEmpty();
        assertThat(bench.windows.snapshot()).isEqualTo(before);
    }

    @Test
    void aProcessThatIsNotElevated() throws SetupException {
        bench.windows.vary("administrator", "no");
        assertRefused("administrator", Reason.PERMISSION, "not elevated");
    }

    @Test
    void a32BitProcess() throws SetupException {
        bench.windows.vary("architecture", "x86");
        assertRefused("native", Reason.WRONG_STATE, "x86");
    }

    @Test
    void anOldWindows() throws SetupException {
        bench.windows.vary("build", "9600");
        assertRefused("windows-version", Reason.WRONG_STATE, "9600");
    }

    @Test
    void aWindowsWithoutVss() throws SetupException {
        bench.windows.services().delete("VSS");
        assertRefused("vss-service", Reason.WRONG_STATE, "no service 'VSS'");
    }

    @Test
    void anotherProviderWithOurClass() throws SetupException {
        bench.windows
                .providers()
                .add(new VssAdmin.Provider(OTHER, "thief", 2, "1", OTHER, ProviderIdentities.CLASS_ID));
        assertRefused("foreign-provider", Reason.WRONG_STATE, "'thief' with our class");
    }

    @Test
    void anotherProviderWithOurId() throws SetupException {
        bench.windows
                .providers()
                .add(new VssAdmin.Provider(ProviderIdentities.PROVIDER_ID, "thief", 2, "1", OTHER, OTHER));
        assertRefused("foreign-provider", Reason.WRONG_STATE, "'thief' with our id");
    }

    @Test
    void somebodyElseOnThePort() throws SetupException {
        bench.windows.vary("port", "taken");
        assertRefused("port", Reason.WRONG_STATE, "10809");
    }

    @Test
    void aCatalogThatCannotBeOpened() throws SetupException {
        bench.windows.failCall(2);
        String before = bench.windows.snapshot();

        Report report = bench.run(Command.INSTALL);

        assertThat(report.result()).isEqualTo(Result.REFUSED);
        assertThat(bench.windows.snapshot()).isEqualTo(before);
    }

    @Test
    void theSystemVolumeUnlessItIsAllowed() throws SetupException {
        bench.windows.vary("systemRoot", "/");
        assertRefused("state-volume", Reason.REFUSED, "system volume");

        assertThat(bench.run(Command.INSTALL, Start.of(Bench.NEW).forced()).result())
                .isEqualTo(Result.DONE);
        assertThat(bench.state.resolve("vss.json")).content().contains("\"allowSystemVolume\" : true");
    }

    @Test
    void everythingInTheWayIsToldAtOnce() throws SetupException {
        bench.windows.vary("build", "9600");
        bench.windows.vary("port", "taken");
        bench.windows.services().delete("VSS");

        Report report = bench.run(Command.INSTALL);

        assertThat(report.steps()).filteredOn(StepReport::failed).hasSize(3);
    }
}
