/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.snapshot.WhenFull;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The life of one machine before its crash: volumes are created and clients work, perhaps with a restart between. */
final class Workload {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int CLIENTS = 3;
    private static final int STEPS = 9;

    /** Longer than the log waits before it claims its last batch. */
    static final long IDLE_NANOS = 1_500_000_000L;

    private Workload() {}

    /** Runs and records; throws a violation if something is wrong already. */
    static Recording record(Area area, long seed) {
        SimWorld world = new SimWorld(seed);
        History history = new History(0);
        Recording recording = new Recording(world.storage(), history, false);
        world.run(() -> {
            Session.prepare(world);
            world.storage().listen(recording);
            live(world, history, area, seed, null);
            world.scheduler().halt();
        });
        return recording;
    }

    /** Lives; {@code before} may change the world once the volumes are there. */
    static void live(SimWorld world, History history, Area area, long seed, @Nullable Runnable before) {
        Xoshiro256 random = new Xoshiro256(seed);
        Session session = open(world, history, area, policy(area));
        for (String name : NAMES.subList(0, area.volumes)) {
            session.createVolume(name);
        }
        if (area == Area.RESIZE && random.percent(30)) {
            session.writeThrough(history.volumes.getFirst());
        }
        if (area == Area.FULL) {
            if (random.percent(40)) {
                session.limitShares();
            } else if (random.percent(50)) {
                session.limitToTheLeast();
            } else {
                FaultRule _ = world.storage().inject(noSpace(3, Integer.MAX_VALUE));
            }
            session.tolerance = Session.Tolerance.NO_SPACE; // while the copy that is to be dropped is being made
        }
        FaultRule full = null;
        if (area == Area.SEGMENT_CHANGE && random.percent(50)) {
            full = world.storage().inject(noSpace(random.nextInt(2), 1 + random.nextInt(3)));
            session.tolerance = Session.Tolerance.NO_SPACE;
        }
        if (before != null) {
            before.run();
            session.tolerance = Session.Tolerance.ANY;
        }
        new Clients(session, area, random.nextLong()).run(CLIENTS, area == Area.FULL ? 2 * STEPS : STEPS);
        if (full != null) {
            world.storage().clear(full);
            session.tolerance = Session.Tolerance.NOTHING;
            for (History.Volume volume : history.volumes) {
                session.write(volume, 0, Ground.end(0), false, false); // O8: there is space again
            }
        }
        if (random.percent(40)) {
            session.close();
            Session again = open(world, history, area, policy(area));
            again.tolerance = session.tolerance;
            new Clients(again, area, random.nextLong()).run(CLIENTS, STEPS / 3);
            session = again;
        }
        session.requireNoDamage();
        if (random.percent(50)) {
            session.close();
        } else {
            world.scheduler().sleep(IDLE_NANOS);
        }
    }

    private static FaultRule noSpace(int skip, int times) {
        return FaultRule.when(event -> event.kind() == IoKind.ALLOCATE
                        && String.valueOf(event.path().getFileName()).startsWith("segment"))
                .skip(skip)
                .times(times)
                .then(new Fault.NoSpace());
    }

    private static WhenFull policy(Area area) {
        return area == Area.FULL ? WhenFull.DROP_OLDEST : WhenFull.REFUSE;
    }

    /** Opens what a crash left: no copy is dropped while it is judged. */
    static Session open(SimWorld world, History history, Area area) {
        return open(world, history, area, WhenFull.REFUSE);
    }

    private static Session open(SimWorld world, History history, Area area, WhenFull whenFull) {
        try {
            return Session.open(world, history, area, whenFull);
        } catch (StoreException e) {
            throw new Violation("O8: the store does not open: " + e.getMessage());
        }
    }
}
