/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.FieldRules;
import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one command line. */
public final class Cli {
    private static final int HELP_WIDTH = 100;

    private final Session session;

    /** Creates one. */
    public Cli(Session session) {
        this.session = session;
    }

    /** Runs the command that the arguments name, and returns the exit code of the process. */
    public int run(String... arguments) {
        GnomonCommand root = new GnomonCommand(session);
        int code = commandLine(root).execute(arguments);
        session.out().flush();
        session.err().flush();
        return code;
    }

    /** Returns all commands, for documents that are made of them. */
    public CommandLine commandLine() {
        return commandLine(new GnomonCommand(session));
    }

    private CommandLine commandLine(GnomonCommand root) {
        return withExtras(new CommandLine(root)
                        .addSubcommand(new VolumeCommands(root, session))
                        .addSubcommand(new SetCommands(root, session))
                        .addSubcommand(new CommandLine(new CopyCommands(root, session))
                                .addSubcommand(new CopyDiffCommand(root, session))
                                .addSubcommand(new CopyExportCommand(root, session))
                                .addSubcommand(new CopyVerifyCommand(root, session))
                                .addSubcommand(new OverlayCommands(root, session))
                                .addSubcommand(new RevertCommand(root, session)))
                        .addSubcommand(new CommandLine(new DiffAreaCommands(root, session))
                                .addSubcommand(new DiffAreaMoveCommand(root, session)))
                        .addSubcommand(new ScrubCommands(root, session))
                        .addSubcommand(new ServiceCommands(root, session))
                        .addSubcommand(new FaultCommands(root, session))
                        .addSubcommand(new TraceCommands(root, session))
                        .addSubcommand(new StatsCommand(root, session))
                        .addSubcommand(new EventsCommand(root, session))
                        .addSubcommand(new CheckCommand(root, session))
                        .addSubcommand(new DoctorCommand(root, session))
                        .addSubcommand(new CompletionCommand(session))
                        .addSubcommand(new DemoCommand(session)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_WIDTH)
                .setUsageHelpLongOptionsMaxWidth(HELP_WIDTH / 3)
                .setAbbreviatedOptionsAllowed(false)
                .setOut(session.out())
                .setErr(session.err())
                .setParameterExceptionHandler((e, _) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, _, _) -> failed(e, root));
    }

    /** Other modules bring their commands, if they are on the class path. */
    private CommandLine withExtras(CommandLine line) {
        for (ExtraCommands each : ServiceLoader.load(ExtraCommands.class)) {
            line.addSubcommand(each.command(session));
        }
        return line;
    }

    private int wrongUsage(ParameterException e) {
        PrintWriter err = session.err();
        err.println("gnomon: " + message(e));
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number();
    }

    private int failed(Exception e, GnomonCommand root) {
        PrintWriter err = session.err();
        ExitCode code = e instanceof ControlException known ? ExitCode.of(known.kind()) : ExitCode.FAILED;
        err.println("gnomon: " + (e instanceof ControlException ? message(e) : "unexpected: " + e));
        if (root.debug()) {
            e.printStackTrace(err);
        } else if (!(e instanceof ControlException)) {
            err.println("This is a defect of Gnomon; --debug shows where it arose.");
        }
        return code.number();
    }

    /** Messages may quote what was typed: it is shown without anything that a terminal would obey. */
    private static String message(Exception e) {
        String text = String.valueOf(e.getMessage());
        return text.lines()
                .map(FieldRules::printable)
                .reduce((a, b) -> a + System.lineSeparator() + b)
                .orElse("");
    }
}
