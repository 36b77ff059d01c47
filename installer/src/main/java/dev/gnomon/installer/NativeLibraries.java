/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.step.Manifest;
import dev.gnomon.installer.windows.DiskFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The native libraries of JNA and jacob: installed files, checked by the manifest and loaded from where they lie. Nothing is unpacked
 * to a temporary folder, where another program could put something in its place.
 */
final class NativeLibraries {
    private static final String FOLDER = "lib/native";
    private static final String JNA = FOLDER + "/jnidispatch.dll";
    private static final String JACOB_PATTERN = "jacob-*-x64.dll";

    private NativeLibraries() {}

    /** Points JNA and jacob to the libraries of a package; before either is used. A checkout has none: there each finds its own. */
    static void pin(Path folder) throws SetupException {
        Path libraries = folder.resolve("lib").resolve("native");
        if (!Files.isDirectory(libraries)) {
            return;
        }
        DiskFolders folders = new DiskFolders();
        Optional<Manifest> manifest = Manifest.in(folder, folders);
        require(manifest, folder, JNA, folders);
        set("jna.boot.library.path", libraries.toString());
        set("jna.nounpack", "true");
        set("jna.nosys", "true");
        for (Path each : folders.files(libraries)) {
            String name = String.valueOf(each.getFileName());
            if (name.toLowerCase(Locale.ROOT)
                    .matches(JACOB_PATTERN.replace(".", "\\.").replace("*", ".*"))) {
                require(manifest, folder, FOLDER + "/" + name, folders);
                set("jacob.dll.path", each.toString());
            }
        }
    }

    private static void require(Optional<Manifest> manifest, Path folder, String name, DiskFolders folders)
            throws SetupException {
        if (manifest.isPresent() && !manifest.get().matches(folder, name, folders)) {
            throw new SetupException(
                    SetupException.Reason.WRONG_STATE,
                    folder.resolve(name) + " is not what " + folder + " was packed with",
                    "unpack the package again, or run: msiexec /fa with the package that was installed");
        }
    }

    private static void set(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
