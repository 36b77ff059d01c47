/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.Cli;

/**
 * The command line of Gnomon whose service makes nothing of its copies durable. It exists so that {@code bench peers} can
 * show what their order and durability cost, beside servers that have neither; the product has no such switch.
 *
 * <p>It stands in this package because the composition root is seen from nowhere else.
 */
public final class VolatileMain {
    private VolatileMain() {}

    /** Runs the command that {@code arguments} name and exits with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new Cli(Main.session(new ProcessCommands(ServiceHost.PLAIN, VolatileStorage::new))).run(arguments));
    }
}
