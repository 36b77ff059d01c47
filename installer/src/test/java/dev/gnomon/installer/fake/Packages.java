/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.fake;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.windows.DiskFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Folders like those of an unpacked package, with small files. */
public final class Packages {
    private static final List<String> FILES = List.of(
            "bin/gnomon-vss.dll",
            "bin/gnomon.cmd",
            "lib/gnomon.jar",
            "lib/gnomon-installer.jar",
            "runtime/bin/java.exe",
            "runtime/bin/server/jvm.dll",
            "service/gnomon-engine.exe");

    private static final String OPTIONS = """
            # Options of the JVM, one a line
            --enable-native-access=ALL-UNNAMED
            -Djna.boot.library.path=%PROGRAMDIR%/lib/native
            """;

    private Packages() {}

    /** Makes a package; versions differ in the files that hold them, and each has a file of its own. */
    public static Path make(Path folder, String version) throws IOException {
        for (String each : FILES) {
            boolean same = each.startsWith("runtime");
            write(folder, each, each + (same ? "" : " of " + version));
        }
        write(folder, "lib/only-" + version + ".jar", version);
        write(folder, "conf/java.options", OPTIONS + (version.startsWith("0.0") ? "" : "-Xmx1g\n"));
        StringBuilder manifest = new StringBuilder();
        DiskFolders folders = new DiskFolders();
        try {
            for (Path file : folders.files(folder)) {
                manifest.append(folders.sha256(file).orElseThrow())
                        .append("  ")
                        .append(folder.relativize(file))
                        .append('\n');
            }
        } catch (SetupException e) {
            throw new IOException(e);
        }
        write(folder, "manifest.sha256", manifest.toString());
        return folder;
    }

    private static void write(Path folder, String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    }
}
