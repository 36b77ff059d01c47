/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.Scheduler;
import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Member;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.testkit.Xoshiro256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several clients at once that do what their area is about. */
final class Clients {
    /** More would only make each state dearer to check. */
    private static final int MAX_SETS = 5;

    private final Session session;
    private final Area area;
    private final Xoshiro256 random;

    Clients(Session session, Area area, long seed) {
        this.session = session;
        this.area = area;
        this.random = new Xoshiro256(seed);
    }

    /** Runs clients with so many steps each and waits for them. */
    void run(int clients, int steps) {
        List<Scheduler.Task> tasks = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Xoshiro256 own = new Xoshiro256(random.nextLong());
            tasks.add(session.world().scheduler().start("client-" + i, () -> {
                for (int n = 0; n < steps; n++) {
                    step(own);
                }
            }));
        }
        tasks.forEach(Scheduler.Task::join);
    }

    private void step(Xoshiro256 own) {
        List<Volume> volumes = present();
        if (volumes.isEmpty()) {
            return;
        }
        Volume volume = volumes.get(own.nextInt(volumes.size()));
        if (area == Area.RESIZE && Growing.step(session, volume, own)) {
            return;
        }
        int first = own.nextInt(Ground.SECTORS);
        int length =
                1 + own.nextInt(own.percent(area == Area.SEGMENT_CHANGE ? 60 : 30) ? 40 : Ground.SECTORS_PER_PIECE);
        int end = Math.min(Ground.end(first), first + length);
        if (area == Area.SCRUB && own.percent(6)) {
            session.startScrub();
            return;
        }
        if (area == Area.FULL && session.hasShares() && own.percent(20)) {
            session.bulk(volume);
            return;
        }
        if (area.overlayPercent() > 0 && own.percent(area.overlayPercent())) {
            Cut cut = pick(own);
            if (cut != null) {
                new OverlayClient(session, own).step(cut, first, end);
                return;
            }
        }
        if (area == Area.MOVE && own.percent(5)) {
            session.moveDiffArea(own.nextInt(Session.PLACES.size()));
            return;
        }
        switch (area.step(own.nextInt(1 << 30))) {
            case WRITE -> session.write(volume, first, end, false, false);
            case FUA -> session.write(volume, first, end, false, true);
            case FLUSH -> session.flush(volume);
            case ZEROES -> {
                session.write(volume, first, end, true, own.percent(20));
                session.trim(volume, first, end);
            }
            case READ -> session.read(volume, first, end);
            case READ_COPY -> readCopy(own, first, end);
            case SET -> createSet(own, volumes);
            case DELETE -> delete(own);
            case REVERT -> revert(own);
        }
    }

    private List<Volume> present() {
        return session.history().volumes.stream()
                .filter(volume -> volume.acked != History.NEVER)
                .toList();
    }

    private void readCopy(Xoshiro256 own, int first, int end) {
        Cut cut = pick(own);
        if (cut != null) {
            Member member = cut.members.get(own.nextInt(cut.members.size()));
            session.readCopy(cut, member, first, end);
        }
    }

    private void createSet(Xoshiro256 own, List<Volume> volumes) {
        if (existing().size() >= MAX_SETS) {
            delete(own);
            return;
        }
        List<Volume> chosen = new ArrayList<>(volumes);
        while (chosen.size() > 1 && own.percent(25)) {
            chosen.remove(own.nextInt(chosen.size()));
        }
        Cut cut = session.createSet(chosen);
        if (cut != null && own.percent(50)) {
            Member member = cut.members.get(own.nextInt(cut.members.size()));
            for (int at = 0; at < Ground.SECTORS; at = Ground.end(at)) {
                session.readCopy(cut, member, at, Ground.end(at));
            }
        }
    }

    private void delete(Xoshiro256 own) {
        List<Cut> cuts = existing();
        if (cuts.isEmpty()) {
            return;
        }
        // The newest more often than others: what was written since must then be preserved for the one before.
        Cut cut = own.percent(50) ? cuts.getLast() : cuts.get(own.nextInt(cuts.size()));
        if (own.percent(30)) {
            Member member = cut.members.get(own.nextInt(cut.members.size()));
            if (member.deletion == History.NEVER) {
                session.deleteCopy(cut, member);
            }
        } else {
            session.deleteSet(cut);
        }
    }

    private void revert(Xoshiro256 own) {
        Cut cut = pick(own);
        if (cut != null) {
            Member member = cut.members.get(own.nextInt(cut.members.size()));
            if (member.deletion == History.NEVER) {
                session.revert(cut, member);
            }
        }
    }

    private @Nullable Cut pick(Xoshiro256 own) {
        List<Cut> cuts = existing();
        return cuts.isEmpty() ? null : cuts.get(own.nextInt(cuts.size()));
    }

    private List<Cut> existing() {
        return session.history().cuts.values().stream()
                .filter(cut -> cut.acked != History.NEVER
                        && cut.members.stream().anyMatch(member -> member.deletion == History.NEVER))
                .toList();
    }
}
