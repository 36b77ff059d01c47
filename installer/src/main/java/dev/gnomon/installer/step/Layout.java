/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import java.nio.file.Path;

/**
 * Where everything lies (docs/setup.md, "Folders").
 *
 * @param source folder of the package that is installed from: the program folder itself, or an unpacked one
 * @param program program folder
 * @param state state folder
 */
public record Layout(Path source, Path program, Path state) {
    /** The list of files in a package, with their SHA-256. */
    public static final String MANIFEST = "manifest.sha256";

    /** Returns whether the files are in place already, as Windows Installer puts them. */
    public boolean inPlace() {
        return source.equals(program);
    }

    Path dll() {
        return program.resolve("bin").resolve("gnomon-vss.dll");
    }

    Path bin() {
        return program.resolve("bin");
    }

    Path serviceHost() {
        return program.resolve("service").resolve("gnomon-engine.exe");
    }

    Path jar() {
        return program.resolve("lib").resolve("gnomon.jar");
    }

    Path jvm() {
        return program.resolve("runtime").resolve("bin").resolve("server").resolve("jvm.dll");
    }

    Path runtime() {
        return program.resolve("runtime");
    }

    Path javaOptions() {
        return program.resolve("conf").resolve("java.options");
    }

    /** Returns what {@code gnomon service run --state} takes. */
    public Path serviceState() {
        return state.resolve("service");
    }

    /** Returns where the service host logs. */
    Path serviceLog() {
        return state.resolve("log");
    }

    Path vssConfiguration() {
        return state.resolve("vss.json");
    }

    /** Returns where setup keeps its own files. */
    public Path setup() {
        return state.resolve("setup");
    }

    /** Returns where the journal is. */
    public Path journal() {
        return setup().resolve("journal.jsonl");
    }

    /** Returns where the readable log is. */
    public Path log() {
        return setup().resolve("setup.log");
    }

    Path staged() {
        return program.resolve(".staged");
    }

    /** Returns where an upgrade keeps the files of the old version until the new one answers. */
    public Path previous() {
        return program.resolve(".previous");
    }
}
