/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.util.BuildInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command {@code gnomon} itself; its subcommands do the work. */
@Command(
        name = "gnomon",
        description = "Serves volumes and their shadow copies.",
        mixinStandardHelpOptions = true,
        versionProvider = GnomonCommand.Version.class)
public final class GnomonCommand implements Runnable {

    @Override
    public void run() {
        picocli.CommandLine.usage(this, System.err);
    }

    /** Prints version and commit for {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            BuildInfo info = BuildInfo.current();
            return new String[] {"gnomon " + info.version() + " (" + info.commit() + ")"};
        }
    }
}
