/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.installer.Bench.Start;
import dev.gnomon.installer.Setup.Command;
import dev.gnomon.installer.plan.Report.Result;
import dev.gnomon.installer.plan.SetupException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Windows Installer asks for when something of its own failed, and asks for too often under Wine. */
class RollbackTests {
    private static final long TWO_HOURS_MS = 7_200_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    @BeforeEach
    void makeBench() throws IOException {
        bench = new Bench(directory);
    }

    private static Start msi(String version) {
        return Start.of(version).msi();
    }

    @Test
    void theLastInstallationIsUndone() throws SetupException {
        bench.run(Command.INSTALL, msi(Bench.NEW));

        assertThat(bench.run(Command.ROLLBACK, msi(Bench.NEW)).result()).isEqualTo(Result.DONE);
        assertThat(bench.windows.applicationCount()).isEqualTo(1);
        assertThat(bench.windows.services().find("Gnomon")).isEmpty();
        assertThat(bench.program).doesNotExist();
        // Somebody may have used it meanwhile.
        assertThat(bench.state.resolve("service")).exists();
    }

    @Test
    void nothingIsUndoneThatOnlyOtherRunsDid() throws SetupException {
        assertThat(bench.run(Command.ROLLBACK, msi(Bench.NEW)).result()).isEqualTo(Result.UNCHANGED);

        bench.run(Command.INSTALL);
        String installed = bench.windows.snapshot();
        assertThat(bench.run(Command.ROLLBACK, msi(Bench.NEW)).result()).isEqualTo(Result.UNCHANGED);
        assertThat(bench.run(Command.ROLLBACK, msi(Bench.OLD)).result()).isEqualTo(Result.UNCHANGED);
        assertThat(bench.windows.snapshot()).isEqualTo(installed);
    }

    @Test
    void whatWindowsInstallerHasCommittedStays() throws SetupException {
        bench.run(Command.INSTALL, msi(Bench.NEW));
        bench.setup(msi(Bench.NEW)).commit();
        String installed = bench.windows.snapshot();

        assertThat(bench.run(Command.ROLLBACK, msi(Bench.NEW)).result()).isEqualTo(Result.UNCHANGED);
        assertThat(bench.windows.snapshot()).isEqualTo(installed);
    }

    @Test
    void anOldRunStays() throws SetupException {
        bench.run(Command.INSTALL, msi(Bench.NEW));
        bench.windows.pass(TWO_HOURS_MS);

        assertThat(bench.run(Command.ROLLBACK, msi(Bench.NEW)).result()).isEqualTo(Result.UNCHANGED);
    }

    @Test
    void anUpgradeThatFailsGetsTheOldVersionBack() throws SetupException {
        bench.run(Command.INSTALL, msi(Bench.OLD));
        bench.setup(msi(Bench.OLD)).commit();
        String before = bench.snapshot();
        // As Windows Installer does it: the old one goes, the new one fails, and both are rolled back, the last first.
        bench.run(Command.UNINSTALL, msi(Bench.OLD));
        bench.run(Command.INSTALL, msi(Bench.NEW).failing("engine-running"));
        bench.run(Command.ROLLBACK, msi(Bench.NEW));

        assertThat(bench.run(Command.ROLLBACK, msi(Bench.OLD)).result()).isEqualTo(Result.DONE);

        assertThat(bench.snapshot().replaceAll("key-\\d+", "key")).isEqualTo(before.replaceAll("key-\\d+", "key"));
    }
}
