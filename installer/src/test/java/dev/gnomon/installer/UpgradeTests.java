/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.installer.Bench.Start;
import dev.gnomon.installer.Setup.Command;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.Report.Result;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupException.Reason;
import dev.gnomon.installer.port.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One version in the place of another. */
class UpgradeTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    @BeforeEach
    void installOld() throws IOException, SetupException {
        bench = new Bench(directory);
        bench.run(Command.INSTALL, Start.of(Bench.OLD));
    }

    private String comparable() {
        return bench.snapshot().replaceAll("key-\\d+", "key");
    }

    @Test
    void theNewVersionIsInPlaceAndTheStateIsKept() throws SetupException, IOException {
        Files.writeString(bench.state.resolve("service").resolve("precious"), "volumes");

        Report report = bench.run(Command.UPGRADE);

        assertThat(report.result()).isEqualTo(Result.DONE);
        assertThat(bench.program.resolve("lib").resolve("only-0.1.0.jar")).exists();
        assertThat(bench.program.resolve("lib").resolve("only-0.0.9.jar")).doesNotExist();
        assertThat(bench.program.resolve(".previous")).doesNotExist();
        assertThat(bench.program.resolve(".staged")).doesNotExist();
        assertThat(bench.state.resolve("service").resolve("precious")).exists();
        Setup now = bench.setup(Start.of(Bench.NEW));
        assertThat(now.installedVersion()).isEqualTo(Bench.NEW);
        assertThat(now.status().result()).isEqualTo(Result.DONE);
        assertThat(bench.run(Command.UNINSTALL).result()).isEqualTo(Result.DONE);
        assertThat(bench.program).doesNotExist();
    }

    @Test
    void itSaysHowLongVolumesCouldNotBeUsed() throws SetupException {
        Report report = bench.run(Command.UPGRADE);

        // The fake takes 700 ms for a stop and for a start.
        assertThat(report.interruptedMs()).isEqualTo(1_400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "staged-files",
                "old-registration",
                "engine-stopped",
                "swapped-files",
                "event-source",
                "engine-service",
                "engine-running",
                "com-application",
                "settings"
            })
    void aFailingStepBringsTheOldVersionBack(String step) throws SetupException {
        String before = comparable();

        Report report = bench.run(Command.UPGRADE, Start.of(Bench.NEW).failing(step));

        if (step.equals("event-source")) {
            // It has nothing to do in an upgrade to the same folder.
            assertThat(report.result()).isEqualTo(Result.DONE);
            return;
        }
        assertThat(report.result()).isEqualTo(Result.ROLLED_BACK);
        assertThat(comparable()).isEqualTo(before);
    }

    @Test
    void aNewVersionThatDoesNotStartGivesWayToTheOldOne() throws SetupException {
        String before = comparable();
        int starts = 0;
        bench.windows.breakEngine(true);

        Report report = bench.run(Command.UPGRADE);

        assertThat(report.result()).isNotEqualTo(Result.DONE);
        assertThat(report.failure()).map(SetupException::text).get().asString().contains("ended when it was started");
        // Here the old one does not start either; everything else is back.
        bench.windows.breakEngine(false);
        assertThat(bench.run(Command.REPAIR, Start.of(Bench.OLD)).result()).isEqualTo(Result.DONE);
        assertThat(comparable()).isEqualTo(before);
        assertThat(starts).isZero();
    }

    @Test
    void aDowngradeIsRefusedWithAReason() throws SetupException {
        bench.run(Command.UPGRADE);
        String before = bench.snapshot();

        Report install = bench.run(Command.INSTALL, Start.of(Bench.OLD));
        Report upgrade = bench.run(Command.UPGRADE, Start.of(Bench.OLD));

        for (Report each : new Report[] {install, upgrade}) {
            assertThat(each.result()).isEqualTo(Result.REFUSED);
            assertThat(each.failure()).map(SetupException::reason).contains(Reason.REFUSED);
            assertThat(each.failure())
                    .map(SetupException::text)
                    .get()
                    .asString()
                    .contains("older 0.0.9");
        }
        assertThat(bench.snapshot()).isEqualTo(before);
    }

    @Test
    void installOverAnOlderVersionPointsToUpgrade() throws SetupException {
        Report report = bench.run(Command.INSTALL);

        assertThat(report.result()).isEqualTo(Result.REFUSED);
        assertThat(report.failure())
                .map(SetupException::advice)
                .get()
                .asString()
                .contains("setup upgrade");
    }

    @Test
    void anUpgradeOfNothingPointsToInstall() throws SetupException {
        bench.run(Command.UNINSTALL, Start.of(Bench.OLD));

        Report report = bench.run(Command.UPGRADE);

        assertThat(report.failure()).map(SetupException::reason).contains(Reason.NOT_FOUND);
    }

    @Test
    void aLongInterruptionIsRefusedBeforeAnythingStops() throws SetupException {
        bench.windows.serve(new Engine.Volume("data", 0, 2L << 30));
        String before = bench.snapshot();

        Report report = bench.run(Command.UPGRADE);

        assertThat(report.result()).isEqualTo(Result.REFUSED);
        assertThat(report.failure()).map(SetupException::text).get().asString().contains("2048 MiB");
        assertThat(bench.snapshot()).isEqualTo(before);
    }

    @Test
    void volumesInUseAreNotInterrupted() throws SetupException {
        bench.windows.serve(new Engine.Volume("data", 1, 0));

        Report report = bench.run(Command.UPGRADE);

        assertThat(report.failure()).map(SetupException::reason).contains(Reason.IN_USE);
    }
}
