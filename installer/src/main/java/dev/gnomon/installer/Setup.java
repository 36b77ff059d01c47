/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.plan.History;
import dev.gnomon.installer.plan.Journal;
import dev.gnomon.installer.plan.Plan;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.Run;
import dev.gnomon.installer.plan.Runner;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupLog;
import dev.gnomon.installer.port.Folders;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.step.Choices;
import dev.gnomon.installer.step.Interruption;
import dev.gnomon.installer.step.Layout;
import dev.gnomon.installer.step.Plans;
import dev.gnomon.installer.step.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What {@code gnomon setup} does: chooses the plan, takes up what a killed run left, runs the plan under the journal. Used by one
 * thread, for one run.
 */
public final class Setup {
    /** The commands that change the machine, as the journal names them. */
    public enum Command {
        /** All or nothing. */
        INSTALL,
        /** Goes on after a failure. */
        UNINSTALL,
        /** Mends what is wrong, and keeps what is mended. */
        REPAIR,
        /** All, or back to the old version. */
        UPGRADE,
        /** Undoes the last installation by Windows Installer. */
        ROLLBACK,
        /** Takes away what is registered and leaves the rest, for the self-test; {@link #REPAIR} registers again. */
        UNREGISTER;

        /** Whether it undoes the steps of its plan. */
        boolean removes() {
            return this == UNINSTALL || this == ROLLBACK || this == UNREGISTER;
        }

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * Windows Installer rolls back within the installation that failed. An older run is another installation's: Wine runs rollback
     * actions also at the beginning of a good one.
     */
    private static final Duration ROLLBACK_WITHIN = Duration.ofHours(1);

    private final Ports ports;
    private final Layout layout;
    private final Choices choices;
    private final boolean fromMsi;
    private final SetupLog console;
    private final UnaryOperator<Plan> around;

    /** Makes one. */
    public Setup(Ports ports, Layout layout, Choices choices, boolean fromMsi, SetupLog console) {
        this(ports, layout, choices, fromMsi, console, UnaryOperator.identity());
    }

    /**
     * Makes one whose plans are changed before they run.
     *
     * @param around how; tests put failures into steps with it
     */
    Setup(Ports ports, Layout layout, Choices choices, boolean fromMsi, SetupLog console, UnaryOperator<Plan> around) {
        this.ports = ports;
        this.layout = layout;
        this.choices = choices;
        this.fromMsi = fromMsi;
        this.console = console;
        this.around = around;
    }

    /** Says what a command would do; changes nothing. */
    public Report preview(Command command) throws SetupException {
        Plan plan = plan(command, new Interruption(ports.machine()), console);
        Report report = new Runner(plan, console).preview(command.removes() ? Run.Deed.UNDO : Run.Deed.APPLY);
        Optional<Run> unfinished = history().unfinished();
        unfinished.ifPresent(run -> console.say(
                "The run '" + run.header().command() + "' of " + run.startedAt() + " was ended before its end."));
        return report;
    }

    /** Says what is there; changes nothing. */
    public Report status() throws SetupException {
        Plan plan = plan(Command.REPAIR, new Interruption(ports.machine()), console);
        return new Runner(plan, sentence -> {}).status();
    }

    /** Returns the run that was killed and not taken up yet. */
    public Optional<Run> unfinished() throws SetupException {
        return history().unfinished();
    }

    /** Returns the version that is installed, empty if none is. */
    public String installedVersion() throws SetupException {
        return ports.registry().text(Settings.KEY, Settings.VERSION);
    }

    private History history() throws SetupException {
        return Journal.read(ports.storage(), layout.journal());
    }

    /** Runs a command. */
    public Report run(Command command) throws SetupException {
        Tee log = new Tee(console);
        try {
            Report report = run(command, log);
            if (report.result() == Report.Result.REFUSED) {
                leaveWord(log);
            }
            return report;
        } catch (SetupException e) {
            log.hold();
            log.note("Ended by a failure: " + e.text() + (e.advice().isEmpty() ? "" : ". What to do: " + e.advice())
                    + ".");
            leaveWord(log);
            throw e;
        }
    }

    private Report run(Command command, Tee log) throws SetupException {
        Optional<Run> target = command == Command.ROLLBACK ? rollbackTarget() : Optional.empty();
        if (command == Command.ROLLBACK && target.isEmpty()) {
            console.say("There is nothing to roll back.");
            return new Report();
        }
        Report back = takeUpUpgrade(log);
        if (back.failure().isPresent()) {
            return back;
        }
        Interruption interruption = new Interruption(ports.machine());
        Runner runner = new Runner(plan(command, interruption, log), log);
        // Before the first directory is made: a refusal leaves no trace.
        if (!runner.guards()) {
            return runner.report();
        }
        List<String> created = prepareState();
        Report report;
        boolean clean;
        try (Journal journal = Journal.open(ports.storage(), layout.journal(), ports.clock());
                FileLog file = FileLog.open(ports.storage(), layout.log(), ports.clock())) {
            log.alsoTo(file);
            journal.begin(header(command, created));
            takeUp(command, journal, runner);
            report = run(command, target, runner, journal);
            report.interrupted(interruption.lastedMs());
            journal.end(report.result());
            log.say("Result: " + report.result() + ".");
            clean = leavesNothing(command, report);
            log.hold();
        }
        if (clean) {
            // Whoever installs without a window has nothing else that says why it failed.
            eraseState(command != Command.UNINSTALL);
        } else if (command != Command.UNINSTALL && report.failure().isEmpty()) {
            removePrevious();
        }
        return report;
    }

    /**
     * Writes down why nothing was done: Windows Installer starts setup where nobody sees what it prints. In the log, or in a file of its
     * own where nothing of Gnomon is, or what is there may be somebody else's.
     */
    private void leaveWord(Tee log) {
        if (!fromMsi) {
            return;
        }
        try {
            if (isOurs(layout.setup())) {
                try (FileLog file = FileLog.open(ports.storage(), layout.log(), ports.clock())) {
                    log.alsoTo(file);
                }
                return;
            }
        } catch (SetupException e) {
            log.note("The log cannot be written: " + e.text() + ".");
        }
        String text = String.join(System.lineSeparator(), log.held()) + System.lineSeparator();
        Optional<Path> _ = ports.folders().keep(text.getBytes(StandardCharsets.UTF_8));
    }

    private boolean isOurs(Path directory) throws SetupException {
        Folders folders = ports.folders();
        return !installedVersion().isEmpty()
                && folders.isDirectory(layout.state())
                && folders.intruders(layout.state(), Folders.Access.PRIVATE).isEmpty()
                && folders.isDirectory(directory);
    }

    private static Report run(Command command, Optional<Run> target, Runner runner, Journal journal)
            throws SetupException {
        return switch (command) {
            case INSTALL, UPGRADE -> runner.apply(Runner.OnFailure.ROLL_BACK, journal);
            case REPAIR -> runner.apply(Runner.OnFailure.KEEP, journal);
            case UNINSTALL, UNREGISTER -> runner.remove(journal);
            case ROLLBACK ->
                // An uninstall is taken back by installing again; what it kept is there still.
                target.orElseThrow().header().command().equals(Command.UNINSTALL.word())
                        ? runner.apply(Runner.OnFailure.KEEP, journal)
                        : runner.rollBack(target.orElseThrow(), journal);
        };
    }

    private Run.Header header(Command command, List<String> created) {
        return new Run.Header(
                command.word(), choices.version(), layout.program().toString(), fromMsi, created);
    }

    private Plan plan(Command command, Interruption interruption, SetupLog log) throws SetupException {
        Plans plans = new Plans(layout, ports, choices, interruption, history(), log);
        return around.apply(
                switch (command) {
                    case INSTALL -> plans.install();
                    case REPAIR -> plans.repair();
                    case UPGRADE -> plans.upgrade();
                    case UNINSTALL -> plans.uninstall();
                    case ROLLBACK -> plans.rollback();
                    case UNREGISTER -> plans.registration();
                });
    }

    /**
     * Half an upgrade is nobody's version: it goes back to the old one first, as a run of its own, before anything else is looked at.
     *
     * @return how that went; unchanged if there was nothing to do
     */
    private Report takeUpUpgrade(Tee log) throws SetupException {
        Optional<Run> killed = history().unfinished().filter(Setup::isUpgrade);
        if (killed.isEmpty()) {
            return new Report();
        }
        log.say("An upgrade was ended before its end: going back to the version before it.");
        Plans plans = new Plans(layout, ports, choices, new Interruption(ports.machine()), history(), log);
        Runner runner = new Runner(around.apply(plans.goBack()), log);
        if (!runner.guards()) {
            return runner.report();
        }
        prepareState();
        try (Journal journal = Journal.open(ports.storage(), layout.journal(), ports.clock());
                FileLog file = FileLog.open(ports.storage(), layout.log(), ports.clock())) {
            log.alsoTo(file);
            journal.begin(header(Command.ROLLBACK, List.of()));
            Report report = runner.rollBack(killed.get(), journal);
            journal.end(report.result());
            log.hold();
            return report;
        }
    }

    private static boolean isUpgrade(Run run) {
        return run.header().command().equals(Command.UPGRADE.word());
    }

    private void takeUp(Command command, Journal journal, Runner runner) throws SetupException {
        Optional<Run> killed = journal.history().unfinished();
        if (killed.isPresent()) {
            boolean carry = command == Command.INSTALL
                    && killed.get().header().command().equals(Command.INSTALL.word());
            runner.takeUp(killed.get(), carry, journal);
        }
    }

    /**
     * Returns the run that Windows Installer wants back: the last one of this version that it started and has not committed. Runs
     * of another version that were rolled back do not count: in an upgrade that failed, the old version's uninstall is before them.
     */
    private Optional<Run> rollbackTarget() throws SetupException {
        for (Run run : history().runs().reversed()) {
            boolean own = run.header().version().equals(choices.version());
            boolean undone = run.result().equals(Optional.of(Report.Result.ROLLED_BACK.name()));
            if (run.header().command().equals(Command.ROLLBACK.word())) {
                if (own) {
                    return Optional.empty();
                }
            } else if (!undone) {
                return own && isRecentFromMsi(run) ? Optional.of(run) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private boolean isRecentFromMsi(Run run) {
        return run.header().fromMsi()
                && !run.committed()
                && Duration.between(run.startedAt(), ports.clock().now()).compareTo(ROLLBACK_WITHIN) < 0;
    }

    /** Writes down that Windows Installer has ended well, so that nothing rolls the last run back. */
    public void commit() throws SetupException {
        if (history().last().isEmpty()) {
            return;
        }
        try (Journal journal = Journal.open(ports.storage(), layout.journal(), ports.clock())) {
            journal.commit();
        }
    }

    /**
     * Makes the folder of the journal.
     *
     * @return what had to be made
     * @throws SetupException if somebody else may have put something there
     */
    private List<String> prepareState() throws SetupException {
        Folders folders = ports.folders();
        if (folders.exists(layout.state())) {
            requireOurs(folders);
        }
        List<Path> created = folders.create(layout.setup(), Folders.Access.PRIVATE);
        if (!folders.isDirectory(layout.setup())) {
            throw SetupException.failed(layout.setup() + " is no directory");
        }
        return created.stream().map(Path::toString).toList();
    }

    /** Everybody may make folders where Windows keeps the data of programs. What was planted there is not taken over. */
    private void requireOurs(Folders folders) throws SetupException {
        List<String> intruders = folders.isDirectory(layout.state())
                ? folders.intruders(layout.state(), Folders.Access.PRIVATE)
                : List.of("whoever made the link");
        if (intruders.isEmpty()) {
            return;
        }
        boolean empty = folders.isDirectory(layout.state())
                && folders.files(layout.state()).isEmpty();
        boolean known = !installedVersion().isEmpty() || folders.exists(layout.journal());
        if (!empty && !known) {
            throw new SetupException(
                    SetupException.Reason.REFUSED,
                    layout.state() + " exists, and its access list lets in " + String.join(", ", intruders),
                    "move it away, or close it to all but SYSTEM and administrators if what is in it is yours (icacls)");
        }
        folders.protect(layout.state(), Folders.Access.PRIVATE);
    }

    /** Whether the journal goes too: nothing is left that it could tell of. */
    private boolean leavesNothing(Command command, Report report) throws SetupException {
        boolean gone = switch (command) {
            case INSTALL -> report.result() == Report.Result.ROLLED_BACK && wasMadeHere();
            case ROLLBACK ->
                (report.result() == Report.Result.DONE || report.result() == Report.Result.UNCHANGED) && wasMadeHere();
            case UNINSTALL ->
                choices.removeData()
                        && (report.result() == Report.Result.DONE || report.result() == Report.Result.UNCHANGED);
            case REPAIR, UPGRADE, UNREGISTER -> false;
        };
        return gone;
    }

    /** Whether the state folder exists only because of setup, and holds nothing but its files. */
    private boolean wasMadeHere() throws SetupException {
        boolean made = history().created().contains(layout.setup().toString());
        return made && ports.folders().files(layout.state()).stream().allMatch(each -> each.startsWith(layout.setup()));
    }

    private void eraseState(boolean keepLog) throws SetupException {
        List<String> created = history().created();
        Folders folders = ports.folders();
        if (keepLog) {
            folders.read(layout.log())
                    .flatMap(folders::keep)
                    .ifPresent(copy -> console.say("The log of this run is kept in " + copy + "."));
        }
        // The journal last: until it is gone, the next run knows what is still to be done.
        folders.delete(layout.log());
        folders.delete(layout.journal());
        folders.deleteEmptyDirectories(layout.state());
        for (String each : created.reversed()) {
            folders.deleteEmptyDirectories(Path.of(each));
        }
    }

    /** The old files are of no further use; what is still loaded goes when Windows starts the next time. */
    private void removePrevious() {
        try {
            ports.folders().deleteTree(layout.previous());
        } catch (SetupException e) {
            console.say("Files of the old version are left: " + e.text() + ".");
        }
    }
}
