/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.installer.Bench.Start;
import dev.gnomon.installer.Setup.Command;
import dev.gnomon.installer.plan.Report.Result;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows Installer starts setup where nobody sees what it prints, so a file must say why nothing was done. */
class RefusalLogTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    @BeforeEach
    void makeBench() throws IOException {
        bench = new Bench(directory);
    }

    private static Start msi() {
        return Start.of(Bench.NEW).msi();
    }

    private Path log() {
        return bench.layout(Bench.NEW).log();
    }

    @Test
    void volumesInUseAreListedInTheLogWithWhatToDo() throws SetupException {
        bench.run(Command.INSTALL, msi());
        bench.windows.serve(new Engine.Volume("data", 2, 0));
        String before = bench.snapshot();

        assertThat(bench.run(Command.UNINSTALL, msi()).result()).isEqualTo(Result.REFUSED);

        assertThat(log())
                .content()
                .contains("Does not hold: no Gnomon volume is in use on this host: data (2 connections).")
                .contains("(FORCE=1)")
                .contains("Nothing was changed.");
        assertThat(bench.snapshot()).isEqualTo(before);
        assertThat(bench.windows.folders().kept()).isEmpty();
    }

    @Test
    void whatWasForcedStandsInTheLogOfTheRun() throws SetupException {
        bench.run(Command.INSTALL, msi());
        bench.windows.serve(new Engine.Volume("data", 2, 0));

        assertThat(bench.run(Command.UNINSTALL, msi().forced()).result()).isEqualTo(Result.DONE);

        assertThat(log()).content().contains("forced although: data (2 connections).");
    }

    @Test
    void whereNothingIsInstalledTheReasonIsKeptInTheTemporaryFolder() throws SetupException {
        bench.windows.vary("systemRoot", "/");
        String before = bench.windows.snapshot();

        assertThat(bench.run(Command.INSTALL, msi()).result()).isEqualTo(Result.REFUSED);

        assertThat(bench.windows.folders().kept()).contains("system volume").contains("STATEDIR");
        assertThat(bench.windows.snapshot()).isEqualTo(before);
    }

    /** Whoever made that folder could have put a link there in the place of the log. */
    @Test
    void nothingIsWrittenToAFolderThatOthersCanEnter() throws SetupException {
        bench.run(Command.INSTALL, msi());
        bench.windows.serve(new Engine.Volume("data", 2, 0));
        bench.windows.folders().setAccessList(bench.state, "open");
        String before = bench.windows.snapshot();

        assertThat(bench.run(Command.UNINSTALL, msi()).result()).isEqualTo(Result.REFUSED);

        assertThat(bench.windows.snapshot()).isEqualTo(before);
        assertThat(bench.windows.folders().kept()).contains("data (2 connections)");
    }

    @Test
    void aFailureBeforeTheFirstStepIsToldToo() throws SetupException, IOException {
        bench.run(Command.INSTALL, msi());
        Path journal = bench.layout(Bench.NEW).journal();
        Files.writeString(journal, "rubbish\n" + Files.readString(journal));

        assertThatThrownBy(() -> bench.run(Command.UNINSTALL, msi())).hasMessageContaining("line 1");

        assertThat(log()).content().contains("Ended by a failure: journal ").contains("What to do: move the file away");
    }

    @Test
    void whoeverSitsAtTheTerminalHasReadIt() throws SetupException {
        bench.run(Command.INSTALL);
        bench.windows.serve(new Engine.Volume("data", 2, 0));
        String before = bench.windows.snapshot();

        assertThat(bench.run(Command.UNINSTALL).result()).isEqualTo(Result.REFUSED);

        assertThat(bench.log).anyMatch(line -> line.contains("data (2 connections)"));
        assertThat(bench.windows.snapshot()).isEqualTo(before);
        assertThat(bench.windows.folders().kept()).isEmpty();
    }
}
