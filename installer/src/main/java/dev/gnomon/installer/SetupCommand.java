/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.Output;
import dev.gnomon.cli.Session;
import dev.gnomon.installer.plan.Plan;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.Run;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupLog;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.step.Layout;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code gnomon setup}. */
@Command(
        name = SetupCommand.NAME,
        header = "Install, mend and remove Gnomon on Windows.",
        description =
                "Puts the program, the service and the VSS provider on this Windows, step by step; each step can be"
                        + " checked and undone (docs/setup.md). Needs an elevated administrator. For Linux there is a Debian"
                        + " package.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExit codes beyond those of gnomon:%n",
        footer = " 11 volumes are in use on this host")
final class SetupCommand implements Callable<Integer> {
    static final String NAME = "setup";

    private static final String DRY_RUN = "Say what would be done; change nothing.";
    private static final String FORCE = "Stop the engine though volumes are in use on this host.";
    private static final String SYSTEM_VOLUME =
            "Let the state lie on the system volume, which VSS holds writes to in nearly every backup.";

    private final Session session;
    private final Machines machines;
    private final UnaryOperator<Plan> around;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    /** Opens the machine that setup works on. */
    @FunctionalInterface
    interface Machines {
        /**
         * Opens it.
         *
         * @throws SetupException if it is none that setup can work on
         */
        Ports open(Session session, Layout layout) throws SetupException;
    }

    SetupCommand(Session session, Machines machines) {
        this(session, machines, UnaryOperator.identity());
    }

    /**
     * Makes one whose plans are changed before they run.
     *
     * @param around how; tests put failures into steps with it
     */
    SetupCommand(Session session, Machines machines, UnaryOperator<Plan> around) {
        this.session = session;
        this.machines = machines;
        this.around = around;
    }

    @Override
    public Integer call() {
        try {
            dev.gnomon.installer.Machines.requireWindows();
        } catch (SetupException e) {
            return failed(e);
        }
        throw new ParameterException(
                spec.commandLine(),
                "Missing command; 'gnomon setup' needs one of: install, uninstall, repair, upgrade, status, selftest");
    }

    @Command(
            name = "install",
            header = "Install Gnomon, or leave the machine as it is.",
            optionListHeading = "%nOptions:%n")
    int install(
            @Mixin Places places,
            @Option(names = "--dry-run", description = DRY_RUN) boolean dryRun,
            @Option(names = "--allow-system-volume", description = SYSTEM_VOLUME) boolean systemVolume,
            @Option(names = "--force", description = "The same, and whatever else can be forced.") boolean force,
            @Option(names = "--from-msi", hidden = true) boolean fromMsi,
            @Mixin Output output) {
        return change(Setup.Command.INSTALL, places, new Wishes(dryRun, force, systemVolume, false, fromMsi), output);
    }

    @Command(
            name = "uninstall",
            header = "Remove Gnomon; volumes and shadow copies stay.",
            description =
                    "Goes on after a failure and reports it. What cannot go yet is said, and a second run takes it.",
            optionListHeading = "%nOptions:%n")
    int uninstall(
            @Mixin Places places,
            @Option(names = "--dry-run", description = DRY_RUN) boolean dryRun,
            @Option(names = "--force", description = FORCE) boolean force,
            @Option(names = "--remove-data", description = "Delete volumes and shadow copies too.") boolean removeData,
            @Option(names = "--from-msi", hidden = true) boolean fromMsi,
            @Mixin Output output) {
        return change(Setup.Command.UNINSTALL, places, new Wishes(dryRun, force, false, removeData, fromMsi), output);
    }

    @Command(
            name = "repair",
            header = "Mend an installation, or finish one that was ended half-way.",
            optionListHeading = "%nOptions:%n")
    int repair(
            @Mixin Places places,
            @Option(names = "--dry-run", description = DRY_RUN) boolean dryRun,
            @Option(names = "--allow-system-volume", description = SYSTEM_VOLUME) boolean systemVolume,
            @Option(names = "--force", description = "The same, and whatever else can be forced.") boolean force,
            @Mixin Output output) {
        return change(Setup.Command.REPAIR, places, new Wishes(dryRun, force, systemVolume, false, false), output);
    }

    @Command(
            name = "upgrade",
            header = "Replace the installed version by this one, or go back to it.",
            description =
                    "Started from the folder of the new version. Ids, volumes and shadow copies stay. Says how long"
                            + " volumes could not be used.",
            optionListHeading = "%nOptions:%n")
    int upgrade(
            @Mixin Places places,
            @Option(names = "--dry-run", description = DRY_RUN) boolean dryRun,
            @Option(names = "--allow-system-volume", description = SYSTEM_VOLUME) boolean systemVolume,
            @Option(names = "--force", description = FORCE) boolean force,
            @Mixin Output output) {
        return change(Setup.Command.UPGRADE, places, new Wishes(dryRun, force, systemVolume, false, false), output);
    }

    @Command(
            name = "rollback",
            hidden = true,
            header = "Undo the last installation by Windows Installer.",
            optionListHeading = "%nOptions:%n")
    int rollback(@Mixin Places places, @Mixin Output output) {
        return change(Setup.Command.ROLLBACK, places, new Wishes(false, true, true, false, true), output);
    }

    @Command(
            name = "commit",
            hidden = true,
            header = "Say that Windows Installer has ended well.",
            optionListHeading = "%nOptions:%n")
    int commit(@Mixin Places places) {
        try {
            Layout layout = places.layout(session);
            Ports ports = machines.open(session, layout);
            Setup setup = new Setup(ports, layout, new Wishes(false, true, true, false, true).choices(), true, quiet());
            setup.commit();
            return ExitCode.DONE.number();
        } catch (SetupException e) {
            return failed(e);
        }
    }

    @Command(
            name = "status",
            header = "Show what is installed and what is wrong with it.",
            description = "Exit codes: 0 all is well, 1 something is wrong, 4 nothing is installed.",
            optionListHeading = "%nOptions:%n")
    int status(@Mixin Places places, @Mixin Output output) {
        try {
            Layout layout = installed(places);
            Ports ports = machines.open(session, layout);
            Setup setup =
                    new Setup(ports, layout, new Wishes(true, true, true, false, false).choices(), false, quiet());
            Report report = setup.status();
            Optional<Run> unfinished = setup.unfinished();
            String version = setup.installedVersion();
            ReportView view = new ReportView("status", version, true, report);
            output.print(session.out(), view::json, view::table);
            unfinished.ifPresent(run -> session.err()
                    .println("gnomon: the run '" + run.header().command() + "' of " + run.startedAt()
                            + " was ended before its end; gnomon setup repair finishes it"));
            boolean nothing =
                    report.steps().stream().allMatch(each -> each.before().equals("ABSENT"));
            return (nothing
                            ? ExitCode.NOT_FOUND
                            : report.result() == Report.Result.DONE ? ExitCode.DONE : ExitCode.FAILED)
                    .number();
        } catch (SetupException e) {
            return failed(e);
        }
    }

    private int change(Setup.Command command, Places places, Wishes wishes, Output output) {
        try {
            Layout layout = installed(places);
            Ports ports = machines.open(session, layout);
            SetupLog log = output.json() ? quiet() : sentence -> session.err().println(sentence);
            Setup setup = new Setup(ports, layout, wishes.choices(), wishes.fromMsi(), log, around);
            Report report = wishes.dryRun() ? setup.preview(command) : setup.run(command);
            ReportView view = new ReportView(command.word(), wishes.choices().version(), wishes.dryRun(), report);
            output.print(session.out(), view::json, view::table);
            return code(report).number();
        } catch (SetupException e) {
            return failed(e);
        }
    }

    /** Where it is installed stands in the registry, and where the engine is asked depends on it: so twice. */
    private Layout installed(Places places) throws SetupException {
        Layout layout = places.layout(session);
        return places.installed(layout, machines.open(session, layout));
    }

    private static SetupLog quiet() {
        return sentence -> {};
    }

    private int failed(SetupException e) {
        session.err().println("gnomon: " + e.text());
        if (!e.advice().isEmpty()) {
            session.err().println("What to do: " + e.advice());
        }
        session.err().flush();
        return code(e.reason()).number();
    }

    private static ExitCode code(Report report) {
        return switch (report.result()) {
            case DONE, UNCHANGED -> ExitCode.DONE;
            case PARTLY -> ExitCode.PARTLY;
            case REFUSED, ROLLED_BACK -> code(report.failure().orElseThrow().reason());
        };
    }

    private static ExitCode code(SetupException.Reason reason) {
        return switch (reason) {
            case FAILED -> ExitCode.FAILED;
            case USAGE -> ExitCode.USAGE;
            case WRONG_STATE -> ExitCode.WRONG_STATE;
            case REFUSED -> ExitCode.REFUSED;
            case IN_USE -> ExitCode.IN_USE;
            case PERMISSION -> ExitCode.PERMISSION;
            case NOT_FOUND -> ExitCode.NOT_FOUND;
        };
    }
}
