/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.Recording.Point;
import dev.gnomon.store.StoreChecker;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs one workload and cuts it at each of its I/Os, in many ways, each followed by the engine's own recovery. */
final class Explorer {
    private static final CrashPoint.Budget WIDE = CrashPoint.Budget.SMALL;
    private static final CrashPoint.Budget NARROW = new CrashPoint.Budget(2, 3, 3, 4);

    /** Lives of one machine: the recorded one and two that begin with a crash. */
    private static final int MAX_DEPTH = 3;

    /** Of so many states that are only read, the checker reads one. */
    private static final int CHECKED_OF = 4;

    private static final int CLIENTS_AFTER = 2;
    private static final int STEPS_AFTER = 4;

    private final Area area;
    private final long seed;
    private final Tally tally;
    private final Set<Long> images = new HashSet<>();
    private final Set<Long> judged = new HashSet<>();
    private int deeper;
    private int mostStates = Integer.MAX_VALUE;

    Explorer(Area area, long seed, Tally tally) {
        this.area = area;
        this.seed = seed;
        this.tally = tally;
    }

    /** What is done with a machine that came back. */
    private enum Plan {
        /** Read everything. */
        CHECK,
        /** Kill and recover it once more: the same must be there. */
        AGAIN,
        /** Record its recovery, let clients work, and cut that as well. */
        DEEPER
    }

    /** Explores about so many states, never more than twice as many; throws the first violation. */
    void explore(int states) {
        mostStates = 2 * states;
        tally.add(area, Tally.Kind.RUNS, 1);
        Case root = new Case(area, seed, List.of());
        List<Point> points = record(root).points();
        tally.add(area, Tally.Kind.IO_INDEXES, points.size());
        int each = Math.max(2, states / Math.max(1, points.size()));
        for (int index : shuffled(points.size(), seed)) {
            cutAt(root, points.get(index), index, each, 1, WIDE, Promise.KILL);
        }
    }

    /** Runs one case again, telling where each life is cut; throws its violation. */
    static void replay(Case again, Consumer<String> told) {
        new Explorer(again.area(), again.seed(), new Tally()).follow(again, told);
    }

    private void follow(Case path, Consumer<String> told) {
        Case at = new Case(area, seed, List.of());
        Recording recording = record(at);
        Promise promise = Promise.KILL;
        for (int depth = 1; depth <= path.steps().size(); depth++) {
            Case.Step step = path.steps().get(depth - 1);
            if (step.point() >= recording.points().size()) {
                told.accept("life " + depth + " has no point " + step.point() + " any more: the engine's I/O changed");
                return;
            }
            Point point = recording.points().get(step.point());
            Way way = way(at, point, step, depth == 1 ? WIDE : NARROW, promise);
            at = at.then(step.point(), step.way());
            told.accept("life " + depth + " ends " + (point.recovering() ? "while recovering " : "") + "at "
                    + point.event() + " with " + way.text + "; promised: " + way.promise);
            promise = way.promise;
            Recording next = live(at, point, way, depth);
            if (next == null) {
                return;
            }
            recording = next;
        }
    }

    private Recording record(Case root) {
        try {
            return Workload.record(area, seed);
        } catch (Violation broken) {
            throw explained(root, broken);
        }
    }

    private record Way(SimImage image, Promise promise, String text) {}

    private Way way(Case before, Point point, Case.Step step, CrashPoint.Budget budget, Promise inherited) {
        Promise first = point.recovering() ? inherited : Promise.KILL;
        if (step.way() == 0) {
            return new Way(point.image().killed(), first, "a kill");
        }
        List<Cuts.Cut> cuts = Cuts.of(point.image(), budget, seedOf(before.then(step.point(), 0)));
        Cuts.Cut cut = cuts.get((step.way() - 1) % cuts.size());
        return new Way(cut.image(), first.and(cut.promise()), cut.toString());
    }

    /** Cuts at one point in a few ways that the seed picks, the kill among them. */
    private void cutAt(
            Case before, Point point, int index, int ways, int depth, CrashPoint.Budget budget, Promise inherited) {
        int count =
                Cuts.of(point.image(), budget, seedOf(before.then(index, 0))).size();
        List<Integer> order = shuffled(count, seedOf(before.then(index, 1)));
        tryWay(before, point, new Case.Step(index, 0), depth, budget, inherited);
        for (int i = 0; i < Math.min(ways, count); i++) {
            tryWay(before, point, new Case.Step(index, order.get(i) + 1), depth, budget, inherited);
        }
    }

    private void tryWay(
            Case before, Point point, Case.Step step, int depth, CrashPoint.Budget budget, Promise inherited) {
        if (images.size() >= mostStates) {
            return;
        }
        Way way = way(before, point, step, budget, inherited);
        Case path = before.then(step.point(), step.way());
        long image = way.image.durableHash();
        long key = Xoshiro256.mix(image + point.at() * 31 + (step.way() == 0 ? 1 : 0));
        if (!judged.add(key ^ Xoshiro256.mix(depth == 1 ? 0 : seedOf(before)))) {
            return;
        }
        if (step.way() == 0) {
            tally.add(area, Tally.Kind.KILLS, 1);
        } else if (images.add(image)) {
            tally.add(area, Tally.Kind.STATES, 1);
            tally.add(area, Tally.Kind.NEIGHBOURS, way.promise.neighbours() ? 1 : 0);
            if (depth > 1) {
                deeper++;
                tally.add(area, Tally.Kind.DEEPER, 1);
            }
        }
        Recording next = live(path, point, way, depth);
        if (next != null && (area == Area.RECOVERY || depth > 1 || deeper <= images.size() / 3)) {
            cutLater(path, next.points(), depth, way.promise);
        }
    }

    private void cutLater(Case path, List<Point> points, int depth, Promise promise) {
        int cuts = area == Area.RECOVERY ? 16 : 8;
        for (int index : shuffled(points.size(), seedOf(path))) {
            if (cuts-- > 0) {
                cutAt(path, points.get(index), index, 2, depth + 1, NARROW, promise);
            }
        }
    }

    /** Recovers, checks, and does what the plan says; returns what there is to cut next, or null. */
    private @Nullable Recording live(Case path, Point from, Way way, int depth) {
        try {
            return live(from, way, depth, plan(path, depth), seedOf(path));
        } catch (Violation broken) {
            throw explained(path, broken);
        } catch (RuntimeException | AssertionError broken) {
            throw explained(path, new Violation("O8: " + broken), broken);
        }
    }

    private @Nullable Recording live(Point from, Way way, int depth, Plan plan, long lifeSeed) {
        SimWorld world = new SimWorld(lifeSeed, way.image);
        Recording recording = new Recording(world.storage(), from.history(), true);
        if (plan == Plan.DEEPER) {
            recording.fixClock(from.at());
            world.storage().listen(recording);
        }
        List<Observed> found = new ArrayList<>();
        world.run(() -> {
            Session session = Workload.open(world, from.history(), area);
            found.add(Observed.of(session.engine(), from.history()));
            new Oracle(from.history(), from.at(), way.promise).judge(found.getFirst());
            if (area == Area.SCRUB && plan == Plan.CHECK) {
                session.awaitScrub(from.at());
            }
            if (area.hasReverts() && plan == Plan.CHECK && !way.promise.told() && !way.promise.damaged()) {
                session.awaitReverts();
                String difference = found.getFirst().difference(Observed.of(session.engine(), from.history()));
                if (difference != null) {
                    throw new Violation("O5: the end of a revert changes what is read: " + difference);
                }
            }
            if (plan == Plan.DEEPER) {
                History after = from.history().restart(depth, found.getFirst());
                recording.recovered(after);
                Session next = session.with(after);
                next.tolerance = area == Area.FULL ? Session.Tolerance.NO_SPACE : Session.Tolerance.NOTHING;
                new Clients(next, area, lifeSeed).run(CLIENTS_AFTER, STEPS_AFTER);
                new Oracle(after, after.now(), Promise.KILL).judge(Observed.of(session.engine(), after));
            }
            world.scheduler().halt();
        });
        if (plan == Plan.CHECK && lifeSeed % CHECKED_OF == 0 && !way.promise.damaged()) {
            requireHealthy(way.image, lifeSeed);
        }
        if (plan == Plan.AGAIN) {
            recoverAgain(from, world, lifeSeed + 1, found.getFirst());
        }
        return plan == Plan.DEEPER ? recording : null;
    }

    /** A store that was only cut off is not called damaged by the checker. */
    private void requireHealthy(SimImage image, long lifeSeed) {
        SimWorld world = new SimWorld(lifeSeed, image);
        world.run(() -> {
            try {
                if (!world.storage().exists(Session.STORE.resolve("superblock"))) {
                    return;
                }
                List<StoreChecker.Finding> findings = new StoreChecker(
                                world.storage(), world.clock(), world.scheduler(), Session.STORE)
                        .check()
                        .findings();
                if (!findings.isEmpty()) {
                    throw new Violation("O4: the checker finds damage where there is none: " + findings);
                }
                tally.add(area, Tally.Kind.CHECKED, 1);
            } catch (IOException | StoreException e) {
                throw new Violation("O4: the checker cannot read a healthy store: " + e.getMessage());
            }
        });
    }

    private void recoverAgain(Point from, SimWorld first, long lifeSeed, Observed found) {
        SimWorld world = new SimWorld(lifeSeed, first.storage().image().killed());
        world.run(() -> {
            Session session = Workload.open(world, from.history(), area);
            String difference = found.difference(Observed.of(session.engine(), from.history()));
            if (difference != null) {
                throw new Violation("O5: a second recovery finds something else: " + difference);
            }
            world.scheduler().halt();
        });
    }

    private Plan plan(Case path, int depth) {
        int dice = new Xoshiro256(seedOf(path) + 7).nextInt(100);
        boolean killed = path.steps().getLast().way() == 0;
        int deeper = depth >= MAX_DEPTH ? 0 : killed ? 30 : area == Area.RECOVERY ? 40 : 6;
        if (depth > 1) {
            deeper /= 5;
        }
        return dice < deeper ? Plan.DEEPER : dice > 92 ? Plan.AGAIN : Plan.CHECK;
    }

    private static long seedOf(Case path) {
        long hash = Xoshiro256.mix(path.seed() + path.area().title.hashCode());
        for (Case.Step step : path.steps()) {
            hash = Xoshiro256.mix(hash * 31 + step.point() * 1_000_003L + step.way());
        }
        return hash;
    }

    private static List<Integer> shuffled(int count, long seed) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(i);
        }
        Xoshiro256 random = new Xoshiro256(seed);
        for (int i = count - 1; i > 0; i--) {
            Collections.swap(all, i, random.nextInt(i + 1));
        }
        return all;
    }

    private static Violation explained(Case path, Violation broken) {
        return explained(path, broken, broken);
    }

    private static Violation explained(Case path, Violation broken, Throwable cause) {
        Violation explained = new Violation(broken.getMessage() + "\n  replay: " + Case.command(path));
        explained.initCause(cause);
        return explained;
    }
}
