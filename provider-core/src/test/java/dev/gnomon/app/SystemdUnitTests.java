/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.cli.DoctorReport.Check;
import dev.gnomon.cli.DoctorReport.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The unit of the package, in a tree that is not this machine's, with answers that systemd gives. */
class SystemdUnitTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path root;

    @Test
    void nothingIsSaidWhereThePackageIsNotInstalled() {
        assertThat(check("ActiveState=active")).isEmpty();
    }

    @Test
    void aUnitWithoutSystemdIsAWarning() throws IOException {
        install("lib/systemd/system");

        assertThat(check("never asked")).hasValueSatisfying(found -> {
            assertThat(found.status()).isEqualTo(Status.WARN);
            assertThat(found.finding()).contains("systemd does not run here");
            assertThat(found.action()).isEqualTo("gnomon service run");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "active | enabled | success | OK | gnomon.service is active, enabled | ''",
                "active | disabled | success | WARN | is active, disabled | systemctl enable gnomon, for",
                "inactive | disabled | success | WARN | is inactive, disabled | systemctl enable --now gnomon",
                "failed | enabled | exit-code | FAILED | is failed, enabled, result exit-code | journalctl -u gnomon",
                "activating | enabled | success | WARN | is activating | systemctl status gnomon"
            })
    void theStateOfTheUnitIsJudged(
            String active, String enabled, String result, Status status, String finding, String action)
            throws IOException {
        install("usr/lib/systemd/system");
        Files.createDirectories(root.resolve("run/systemd/system"));

        Optional<Check> found = check(
                "LoadState=loaded\nActiveState=" + active + "\nUnitFileState=" + enabled + "\nResult=" + result + "\n");

        assertThat(found).hasValueSatisfying(check -> {
            assertThat(check.status()).isEqualTo(status);
            assertThat(check.finding()).contains(finding);
            assertThat(check.action()).contains(action);
        });
    }

    @Test
    void aSystemdThatCannotBeAskedIsAWarning() throws IOException {
        install("lib/systemd/system");
        Files.createDirectories(root.resolve("run/systemd/system"));

        SystemdUnit unit = new SystemdUnit(root, words -> {
            throw new IOException("no answer");
        });

        assertThat(unit.check()).hasValueSatisfying(check -> {
            assertThat(check.status()).isEqualTo(Status.WARN);
            assertThat(check.finding()).isEqualTo("cannot ask: no answer");
        });
    }

    private void install(String directory) throws IOException {
        Files.writeString(Files.createDirectories(root.resolve(directory)).resolve("gnomon.service"), "");
    }

    private Optional<Check> check(String answer) {
        return new SystemdUnit(root, words -> {
                    assertThat(words).startsWith("show", "gnomon.service");
                    return answer;
                })
                .check();
    }
}
