/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.FaultTally.Ending;
import dev.gnomon.simulation.FaultTally.Outcome;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs one workload with one fault, and ends it in several ways, each followed by the engine's own recovery. */
final class FaultExplorer {
    private static final CrashPoint.Budget BUDGET = new CrashPoint.Budget(2, 3, 3, 4);

    private final FaultTally tally;
    private final Consumer<String> told;

    /** Counts into a tally and tells what is done. */
    FaultExplorer(FaultTally tally, Consumer<String> told) {
        this.tally = tally;
        this.told = told;
    }

    /** Lets it happen; returns false if the workload has no such call. Throws the first violation. */
    boolean explore(FaultCase whole, int endings) {
        FaultRun run = run(whole);
        if (!run.isHit()) {
            return false;
        }
        tally.add(whole, Ending.WENT_ON, run.outcome());
        Xoshiro256 random = new Xoshiro256(whole.dice() + 1);
        int last = run.points().size() - 1;
        end(run, whole.endedAt(last, 0));
        end(run, whole.endedAt(last, 1 + random.nextInt(1000)));
        for (int i = 0; i < endings; i++) {
            int point = random.nextInt(last + 1);
            end(run, whole.endedAt(point, random.percent(35) ? 0 : 1 + random.nextInt(1000)));
        }
        return true;
    }

    /** Runs one case again; throws its violation. */
    void replay(FaultCase of) {
        FaultRun run = run(new FaultCase(of.area(), of.seed(), of.fault(), of.target(), of.nth()));
        told.accept("the fault, " + of.fault().title + ", happened at " + run.hit() + "; the run that went on: "
                + run.outcome());
        if (of.point() >= run.points().size()) {
            told.accept("there is no point " + of.point() + " any more: the engine's I/O changed");
        } else if (of.point() >= 0) {
            end(run, of);
        }
    }

    private static FaultRun run(FaultCase whole) {
        try {
            return FaultRun.of(whole);
        } catch (RuntimeException | AssertionError broken) {
            throw explained(whole, broken);
        }
    }

    private void end(FaultRun run, FaultCase of) {
        try {
            reopen(run, of, run.points().get(of.point()));
        } catch (RuntimeException | AssertionError broken) {
            throw explained(of, broken);
        }
    }

    private void reopen(FaultRun run, FaultCase of, FaultRun.Point point) {
        boolean killed = of.way() == 0;
        Promise promise = of.fault().promise(of.target(), killed, point.quiet());
        SimImage image = point.image().killed();
        if (!killed) {
            List<Cuts.Cut> cuts = Cuts.of(point.image(), BUDGET, of.dice() + of.point());
            Cuts.Cut cut = cuts.get((of.way() - 1) % cuts.size());
            promise = promise.and(cut.promise());
            image = cut.image();
            told.accept("ended by " + cut);
        }
        told.accept("promised: " + promise);
        SimWorld world = new SimWorld(of.dice(), image);
        Promise owed = promise;
        Outcome[] outcome = new Outcome[1];
        world.run(() -> {
            outcome[0] = judge(run, of, point, owed, world);
            world.scheduler().halt();
        });
        told.accept("found: " + outcome[0]);
        tally.add(of, killed ? Ending.KILLED : Ending.CUT, outcome[0]);
    }

    private static Outcome judge(FaultRun run, FaultCase of, FaultRun.Point point, Promise promise, SimWorld world) {
        Session session = open(world, run.history(), of);
        if (session == null) {
            return Outcome.CLOSED;
        }
        Observed found = Observed.of(session.engine(), run.history());
        Outcome outcome = Afterwards.judge(found, run.history(), point.at(), promise, run.excuse(of.way() != 0));
        if (outcome == Outcome.UNTOLD && of.way() == 0) {
            throw new Violation("O6: records that the page cache still has are missing, and nobody says so");
        }
        if (of.fault().failsForce() && !promise.gaps()) {
            requireRemembered(point, found);
        }
        History after = run.history().restart(1, found);
        Session next = session.with(after);
        next.tolerance = Session.Tolerance.ANY;
        next.clearFailures();
        Promise later = promise.withTold();
        if (!Afterwards.worksOn(next, later)) {
            Afterwards.requireReason(next, later);
        }
        new Oracle(after, after.now(), Promise.KILL.withTold().and(later.withoutGaps()))
                .judge(Observed.of(next.engine(), after));
        return outcome;
    }

    /** Opens once more if the first time is told an old error; null if damage keeps it closed, which it may. */
    private static @Nullable Session open(SimWorld world, History history, FaultCase of) {
        FaultRun.Refusal refusal = new FaultRun.Refusal();
        Session session = Session.open(world, history, of.area(), refusal);
        if (session == null && of.fault() == DeviceFault.FORCE_LATE) {
            session = Session.open(world, history, of.area(), refusal);
        }
        boolean damaged = of.target() == DeviceFault.Target.STORE
                && (of.fault().rots() || of.fault().lies());
        if (session == null && !damaged) {
            throw new Violation("O8: the store does not open: " + refusal);
        }
        return session;
    }

    private static void requireRemembered(FaultRun.Point point, Observed found) {
        for (String name : point.refusing()) {
            Observed.OfVolume volume = found.volumes().get(name);
            if (volume != null && volume.state() == VolumeInfo.State.ONLINE) {
                throw new Violation("O7: volume " + name + " takes writes again, though a flush of it was refused");
            }
        }
    }

    private static Violation explained(FaultCase of, Throwable broken) {
        Violation explained = new Violation(broken.getMessage() + "\n  replay: " + Case.command(of));
        explained.initCause(broken);
        return explained;
    }
}
