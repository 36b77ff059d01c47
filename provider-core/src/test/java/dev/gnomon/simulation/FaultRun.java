/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.History.Volume;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.IoListener;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The life of one machine whose device misbehaves while clients work. The states in which it could end are kept from the
 * fault on; the run itself goes on until the faults have stopped, and is judged.
 */
final class FaultRun implements IoListener {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int CLIENTS = 3;
    private static final int STEPS = 7;

    /** Longer than the engine waits before it tries again what an origin or the diff area refused. */
    private static final long RETRY_NANOS = 3_000_000_000L;

    private final FaultCase of;
    private SimWorld world;
    private final History history = new History(0);
    private final Trigger trigger;
    private final List<Point> points = new ArrayList<>();
    private final List<Session> opened = new ArrayList<>();
    private long calls;
    private boolean killed;
    private boolean over;
    private final Trace trace = new Trace();
    private FaultTally.Outcome outcome = FaultTally.Outcome.UNHARMED;

    /**
     * A state to end in.
     *
     * @param at the history's clock
     * @param refusing volumes that then refused writes because of a failure
     * @param quiet whether the workload was over, and the log idle or closed
     */
    record Point(SimImage image, long at, Set<String> refusing, boolean quiet) {}

    private FaultRun(FaultCase of) {
        this.of = of;
        world = new SimWorld(of.seed());
        trigger = new Trigger(of.fault(), of.target(), of.nth(), of.dice(), history::now);
    }

    /** Runs; throws the first violation. */
    static FaultRun of(FaultCase of) {
        FaultRun run = new FaultRun(of);
        run.live();
        return run;
    }

    /** Runs a workload in which the fault does not happen; returns how many calls, or sectors at rest, it could meet. */
    static long calls(Area area, long seed, DeviceFault fault, DeviceFault.Target target) {
        return of(new FaultCase(area, seed, fault, target, Long.MAX_VALUE)).calls;
    }

    /** Returns whether the fault happened. */
    boolean isHit() {
        return trigger.hit() != null;
    }

    /** Returns the states since the fault, the last of which is the end of the workload. */
    List<Point> points() {
        return points;
    }

    History history() {
        return history;
    }

    /** Returns what became of the run that went on. */
    FaultTally.Outcome outcome() {
        return outcome;
    }

    /** Returns a number that two runs share if they did the same I/Os on the same tasks in the same order. */
    long trace() {
        return Xoshiro256.mix(trace.value() ^ world.scheduler().signature())
                + world.storage().image().durableHash();
    }

    String hit() {
        return String.valueOf(trigger.hit());
    }

    /** Returns what may be damaged after the fault, and a power cut if there was one. */
    Excuse excuse(boolean powerCut) {
        boolean whole = (of.fault() == DeviceFault.LIE || of.fault() == DeviceFault.LIES) && !powerCut;
        return of.target() != DeviceFault.Target.ORIGINS
                ? Excuse.NONE
                : new Excuse() {
                    @Override
                    public boolean volume(Volume volume, int sector) {
                        return !whole && trigger.mayDamage(volume, sector);
                    }

                    @Override
                    public boolean origin(Volume volume) {
                        return trigger.mayChange(volume);
                    }

                    @Override
                    public long since() {
                        return trigger.hitAt();
                    }
                };
    }

    @Override
    public void onIo(IoEvent event) {
        trace.add(event);
        if (over) {
            return;
        }
        if (event.phase() == IoEvent.Phase.BEFORE) {
            calls += of.fault().fits(event, of.target()) ? 1 : 0;
        }
        if (isHit() && event.kind().changesState()) {
            points.add(new Point(world.storage().image(), history.now(), refusing(), false));
        }
    }

    /** Volumes whose clients were told: what they were told must not be forgotten. */
    private Set<String> refusing() {
        Set<String> names = new TreeSet<>();
        for (Volume volume : history.volumes) {
            if (volume.refusing != History.NEVER) {
                names.add(volume.name);
            }
        }
        return names;
    }

    // ---- the life

    private void live() {
        Xoshiro256 random = new Xoshiro256(of.seed());
        world.run(() -> {
            begin();
            Session session = open();
            if (session != null) {
                for (String name : NAMES.subList(0, of.area().volumes)) {
                    session.createVolume(name);
                }
                work(session, random, STEPS);
                int restart = random.nextInt(3);
                if (restart == 0) {
                    session.close();
                    session = reopened();
                }
                killed = restart == 1 && !mayLackTail();
                if (!killed && session != null) {
                    finish(session, random);
                }
            }
            world.scheduler().halt();
        });
        if (killed) {
            world.storage().listen(null);
            world = new SimWorld(of.seed() + 1, world.storage().image().killed());
            world.run(() -> {
                begin();
                Session session = reopened();
                if (session != null) {
                    finish(session, random);
                }
                world.scheduler().halt();
            });
        }
    }

    /** Returns whether a kill would leave the last batch in doubt, so that no run could be judged that goes on after it. */
    private boolean mayLackTail() {
        return of.fault().promise(of.target(), true, false).gaps();
    }

    private void begin() {
        if (!killed) {
            Session.prepare(world);
        }
        world.storage().listen(this);
        trigger.arm(world.storage());
    }

    private void work(Session session, Xoshiro256 random, int steps) {
        new Clients(session, of.area(), random.nextLong()).run(CLIENTS, steps);
    }

    private void finish(Session session, Xoshiro256 random) {
        work(session, random, STEPS / 3);
        // Idle for long enough that even a stalled call is over and the last batch has its claim.
        world.scheduler().sleep(Workload.IDLE_NANOS + 61_000_000_000L);
        boolean closed = random.percent(50);
        if (closed) {
            session.close();
        }
        rot();
        over = true;
        points.add(new Point(world.storage().image(), history.now(), refusing(), true));
        trigger.clear(world.storage());
        world.scheduler().sleep(RETRY_NANOS);
        Session after = closed ? reopened() : session;
        if (after != null) {
            goOn(after);
        }
    }

    /** Opens the store; null if damage keeps it closed, which it may. */
    private @Nullable Session open() {
        Refusal refused = new Refusal();
        Session session = Session.open(world, history, of.area(), refused);
        for (int again = 0; again < 2 && session == null; again++) {
            // It said why. The service is started again once the device behaves; a late error may be told even then.
            outcome = outcome.or(FaultTally.Outcome.REFUSED);
            trigger.clear(world.storage());
            session = Session.open(world, history, of.area(), refused);
        }
        if (session == null) {
            if (!of.fault().promise(of.target(), true, true).damaged()) {
                throw new Violation("O8: the store does not open though the faults have stopped: " + refused);
            }
            outcome = FaultTally.Outcome.CLOSED;
            points.add(new Point(world.storage().image(), history.now(), refusing(), false));
            return null;
        }
        session.tolerance = Session.Tolerance.ANY;
        session.excuse = excuse(false);
        session.damaged = of.fault().promise(of.target(), true, true).damaged();
        if (of.fault().failsForce()) {
            session.forgotten = trigger::hasHit; // what was not flushed may be gone, and only clients knew it
            session.lied = of.fault().lies();
        }
        opened.add(session);
        return session;
    }

    private @Nullable Session reopened() {
        Session session = open();
        if (session == null) {
            return null;
        }
        for (Volume volume : history.volumes) {
            if (volume.refusing != History.NEVER && session.state(volume) == VolumeInfo.State.ONLINE) {
                if (of.fault().failsForce()) {
                    throw new Violation("O7: volume " + volume.name + " forgot by a restart that a force had failed");
                }
                volume.refusing = History.NEVER;
            }
        }
        return session;
    }

    private void rot() {
        List<SimImage.Data> sectors = of.fault() == DeviceFault.ROT
                ? world.storage()
                        .image()
                        .data(of.target() == DeviceFault.Target.STORE ? Session.STORE : Session.ORIGINS)
                : List.of();
        if (of.nth() < sectors.size()) {
            SimImage.Data hit = sectors.get((int) of.nth());
            long offset = hit.number() * Ground.SECTOR_BYTES;
            long bit = Math.floorMod(of.dice(), (long) Ground.SECTOR_BYTES * Byte.SIZE);
            world.storage().flipBit(hit.path(), offset * Byte.SIZE + bit);
            trigger.hitAtRest(new IoEvent(
                    -1, IoEvent.Phase.BEFORE, IoKind.WRITE, hit.path(), offset, Ground.SECTOR_BYTES, "at rest"));
        }
        calls += sectors.size();
    }

    /** Judges the run once the faults have stopped, and lets clients work on. */
    private void goOn(Session session) {
        Promise promise = of.fault().promise(of.target(), true, true);
        observe(session, promise);
        if (Afterwards.worksOn(session, promise)) {
            observe(session, promise.withTold());
            return;
        }
        session.close();
        Session again = reopened();
        if (again == null) {
            return;
        }
        Observed found = observe(again, promise);
        History after = history.restart(1, found);
        Session next = again.with(after);
        next.tolerance = Session.Tolerance.ANY;
        next.clearFailures();
        if (!Afterwards.worksOn(next, promise)) {
            Afterwards.requireReason(next, promise);
        }
        new Oracle(after, after.now(), Promise.KILL.withTold().and(promise)).judge(Observed.of(next.engine(), after));
    }

    private Observed observe(Session session, Promise promise) {
        Observed found = Observed.of(session.engine(), history);
        outcome = outcome.or(Afterwards.judge(found, history, history.now(), promise, excuse(false)));
        if (opened.stream().anyMatch(each -> each.errors > 0)) {
            outcome = outcome.or(FaultTally.Outcome.ERRORS);
        }
        return found;
    }

    /** Why a store did not open. */
    static final class Refusal {
        private String reason = "";

        void because(@Nullable String why) {
            reason = String.valueOf(why);
        }

        @Override
        public String toString() {
            return reason;
        }
    }
}
