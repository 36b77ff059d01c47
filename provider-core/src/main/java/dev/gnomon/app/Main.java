/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.Cli;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.cli.Session;
import dev.gnomon.util.BuildInfo;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Starts Gnomon from the command line. */
public final class Main {

    private Main() {}

    /** Runs the command that {@code arguments} name and exits with its exit code. */
    public static void main(String[] arguments) {
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            // The most frequent command of scripts loads nothing that it does not need.
            System.out.println(BuildInfo.current().text());
            return;
        }
        System.exit(new Cli(session()).run(arguments));
    }

    /** Returns what the command line of this process works with. */
    public static Session session() {
        return session(new ProcessCommands());
    }

    /** As the other, with these commands. */
    static Session session(LocalCommands commands) {
        return new Session(
                commands,
                System.getenv(),
                System.getProperty("user.name", ""),
                Path.of(System.getProperty("user.home", "/")),
                utf8(System.out),
                utf8(System.err),
                new ConsoleTerminal());
    }

    /** Results are UTF-8 whatever the locale says, so that programs can rely on it. */
    static PrintWriter utf8(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
