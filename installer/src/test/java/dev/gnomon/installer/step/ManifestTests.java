/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.installer.fake.FakeFolders;
import dev.gnomon.installer.fake.Packages;
import dev.gnomon.installer.plan.SetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTests {
    private static final String HASH = "0".repeat(64);

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    private final FakeFolders folders = new FakeFolders();

    @Test
    void aWholePackageHasNoDifferences() throws IOException, SetupException {
        Packages.make(directory, "1");

        assertThat(Manifest.in(directory, folders).orElseThrow().differences(directory, folders))
                .isEmpty();
    }

    @Test
    void missingAndOtherFilesAreNamed() throws IOException, SetupException {
        Packages.make(directory, "1");
        Files.delete(directory.resolve("bin").resolve("gnomon.cmd"));
        Files.writeString(directory.resolve("lib").resolve("gnomon.jar"), "x");

        assertThat(Manifest.in(directory, folders).orElseThrow().differences(directory, folders))
                .isEqualTo("bin/gnomon.cmd is missing, lib/gnomon.jar has other bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out", "a/../../out", "/etc/passwd", "C:/x", "a\\b", "a//b", "."})
    void aPathThatLeadsOutIsRefused(String path) throws IOException {
        Files.writeString(directory.resolve("manifest.sha256"), HASH + "  fine\n" + HASH + "  " + path + "\n");

        assertThatThrownBy(() -> Manifest.in(directory, folders))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("line 2");
    }
}
