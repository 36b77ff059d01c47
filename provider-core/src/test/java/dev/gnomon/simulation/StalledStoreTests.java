/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The device of the store takes a minute for one call. If it is one of the staging chain, first touches wait and nobody
 * else; if it is one of the log, nobody does: what they owe is preserved behind the client's back.
 */
@Tag("simulation")
class StalledStoreTests {
    private static final long SECOND = 1_000_000_000L;
    private static final long STALL = 60 * SECOND;

    /** Longer than released data waits for the force that lets it be written straight. */
    private static final long SETTLED = 7 * SECOND;

    /** Virtual time of a request that does not wait for the store: some I/Os and a force. */
    private static final long SOON = SECOND / 100;

    /** Pieces: one that is preserved already, one whose first touch meets the stall, others untouched. */
    private static final int PRESERVED = 0;

    private static final int TOUCHED = Ground.SECTORS_PER_PIECE;
    private static final int UNTOUCHED = 2 * Ground.SECTORS_PER_PIECE;
    private static final int TOUCHED_NEXT = 3 * Ground.SECTORS_PER_PIECE;

    @ParameterizedTest
    @CsvSource({
        "staging chain, WRITE, 1",
        "staging chain, WRITE, 2",
        "staging chain, WRITE, 3",
        "log, WRITE, 1",
        "log, WRITE, 2",
        "log, FORCE, 1",
        "log, FORCE, 2"
    })
    void onlyFirstTouchesWaitAndOnlyForTheChain(String where, IoKind stalled, long seed) {
        boolean waits = where.equals("staging chain");
        SimWorld world = new SimWorld(seed);
        List<String> late = new ArrayList<>();
        world.run(() -> {
            Session.prepare(world);
            Session session = Workload.open(world, new History(0), Area.SET_COMMIT);
            List<String> names = List.of("a", "b", "c");
            names.forEach(session::createVolume);
            List<Volume> volumes = session.history().volumes;
            volumes.forEach(volume -> session.write(volume, 0, UNTOUCHED, false, false));
            // c has no copy and nothing to preserve
            Cut cut = Objects.requireNonNull(session.createSet(volumes.subList(0, 2)));
            volumes.forEach(volume -> write(session, volume, PRESERVED));

            world.scheduler().sleep(SETTLED); // so that what is preserved is written straight again
            stall(world, where, stalled);
            List<Scheduler.Task> waiting = new ArrayList<>();
            long begun = world.scheduler().nowNanos();
            int[] ended = new int[1];
            for (Volume volume : volumes.subList(0, 2)) {
                for (int sector : new int[] {TOUCHED, TOUCHED_NEXT}) {
                    waiting.add(world.scheduler().start("first touch", () -> {
                        write(session, volume, sector);
                        ended[0]++;
                    }));
                }
            }
            world.scheduler().sleep(SECOND); // now all of them are behind the stalled call
            for (int round = 0; round < 5; round++) {
                for (Volume volume : volumes) {
                    quick(world, late, "read of " + volume.name, () -> session.read(volume, UNTOUCHED, TOUCHED_NEXT));
                    quick(world, late, "straight write to " + volume.name, () -> write(session, volume, PRESERVED));
                    quick(world, late, "flush of " + volume.name, () -> session.flush(volume));
                    quick(
                            world,
                            late,
                            "FUA to " + volume.name,
                            () -> session.write(volume, PRESERVED, PRESERVED + 1, false, true));
                }
                for (History.Member member : cut.members) {
                    for (int sector : new int[] {PRESERVED, TOUCHED, UNTOUCHED}) {
                        quick(
                                world,
                                late,
                                "read of a copy of " + member.volume.name,
                                () -> session.readCopy(cut, member, sector, sector + Ground.SECTORS_PER_PIECE));
                    }
                }
            }
            assertThat(ended[0]).as("first touches that did not wait").isEqualTo(waits ? 0 : 4);
            assertThat(world.scheduler().nowNanos() - begun)
                    .as("time while stalled")
                    .isLessThan(STALL);
            waiting.forEach(Scheduler.Task::join);
            if (waits) {
                assertThat(world.scheduler().nowNanos() - begun)
                        .as("time of the first touches")
                        .isGreaterThanOrEqualTo(STALL);
            }
            new Oracle(session.history(), session.history().now(), Promise.KILL)
                    .judge(Observed.of(session.engine(), session.history()));
            session.close();
        });
    }

    private static IoStatus write(Session session, Volume volume, int sector) {
        return session.write(volume, sector, sector + Ground.SECTORS_PER_PIECE, false, false);
    }

    /** Stalls the next such call on the log, or on the staging chain, whoever appends to it. */
    private static void stall(SimWorld world, String where, IoKind kind) {
        world.storage()
                .inject(FaultRule.when(event -> event.kind() == kind
                                && event.path().startsWith(Session.STORE)
                                && (where.equals("log") ? event.task().equals("gnomon-log") : isAppended(event)))
                        .then(new Fault.Stall(STALL)));
    }

    /** Returns whether the event is on a staging file, other than that it is being prepared. */
    private static boolean isAppended(IoEvent event) {
        return String.valueOf(event.path().getFileName()).matches("staging-\\d+")
                && !event.task().equals("gnomon-staging-files");
    }

    private static void quick(SimWorld world, List<String> late, String what, Supplier<IoStatus> request) {
        long begun = world.scheduler().nowNanos();
        assertThat(request.get()).as(what).isEqualTo(IoStatus.OK);
        long took = world.scheduler().nowNanos() - begun;
        if (took > SOON) {
            late.add(what + " took " + took / 1_000_000 + " ms");
        }
    }
}
