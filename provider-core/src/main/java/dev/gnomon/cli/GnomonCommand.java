/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.util.BuildInfo;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code gnomon} itself, with the options that every other command has too. */
@Command(
        name = "gnomon",
        header = "Serves volumes and their shadow copies.",
        description = {
            "",
            "A service keeps volumes and offers them, and shadow copies of them, as network block devices (NBD)."
                    + " All other commands talk to the service of the same state directory."
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0 done                   6 diff area full",
            "  1 failed                 7 refused",
            "  2 wrong usage            8 damage found",
            "  3 partly done            9 permission denied",
            "  4 not found             10 service not reachable",
            "  5 wrong state, or exists already",
            "                          11 volumes in use",
            "",
            "Try: gnomon demo"
        },
        versionProvider = GnomonCommand.Version.class)
final class GnomonCommand implements Runnable {
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "State directory of the service (default: $GNOMON_STATE; else /var/lib/gnomon for root and"
                    + " ~/.local/state/gnomon for others; on Windows that of the installed service, else"
                    + " %%ProgramData%%\\Gnomon\\service).")
    private @Nullable Path state;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where in the program an error arose.")
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it.
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it.
    private boolean version;

    GnomonCommand(Session session) {
        this.session = session;
    }

    /** Returns the absolute state directory. */
    Path state() {
        Path chosen = state == null ? session.defaultState() : state;
        return chosen.toAbsolutePath().normalize();
    }

    boolean debug() {
        return debug;
    }

    @Override
    public void run() {
        throw missingCommand(spec);
    }

    /** Returns the error for a command line that ends before it says what to do. */
    static ParameterException missingCommand(CommandSpec spec) {
        return new ParameterException(
                spec.commandLine(),
                "Missing command; '" + spec.qualifiedName() + "' needs one of: "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    /** Prints version and commit for {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {BuildInfo.current().text()};
        }
    }

    /** A command that only groups others. */
    abstract static class Group implements Runnable {
        @Spec
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private CommandSpec spec;

        private final GnomonCommand root;
        private final Session session;

        Group(GnomonCommand root, Session session) {
            this.root = root;
            this.session = session;
        }

        @Override
        public void run() {
            throw missingCommand(spec);
        }

        GnomonCommand root() {
            return root;
        }

        Session session() {
            return session;
        }

        /** Asks the service for something. */
        <T> T ask(Session.Question<T> question) throws dev.gnomon.control.ControlException {
            return session.ask(root.state(), question);
        }

        /** Returns an error in the use of one of the commands. */
        ParameterException usage(String command, String message) {
            CommandLine line = spec.commandLine().getSubcommands().get(command);
            return new ParameterException(line == null ? spec.commandLine() : line, message);
        }
    }
}
