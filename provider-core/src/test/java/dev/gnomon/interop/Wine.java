/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A Windows JVM under Wine that runs this build. Its prefix is kept from test to test; what the script build/wine/prefix says is the
 * truth about how it is made.
 */
final class Wine {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PREFIX = ROOT.resolve("target/wine/test-prefix");

    /** Downloading the runtime and making the prefix, on a slow machine. */
    private static final Duration MAKING = Duration.ofMinutes(10);

    private final String java;

    private Wine(String java) {
        this.java = java;
    }

    /** Longer than any test; it is closed before. */
    private static final int KEEP_SECONDS = 3600;

    /** Returns it; skips the test, with the reason, if it cannot be had here. */
    static Wine require() {
        Tools.require("wine", "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-objdump");
        assumeTrue(
                Files.isDirectory(Path.of("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")),
                "Wine is no 64-bit Wine of Debian");
        Tools.Result made = Running.start(
                        List.of(ROOT.resolve("build/wine/prefix").toString(), PREFIX.toString()))
                .result(MAKING);
        return new Wine(made.ok().strip());
    }

    /** Starts a class of this build. */
    Running start(String mainClass, String... words) {
        List<String> line = new ArrayList<>(List.of(
                "env",
                "WINEPREFIX=" + PREFIX,
                "WINEDEBUG=-all",
                "wine",
                java,
                // Wine knows no processor groups, and each JVM would say so.
                "-XX:-PrintWarnings",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                mainClass));
        line.addAll(List.of(words));
        return Running.start(line);
    }

    /**
     * Runs a Windows program to its end, with its output in a file: a service that it starts inherits that, and would keep a pipe
     * open for as long as it runs.
     *
     * @return what it printed
     */
    Tools.Result run(Path output, String... words) {
        Tools.Result result = Running.start(words(output, words)).result(Tools.DEADLINE);
        try {
            return new Tools.Result(String.join(" ", words), result.exitCode(), Files.readString(output), "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Starts a program that does nothing until it is closed. Wine's service manager ends with the last program, and who asks for it
     * at that moment starts a second one, which knows nothing of the first one's services.
     */
    Running keepAlive() {
        Running.start(List.of("env", "WINEPREFIX=" + PREFIX, "wineserver", "-w"))
                .result(Tools.DEADLINE);
        return Running.start(List.of(
                "sh",
                "-c",
                "sleep " + KEEP_SECONDS + " | env WINEPREFIX='" + PREFIX + "' WINEDEBUG=-all wine cmd.exe /q"));
    }

    /** Returns the command line that {@link #run} runs. */
    List<String> words(Path output, String... words) {
        List<String> line =
                new ArrayList<>(List.of("sh", "-c", "exec \"$@\" > '" + output + "' 2>&1 < /dev/null", "sh"));
        line.addAll(List.of("env", "WINEPREFIX=" + PREFIX, "WINEDEBUG=-all", "wine"));
        line.addAll(List.of(words));
        return line;
    }

    /** Returns the library that a service host loads to have a JVM, as a Windows path. */
    String jvm() {
        return java.substring(0, java.lastIndexOf('\\')) + "\\server\\jvm.dll";
    }

    /** Returns the name that a path of this machine has in Wine. */
    static String windowsPath(Path path) {
        return "Z:" + path.toAbsolutePath().normalize().toString().replace('/', '\\');
    }

    /** Without what only the tests' own libraries bring: the class path is long enough for Windows to refuse it. */
    static String classPath() {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            if (!entry.matches(".*(jazzer|junit|archunit|jcstress|assertj|mockito).*")) {
                entries.add(windowsPath(Path.of(entry)));
            }
        }
        return String.join(";", entries);
    }
}
