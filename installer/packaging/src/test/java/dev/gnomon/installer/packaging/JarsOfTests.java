/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Jars with little in them. */
final class JarsOfTests {
    private JarsOfTests() {}

    static Path make(Path target) throws IOException {
        try (OutputStream out = Files.newOutputStream(target);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : List.of("META-INF/MANIFEST.MF", "META-INF/maven/x/pom.properties", "x/A.class")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write((name.endsWith("MF") ? "Manifest-Version: 1.0\r\nBuild-Jdk-Spec: 25\r\n\r\n" : name)
                        .getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return target;
    }
}
