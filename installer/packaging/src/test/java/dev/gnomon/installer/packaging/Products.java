/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The packages that are tested: what {@code ./gnomon package} made last in its own folder, or in that of the property gnomon.packages. */
final class Products {
    private Products() {}

    /** Returns the project's folder. */
    static Path root() {
        return Path.of("../..").toAbsolutePath().normalize();
    }

    static Path msi() throws IOException {
        return only(".msi");
    }

    static Path zip() throws IOException {
        return only(".zip");
    }

    static Path tar() throws IOException {
        return only(".tar.gz");
    }

    static Path deb() throws IOException {
        return only(".deb");
    }

    static List<Path> all() throws IOException {
        return List.of(msi(), zip(), tar(), deb());
    }

    /** Returns the version of the packages, as it stands in the name of the zip file. */
    static String version() throws IOException {
        return zip().getFileName().toString().replaceFirst("gnomon-(.*)-windows-x64\\.zip", "$1");
    }

    static Path folder() throws IOException {
        String given = System.getProperty("gnomon.packages", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        Path packages = root().resolve("target/packages");
        assertThat(packages).as("run ./gnomon package before these tests").isDirectory();
        try (Stream<Path> versions = Files.list(packages)) {
            return versions.filter(Files::isDirectory)
                    .max((a, b) -> Long.compare(time(a), time(b)))
                    .orElseThrow(
                            () -> new AssertionError(packages + ": empty; run ./gnomon package before these tests"));
        }
    }

    private static long time(Path folder) {
        try {
            return Files.getLastModifiedTime(folder.resolve("SHA256SUMS")).toMillis();
        } catch (IOException e) {
            return 0; // No finished run.
        }
    }

    private static Path only(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(ending)).toList();
            assertThat(found).as("packages *" + ending + " in " + folder()).hasSize(1);
            return found.getFirst();
        }
    }
}
