/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Flush;
import dev.gnomon.simulation.History.Member;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.snapshot.OverlayInfo.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the overlays of copies and what of it was acknowledged. An overlay is judged as a volume is, whose
 * base is what the copy read before it was made; but garbage in sectors that were being written is never excused: all that
 * an overlay holds has checksums.
 */
final class Overlays {
    private final List<Life> lives = new ArrayList<>();

    /** An overlay from its creation to its drop; a copy may have several, one after the other. */
    static final class Life {
        final Cut cut;
        final Member member;
        final Volume content;
        final long requested;
        long acked = History.NEVER;
        long sealing = History.NEVER;
        long sealed = History.NEVER;
        long dropping = History.NEVER;
        long dropped = History.NEVER;

        /** Whether somebody is about to make, seal or drop it. */
        boolean busy;

        Life(Cut cut, Member member, long requested) {
            this(cut, member, member.seen.clone(), requested);
        }

        Life(Cut cut, Member member, long[] base, long requested) {
            this.cut = cut;
            this.member = member;
            this.content = new Volume(member.volume.number, name(cut, member) + "+rw", base);
            this.requested = requested;
        }

        boolean isOpen() {
            return acked != History.NEVER && sealing == History.NEVER && dropping == History.NEVER;
        }

        boolean isSealed() {
            return sealed != History.NEVER && dropping == History.NEVER;
        }
    }

    static String name(Cut cut, Member member) {
        return member.volume.name + "@" + cut.name;
    }

    Life add(Life life) {
        lives.add(life);
        return life;
    }

    /** Returns the newest overlay of a copy that was asked for by then, or null. */
    @Nullable
    Life newest(Member member, long by) {
        Life newest = null;
        for (Life life : lives) {
            if (life.member == member && life.requested <= by) {
                newest = life;
            }
        }
        return newest;
    }

    /** Notes that everything in open overlays is being made durable, as by a stop. */
    List<Flush> flushAll(History history) {
        return lives.stream()
                .filter(Life::isOpen)
                .map(life -> history.flush(life.content))
                .toList();
    }

    // ---- judging

    /** Throws a violation unless the overlays that are found are as they must be. */
    void judge(Map<String, Cut> cuts, Observed found, Promise promise, long at) {
        for (Cut cut : cuts.values()) {
            for (Member member : cut.members) {
                Observed.OfOverlay overlay = found.overlays().get(name(cut, member));
                if (overlay != null && !promise.damaged() && !promise.gaps()) {
                    judge(name(cut, member), newest(member, at), overlay, promise, at);
                }
            }
        }
    }

    private static void judge(String name, @Nullable Life life, Observed.OfOverlay found, Promise promise, long at) {
        boolean told = found.state() == State.FAILED || found.state() == State.UNAVAILABLE;
        if (told && !promise.told()) {
            throw new Violation("O8: the overlay of " + name + " is " + found.state() + ": " + found.reason());
        }
        if (found.state() == State.NONE) {
            if (life != null && life.acked <= at && life.dropping > at && life.member.deletion > at) {
                throw new Violation("O2: the overlay of " + name + " is gone");
            }
            return;
        }
        if (life == null || life.dropped <= at) {
            throw new Violation("O2: " + name + " has an overlay that nobody asked for, or that was dropped");
        }
        if (found.state() == State.OPEN && life.sealed <= at) {
            throw new Violation("O2: the overlay of " + name + " can be written to again after it was sealed");
        }
        if (found.state() == State.SEALED && life.sealing > at) {
            throw new Violation("O2: the overlay of " + name + " is sealed, which nobody asked for");
        }
        if (found.state() != State.UNAVAILABLE) {
            judgeContent(life, found.values(), promise, at);
        }
    }

    private static void judgeContent(Life life, long[] values, Promise promise, long at) {
        long required = promise.everything() && !promise.told() ? at + 1 : life.content.flushed(at);
        for (int sector = 0; sector < Ground.SECTORS; sector++) {
            if (!Oracle.isAllowed(life.content, sector, values[sector], required, true, at)) {
                throw new Violation("O1: sector " + Ground.lba(sector) + " of " + life.content.name + " reads "
                        + Stamps.name(values[sector]) + ", which is not what was acknowledged");
            }
        }
    }

    /** Takes over what was found after a crash. */
    static Overlays restart(Map<String, Cut> cuts, Observed found) {
        Overlays after = new Overlays();
        for (Cut cut : cuts.values()) {
            for (Member member : cut.members) {
                Observed.OfOverlay overlay = found.overlays().get(name(cut, member));
                if (overlay == null || overlay.state() == State.NONE) {
                    continue;
                }
                Life life = after.add(new Life(cut, member, overlay.values(), 0));
                life.acked = 0;
                if (overlay.state() != State.OPEN) {
                    life.sealing = 0;
                    life.sealed = 0;
                }
            }
        }
        return after;
    }

    /** Notes that an overlay is being sealed, which makes all of it durable. */
    static Flush sealing(History history, Life life) {
        Flush all = history.flush(life.content);
        life.sealing = all.issued;
        return all;
    }
}
