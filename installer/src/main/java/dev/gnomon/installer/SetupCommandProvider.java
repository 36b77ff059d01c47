/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.cli.ExtraCommands;
import dev.gnomon.cli.Session;
import dev.gnomon.installer.selftest.SelftestCommand;
import picocli.CommandLine;

/** Adds {@code setup} to the command line of Gnomon. */
public final class SetupCommandProvider implements ExtraCommands {
    /** Made by the service loader. */
    public SetupCommandProvider() {}

    @Override
    public Object command(Session session) {
        return new CommandLine(new SetupCommand(session, Machines::ports)).addSubcommand(new SelftestCommand(session));
    }
}
