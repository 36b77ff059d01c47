/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.GnomonCommand;
import picocli.CommandLine;

/** Starts Gnomon from the command line. */
public final class Main {

    private Main() {}

    /** Runs the command that {@code arguments} name and exits with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new GnomonCommand()).execute(arguments));
    }
}
