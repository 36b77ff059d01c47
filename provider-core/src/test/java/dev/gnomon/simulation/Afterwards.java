/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.Arrays;
import java.util.List;

/** What must be possible once the faults have stopped (O8). */
final class Afterwards {
    private Afterwards() {}

    /**
     * Writes, flushes, cuts, overwrites and deletes on all volumes if all are online. Returns false if the engine does not
     * take writes and says why; throws a violation if it takes them not and is silent.
     */
    static boolean worksOn(Session session, Promise promise) {
        List<Volume> volumes = session.history().volumes.stream()
                .filter(volume -> volume.acked != History.NEVER && session.state(volume) != null)
                .toList();
        for (Volume volume : volumes) {
            if (session.state(volume) != VolumeInfo.State.ONLINE) {
                return false;
            }
        }
        if (volumes.isEmpty()) {
            return true;
        }
        // A failure that nobody met yet may come out now, and then has to be told.
        session.tolerance = promise.told() ? Session.Tolerance.ANY : Session.Tolerance.NOTHING;
        if (tryAll(session, volumes)) {
            return true;
        }
        requireReason(session, promise);
        return false;
    }

    private static boolean tryAll(Session session, List<Volume> volumes) {
        if (!session.revertsEnd()) {
            return false; // a set would be refused; the volume has to say why it does not get on
        }
        for (Volume volume : volumes) {
            if (session.write(volume, 0, Ground.end(0), false, false) != IoStatus.OK
                    || session.flush(volume) != IoStatus.OK) {
                return false;
            }
        }
        Cut cut = session.createSet(volumes);
        if (cut == null) {
            return false;
        }
        for (Volume volume : volumes) {
            if (session.write(volume, 0, Ground.end(0), false, true) != IoStatus.OK) {
                return false;
            }
            for (int at = 0; at < Ground.SECTORS; at = Ground.end(at)) {
                session.readCopy(cut, cut.members.get(volumes.indexOf(volume)), at, Ground.end(at));
            }
        }
        session.deleteSet(cut);
        return cut.members.getFirst().deleted != History.NEVER;
    }

    /** Throws a violation unless some volume is not online and says why, and it may be so. */
    static void requireReason(Session session, Promise promise) {
        for (VolumeInfo info : session.engine().volumes()) {
            boolean permanent = info.stateReason().contains("read-only");
            if (info.state() != VolumeInfo.State.ONLINE
                    && !info.stateReason().isBlank()
                    && (promise.damaged() || (promise.told() && !permanent))) {
                return;
            }
        }
        throw new Violation("O8: writes are refused though the faults have stopped, and no volume says why: "
                + session.engine().volumes());
    }

    /** Judges what was found and returns what came of it; throws a violation. */
    static FaultTally.Outcome judge(Observed found, History history, long at, Promise promise, Excuse excuse) {
        FaultTally.Outcome outcome = outcome(found);
        try {
            new Oracle(history, at, promise.withoutGaps()).judge(found);
            return outcome;
        } catch (Violation broken) {
            if (!promise.gaps() && excuse.since() == History.NEVER) {
                throw broken;
            }
        }
        new Oracle(history, at, promise, excuse).judge(found);
        if (!promise.gaps()) {
            return outcome.or(FaultTally.Outcome.CONTAINED);
        }
        boolean told = found.volumes().isEmpty()
                || found.volumes().values().stream().anyMatch(volume -> volume.state() != VolumeInfo.State.ONLINE);
        return outcome.or(told ? FaultTally.Outcome.DOUBTFUL : FaultTally.Outcome.UNTOLD);
    }

    private static FaultTally.Outcome outcome(Observed found) {
        FaultTally.Outcome worst = FaultTally.Outcome.UNHARMED;
        for (Observed.OfVolume volume : found.volumes().values()) {
            if (volume.reason().contains("read-only")) {
                worst = worst.or(FaultTally.Outcome.READ_ONLY);
            } else if (volume.state() != VolumeInfo.State.ONLINE) {
                worst = worst.or(FaultTally.Outcome.FAILED);
            }
        }
        boolean unreadable = found.sets().values().stream()
                .flatMap(copies -> copies.values().stream())
                .anyMatch(values ->
                        Arrays.stream(values).anyMatch(value -> value == Stamps.UNREADABLE || value == Stamps.SUSPECT));
        return unreadable ? worst.or(FaultTally.Outcome.ERRORS) : worst;
    }
}
