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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed after every record of the journal: the next run finishes the work, whichever it is. */
class KillTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    private int made;

    private Bench bench() throws IOException {
        made++;
        return new Bench(directory.resolve("bench-" + made));
    }

    private String comparable(Bench bench) {
        return bench.snapshot().replace(bench.machine.toString(), "").replaceAll("key-\\d+", "key");
    }

    private String installed() throws IOException, SetupException {
        Bench bench = bench();
        bench.run(Command.INSTALL);
        return comparable(bench);
    }

    /** A kill inside a step is one after the work and before the end record; a kill before it is the record before. */
    @Test
    void aKilledInstallationIsFinishedByRepair() throws IOException, SetupException {
        String expected = installed();
        int kills = 0;
        for (int record = 1; ; record++) {
            Bench bench = bench();
            if (!bench.kill(Command.INSTALL, Start.of(Bench.NEW), record)) {
                break;
            }
            kills++;
            bench.run(Command.REPAIR);
            assertThat(comparable(bench)).as("killed after record %d", record).isEqualTo(expected);
        }
        assertThat(kills).isGreaterThan(16);
    }

    @Test
    void aKilledInstallationIsFinishedByInstall() throws IOException, SetupException {
        String expected = installed();
        for (int record = 1; ; record++) {
            Bench bench = bench();
            if (!bench.kill(Command.INSTALL, Start.of(Bench.NEW), record)) {
                break;
            }
            bench.run(Command.INSTALL);
            assertThat(comparable(bench)).as("killed after record %d", record).isEqualTo(expected);
        }
    }

    @Test
    void aKilledInstallationIsTakenAwayByUninstall() throws IOException, SetupException {
        for (int record = 1; ; record++) {
            Bench bench = bench();
            String before = bench.windows.snapshot();
            if (!bench.kill(Command.INSTALL, Start.of(Bench.NEW), record)) {
                break;
            }
            bench.run(Command.UNINSTALL, Start.of(Bench.NEW).removing());
            assertThat(bench.windows.snapshot())
                    .as("killed after record %d", record)
                    .isEqualTo(before);
        }
    }

    @Test
    void aKilledUninstallIsFinishedByUninstallAndTakenBackByRepair() throws IOException, SetupException {
        String expected = installed();
        for (int record = 1; ; record++) {
            Bench again = bench();
            String before = again.windows.snapshot();
            again.run(Command.INSTALL);
            if (!again.kill(Command.UNINSTALL, Start.of(Bench.NEW).removing(), record)) {
                break;
            }
            again.run(Command.UNINSTALL, Start.of(Bench.NEW).removing());
            assertThat(again.windows.snapshot())
                    .as("killed after record %d", record)
                    .isEqualTo(before);

            Bench back = bench();
            back.run(Command.INSTALL);
            back.kill(Command.UNINSTALL, Start.of(Bench.NEW), record);
            back.run(Command.REPAIR);
            assertThat(comparable(back)).as("killed after record %d", record).isEqualTo(expected);
        }
    }

    @Test
    void aKilledUpgradeGoesBackToTheOldVersionFirst() throws IOException, SetupException {
        Bench clean = bench();
        clean.run(Command.INSTALL, Start.of(Bench.OLD));
        String old = comparable(clean);
        int kills = 0;
        for (int record = 1; ; record++) {
            Bench bench = bench();
            bench.run(Command.INSTALL, Start.of(Bench.OLD));
            if (!bench.kill(Command.UPGRADE, Start.of(Bench.NEW), record)) {
                break;
            }
            kills++;
            if (bench.setup(Start.of(Bench.NEW)).unfinished().isEmpty()) {
                // All was done but the cleaning up.
                assertThat(bench.program.resolve(".previous")).exists();
                bench.run(Command.REPAIR);
                assertThat(bench.program.resolve(".previous")).doesNotExist();
                break;
            }
            bench.run(Command.REPAIR, Start.of(Bench.OLD));
            assertThat(comparable(bench)).as("killed after record %d", record).isEqualTo(old);
            assertThat(bench.run(Command.UPGRADE).result()).isEqualTo(Result.DONE);
        }
        assertThat(kills).isGreaterThan(16);
    }

    @Test
    void aRunThatTakesUpAnotherMayBeKilledToo() throws IOException, SetupException {
        String expected = installed();
        for (int record = 1; record < 12; record++) {
            Bench bench = bench();
            bench.kill(Command.INSTALL, Start.of(Bench.NEW), 7);
            bench.kill(Command.REPAIR, Start.of(Bench.NEW), record);
            bench.run(Command.REPAIR);
            assertThat(comparable(bench)).as("killed after record %d", record).isEqualTo(expected);
        }
    }
}
