/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import dev.gnomon.installer.plan.Finding.State;
import dev.gnomon.installer.plan.Run.Deed;
import dev.gnomon.installer.plan.StepReport.Action;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a plan. Used by one thread, for one run.
 *
 * <p>Applying goes in order, and on a failure undoes in the plan's order of removal what had been applied. Removing goes on after a
 * failure, because what is left half removed helps nobody. Each step is journalled before and after.
 */
public final class Runner {
    private final Plan plan;
    private final SetupLog log;
    private final Report report = new Report();
    /** What this run, or the killed one that it continues, has applied. */
    private final Map<String, Applied> applied = new HashMap<>();

    private Optional<SetupException> failure = Optional.empty();
    private boolean changed;
    private boolean left;

    /**
     * A step that would be undone if a later one failed.
     *
     * @param memo of how things were before
     * @param why how it would be undone
     */
    private record Applied(Memo memo, Step.Undo why) {}

    /** What becomes of earlier steps if one fails. */
    public enum OnFailure {
        /** They are undone: all or nothing. */
        ROLL_BACK,
        /** They stay: what was mended stays mended. */
        KEEP
    }

    /** Makes one. */
    public Runner(Plan plan, SetupLog log) {
        this.plan = plan;
        this.log = log;
    }

    /** Returns the report of this run. */
    public Report report() {
        return report;
    }

    /**
     * Looks at all guards of the plan, so that everything that is in the way is told at once.
     *
     * @return whether they all hold; if not, the report is complete
     */
    public boolean guards() {
        for (Guard guard : plan.guards()) {
            try {
                String found = guarded(guard);
                log.say("Checked that " + guard.describe() + ": " + found + ".");
                report.add(new StepReport(guard.name(), guard.describe(), "", found, Action.CHECKED, "", "", ""));
            } catch (SetupException e) {
                failed("Does not hold: " + guard.describe(), e);
                report.add(new StepReport(
                        guard.name(), guard.describe(), "", "", Action.CHECKED, "", e.text(), e.advice()));
            }
        }
        if (failure.isPresent()) {
            report.end(Report.Result.REFUSED, failure);
            log.say("Nothing was changed.");
        }
        return failure.isEmpty();
    }

    private static String guarded(Guard guard) throws SetupException {
        try {
            return guard.check().look();
        } catch (RuntimeException | LinkageError e) {
            throw unexpected(guard.name(), e);
        }
    }

    /** Says what applying, or removing, would do; changes nothing. */
    public Report preview(Deed deed) {
        boolean refused = !guards();
        List<Step> steps = deed == Deed.APPLY ? plan.steps() : plan.removal();
        for (Step step : steps) {
            Finding found = findQuietly(step);
            boolean nothing = deed == Deed.APPLY
                    ? found.present()
                    : found.state() == State.ABSENT || !step.kept().isEmpty();
            Action action = nothing ? Action.NOTHING : deed == Deed.APPLY ? Action.WOULD_APPLY : Action.WOULD_UNDO;
            changed |= !nothing;
            report.add(new StepReport(
                    step.name(), step.describe(), found.state().name(), found.text(), action, "", "", ""));
        }
        if (!refused) {
            report.end(changed ? Report.Result.DONE : Report.Result.UNCHANGED, Optional.empty());
        }
        return report;
    }

    /** Looks at every step; changes nothing. */
    public Report status() {
        for (Step step : plan.steps()) {
            Finding found = findQuietly(step);
            left |= !found.present();
            report.add(new StepReport(
                    step.name(), step.describe(), found.state().name(), found.text(), Action.CHECKED, "", "", ""));
        }
        report.end(left ? Report.Result.PARTLY : Report.Result.DONE, Optional.empty());
        return report;
    }

    /**
     * Takes up a run that was killed: what it was inside of is undone, so that it can be begun again.
     *
     * @param carry whether what the killed run had applied is undone too if this one fails
     */
    public void takeUp(Run killed, boolean carry, Journal journal) throws SetupException {
        log.say("The run '" + killed.header().command() + "' of " + killed.startedAt()
                + " was ended before its end; taking it up.");
        if (!killed.entries().isEmpty()) {
            Run.Entry last = killed.entries().getLast();
            Optional<Step> step = plan.step(last.step());
            if (!last.ended() && step.isPresent()) {
                undo(step.get(), last.memo(), Step.Undo.ROLLBACK, journal, "it was ended half-way");
            }
        }
        if (carry) {
            for (Run.Entry each : killed.standing()) {
                if (each.done() && plan.step(each.step()).isPresent()) {
                    applied.put(each.step(), new Applied(each.memo(), Step.Undo.LATE_ROLLBACK));
                }
            }
        }
    }

    /** Undoes what a run left standing; goes on after a failure. */
    public Report rollBack(Run run, Journal journal) throws SetupException {
        for (Run.Entry each : run.standing()) {
            applied.put(each.step(), new Applied(each.memo(), Step.Undo.LATE_ROLLBACK));
        }
        if (applied.isEmpty()) {
            log.say("That run left nothing to undo.");
        }
        undoApplied(journal);
        report.end(left ? Report.Result.PARTLY : changed ? Report.Result.DONE : Report.Result.UNCHANGED, failure);
        return report;
    }

    /** Applies the plan. */
    public Report apply(OnFailure onFailure, Journal journal) throws SetupException {
        int reached = 0;
        for (Step step : plan.steps()) {
            reached++;
            if (!applyStep(step, journal)) {
                break;
            }
        }
        for (Step step : plan.steps().subList(reached, plan.steps().size())) {
            report.add(new StepReport(step.name(), step.describe(), "", "", Action.NOT_REACHED, "", "", ""));
        }
        if (failure.isEmpty()) {
            report.end(changed ? Report.Result.DONE : Report.Result.UNCHANGED, Optional.empty());
        } else if (onFailure == OnFailure.ROLL_BACK) {
            log.say("Undoing what was done.");
            undoApplied(journal);
            report.end(left ? Report.Result.PARTLY : Report.Result.ROLLED_BACK, failure);
        } else {
            report.end(Report.Result.PARTLY, failure);
        }
        return report;
    }

    /** Removes the plan's work; goes on after a failure. */
    public Report remove(Journal journal) throws SetupException {
        for (Step step : plan.removal()) {
            Finding before = findQuietly(step);
            if (before.state() == State.ABSENT || !step.kept().isEmpty()) {
                String why = before.state() == State.ABSENT ? before.text() : step.kept();
                log.say("Nothing to undo for '" + step.name() + "': " + why + ".");
                report.add(new StepReport(
                        step.name(), step.describe(), before.state().name(), why, Action.NOTHING, "", "", ""));
                continue;
            }
            undo(step, journal.history().memo(step.name()), Step.Undo.UNINSTALL, journal, before.text());
        }
        report.end(left ? Report.Result.PARTLY : changed ? Report.Result.DONE : Report.Result.UNCHANGED, failure);
        return report;
    }

    private boolean applyStep(Step step, Journal journal) throws SetupException {
        Finding before = Finding.broken("not looked at");
        Memo memo = Memo.NONE;
        try {
            before = find(step);
            if (before.present()) {
                log.say("Nothing to do to " + step.describe() + ": " + before.text() + ".");
                report.add(done(step, before, Action.NOTHING, ""));
                return true;
            }
            memo = remember(step);
        } catch (SetupException e) {
            failed("Could not " + step.describe(), e);
            report.add(done(step, before, Action.NOTHING, "").failedWith(e));
            return false;
        }
        log.say("Going to " + step.describe() + ": " + before.text() + ".");
        journal.begin(step.name(), Deed.APPLY, memo);
        changed = true;
        try {
            Finding after = applyAndCheck(step);
            journal.end(step.name(), Deed.APPLY, "");
            applied.put(step.name(), new Applied(memo, Step.Undo.ROLLBACK));
            log.say("Done: " + after.text() + ".");
            report.add(done(step, before, Action.APPLIED, after.state().name()));
            return true;
        } catch (SetupException e) {
            journal.end(step.name(), Deed.APPLY, e.text());
            failed("Could not " + step.describe(), e);
            undo(step, memo, Step.Undo.ROLLBACK, journal, "it failed");
            report.add(
                    done(step, before, Action.APPLIED, findQuietly(step).state().name())
                            .failedWith(e));
            return false;
        }
    }

    private static StepReport done(Step step, Finding before, Action action, String after) {
        return new StepReport(
                step.name(), step.describe(), before.state().name(), before.text(), action, after, "", "");
    }

    private static Finding applyAndCheck(Step step) throws SetupException {
        try {
            step.apply();
        } catch (RuntimeException | LinkageError e) {
            throw unexpected(step.name(), e);
        }
        Finding after = find(step);
        if (!after.present()) {
            throw SetupException.failed("it was done without an error, but " + after.text());
        }
        return after;
    }

    private void undoApplied(Journal journal) throws SetupException {
        for (Step step : plan.removal()) {
            Applied done = applied.get(step.name());
            if (done != null) {
                undo(step, done.memo(), done.why(), journal, "rolled back");
            }
        }
    }

    /** Undoes one step; a failure is noted and does not end the run. */
    private void undo(Step step, Memo memo, Step.Undo why, Journal journal, String found) throws SetupException {
        log.say("Undoing '" + step.name() + "' (" + found + ").");
        journal.begin(step.name(), Deed.UNDO, memo);
        changed = true;
        String error = "";
        String advice = "";
        Finding after = Finding.broken("not looked at");
        try {
            undoAndCatch(step, memo, why);
            after = find(step);
        } catch (SetupException e) {
            error = e.text();
            advice = e.advice();
            left = true;
            failed("Could not undo '" + step.name() + "'", e);
        }
        journal.end(step.name(), Deed.UNDO, error);
        report.add(new StepReport(
                step.name(),
                step.describe(),
                "",
                found,
                Action.UNDONE,
                after.state().name(),
                error,
                advice));
    }

    private static void undoAndCatch(Step step, Memo memo, Step.Undo why) throws SetupException {
        try {
            step.undo(memo, why);
        } catch (RuntimeException | LinkageError e) {
            throw unexpected(step.name(), e);
        }
    }

    private static Memo remember(Step step) throws SetupException {
        try {
            return step.remember();
        } catch (RuntimeException | LinkageError e) {
            throw unexpected(step.name(), e);
        }
    }

    private static Finding find(Step step) throws SetupException {
        try {
            return step.check();
        } catch (RuntimeException | LinkageError e) {
            throw unexpected(step.name(), e);
        }
    }

    private static Finding findQuietly(Step step) {
        try {
            return find(step);
        } catch (SetupException e) {
            return Finding.broken("cannot be looked at: " + e.text());
        }
    }

    private void failed(String what, SetupException e) {
        log.say(what + ": " + e.text() + (e.advice().isEmpty() ? "" : ". What to do: " + e.advice()) + ".");
        if (failure.isEmpty()) {
            failure = Optional.of(e);
        }
    }

    private static SetupException unexpected(String where, Throwable e) {
        return new SetupException(where + ": unexpected: " + e, "this is a defect of Gnomon; please report it", e);
    }
}
