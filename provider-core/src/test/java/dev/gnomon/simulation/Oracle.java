/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Member;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.simulation.History.Write;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges what is found after a crash by what had been promised until then.
 *
 * <p>A sector of a volume may hold any write that was issued, unless another write that must be there began after it was
 * acknowledged. Which must be there depends on the crash; in a copy it is all that was acknowledged before the cut was
 * asked for, and all that was acknowledged before any write seen in the set was issued: a cut is one instant.
 */
final class Oracle {
    private final History history;
    private final long at;
    private final Promise promise;
    private final Excuse excuse;

    /** Judges a crash at a time of the history's clock. */
    Oracle(History history, long at, Promise promise) {
        this(history, at, promise, Excuse.NONE);
    }

    /** The same, where sectors of origins may have been damaged. */
    Oracle(History history, long at, Promise promise, Excuse excuse) {
        this.history = history;
        this.at = at;
        this.promise = promise;
        this.excuse = excuse;
    }

    /** Throws a violation unless everything is as it must be. */
    void judge(Observed found) {
        boolean mayLack = promise.gaps() || (promise.damaged() && isDamageTold(found));
        for (Volume volume : history.volumes) {
            judge(volume, found.volumes().get(volume.name), mayLack);
        }
        for (Cut cut : history.cuts.values()) {
            judge(cut, found.sets().getOrDefault(cut.name, Map.of()), found, mayLack);
        }
        history.overlays.judge(history.cuts, found, promise, at);
        for (String set : found.sets().keySet()) {
            if (!history.cuts.containsKey(set)) {
                throw new Violation(
                        "O2: set " + set + " is there, which is not known or was gone after an earlier crash");
            }
        }
    }

    /** Returns whether it says that records are missing; a catalog that lost every volume has nowhere to say so. */
    static boolean isDamageTold(Observed found) {
        return found.volumes().isEmpty()
                || found.volumes().values().stream().anyMatch(v -> v.reason().contains("read-only"));
    }

    // ---- volumes

    private void judge(Volume volume, Observed.@Nullable OfVolume found, boolean mayLack) {
        if (found == null) {
            if (volume.acked <= at && !mayLack) {
                throw new Violation("O1: volume " + volume.name + " is gone");
            }
            return;
        }
        if (volume.requested > at) {
            throw new Violation("volume " + volume.name + " is there before it was asked for");
        }
        boolean told = found.state() != VolumeInfo.State.ONLINE;
        if (told && !promise.told() && !promise.damaged()) {
            throw new Violation("O8: volume " + volume.name + " is " + found.state() + ": " + found.reason());
        }
        if (found.state() == VolumeInfo.State.OFFLINE) {
            return; // told, and nothing can be read
        }
        boolean everything = promise.everything();
        // Flushed new data waits in the staging chain: a batch of it that lacks unnoticed takes the newest values
        // along.
        long flushed = promise.gaps() ? 0 : everything ? at + 1 : volume.flushed(at);
        boolean forcedCount = !everything && !promise.gaps();
        Growing.requireSize(volume.name, found.values(), volume, mayLack ? -1 : at, at);
        for (int sector = 0; sector < Growing.end(found.values()); sector++) {
            long value = found.values()[sector];
            if (value == Stamps.UNREADABLE && (promise.damaged() || promise.unreadable())) {
                continue;
            }
            if (!isAllowed(volume, sector, value, flushed, forcedCount, at)
                    && !isExcused(volume, sector, value)
                    && !excuse.volume(volume, sector)) {
                throw new Violation("O1: " + place(volume.name, sector) + " reads " + Stamps.name(value)
                        + ", but must hold one of " + allowed(volume, sector, flushed, forcedCount, at));
            }
        }
    }

    /** Returns whether the sector, or its neighbour, was being written and the drive may garble such. */
    private boolean isExcused(Volume volume, int sector, long value) {
        if (!promise.garbage() || value >= 0 || value == Stamps.MISPLACED || value == Stamps.UNREADABLE) {
            return false;
        }
        int first = promise.neighbours() ? Ground.pieceStart(sector) : sector;
        int end = promise.neighbours() ? first + Ground.SECTORS_PER_PIECE : sector + 1;
        long flushed = promise.gaps() ? 0 : volume.flushed(at);
        for (Write write : volume.writes) {
            if (write.issued <= at && write.first < end && write.end > first && !isDurable(write, flushed, at)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a write must have arrived: acknowledged before {@code flushed}, or with FUA by {@code by}. */
    private boolean isDurable(Write write, long flushed, long by) {
        return write.acked < flushed || (write.forced && write.acked <= by && !promise.gaps());
    }

    /**
     * Returns whether a sector may hold a value.
     *
     * @param required writes acknowledged before this must be there
     * @param forcedCount whether those acknowledged with FUA must be there as well
     * @param limit writes issued after this cannot be there
     */
    static boolean isAllowed(Volume volume, int sector, long value, long required, boolean forcedCount, long limit) {
        if (value == volume.base[sector] && !isOverwritten(volume, sector, -1, required, forcedCount, limit)) {
            return true;
        }
        for (Write write : volume.writes) {
            if (write.covers(sector)
                    && write.valueAt(sector) == value
                    && write.issued <= limit
                    && !isOverwritten(volume, sector, write.acked, required, forcedCount, limit)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOverwritten(
            Volume volume, int sector, long acked, long required, boolean forcedCount, long limit) {
        for (Write later : volume.writes) {
            if (later.covers(sector)
                    && later.issued > acked
                    && (later.acked < required || (forcedCount && later.forced && later.acked <= limit))) {
                return true;
            }
        }
        return false;
    }

    private static String allowed(Volume volume, int sector, long required, boolean forcedCount, long limit) {
        StringBuilder names = new StringBuilder();
        if (isAllowed(volume, sector, volume.base[sector], required, forcedCount, limit)) {
            names.append("its base ").append(Stamps.name(volume.base[sector]));
        }
        for (Write write : volume.writes) {
            if (write.covers(sector)
                    && isAllowed(volume, sector, write.valueAt(sector), required, forcedCount, limit)) {
                names.append(names.isEmpty() ? "" : ", ").append(Stamps.name(write.valueAt(sector)));
            }
        }
        return names.toString();
    }

    // ---- shadow copies

    private void judge(Cut cut, Map<String, long[]> found, Observed all, boolean mayLack) {
        if (cut.requested > at && !found.isEmpty()) {
            throw new Violation("O2: set " + cut.name + " is there before it was asked for");
        }
        for (Member member : cut.members) {
            boolean there = found.containsKey(member.volume.name);
            if (!there && cut.acked <= at && member.deletion > at && !mayLack) {
                throw new Violation("O2: acknowledged copy " + member.volume.name + "@" + cut.name + " is gone");
            }
            if (there && member.deleted <= at && !mayLack) {
                throw new Violation("O2: deleted copy " + member.volume.name + "@" + cut.name + " is back");
            }
        }
        if (!found.isEmpty() && found.size() < cut.members.size() && !cut.mayBePart(at) && !mayLack) {
            throw new Violation("O2: set " + cut.name + " is there on " + found.keySet() + " alone");
        }
        long instant = promise.gaps() ? 0 : instant(cut, found);
        for (Map.Entry<String, long[]> copy : found.entrySet()) {
            Member member = cut.member(copy.getKey());
            if (member == null) {
                throw new Violation("O2: set " + cut.name + " has a copy of " + copy.getKey() + ", not asked for");
            }
            if (!isOffline(all.volumes().get(copy.getKey()))) {
                judge(cut, member, copy.getValue(), instant);
            }
        }
    }

    private static boolean isOffline(Observed.@Nullable OfVolume volume) {
        return volume != null && volume.state() == VolumeInfo.State.OFFLINE;
    }

    /** Returns the latest time that the cut cannot lie before, from the writes that are in it. */
    private long instant(Cut cut, Map<String, long[]> found) {
        long instant = cut.requested;
        for (Map.Entry<String, long[]> copy : found.entrySet()) {
            Member member = cut.member(copy.getKey());
            if (member != null) {
                for (Write write : member.volume.writes) {
                    if (write.value != Stamps.ZEROS
                            && write.issued > instant
                            && isSeen(write, cut, member, copy.getValue())) {
                        instant = write.issued;
                    }
                }
            }
        }
        return instant;
    }

    private boolean isSeen(Write write, Cut cut, Member member, long[] values) {
        for (int sector = write.first; sector < write.end; sector++) {
            if (values[sector] == write.value && !excuse.copy(cut, member, sector)) {
                return true;
            }
        }
        return false;
    }

    private void judge(Cut cut, Member member, long[] values, long instant) {
        long limit = promise.gaps() ? at : Math.min(cut.acked, at);
        if (cut.requested > 0) {
            long required = promise.gaps() ? -1 : cut.requested; // the record of a growth may be missing like any other
            Growing.requireSize(member.volume.name + "@" + cut.name, values, member.volume, required, limit);
        }
        for (int sector = 0; sector < Growing.end(values); sector++) {
            long value = values[sector];
            // A delete that failed has hidden its copy from readers and may be undone by a restart.
            boolean hidden = promise.told() && member.deletion <= at;
            if ((value == Stamps.UNREADABLE && (promise.damaged() || hidden)) || excuse.copy(cut, member, sector)) {
                continue;
            }
            if (value == Stamps.SUSPECT && (promise.gaps() || excuse.origin(member.volume))) {
                continue; // what the device did to the origin, or to the note that it is served, looks like a change
            }
            if (promise.gaps() && isExcused(member.volume, sector, value)) {
                continue; // its record is missing, and what is read of the origin was being written
            }
            requireInCopy(cut, member, sector, value, instant, limit);
            if (!promise.gaps() && member.seenAt[sector] <= at && member.seen[sector] != value) {
                throw new Violation("O2: " + place(member.volume.name + "@" + cut.name, sector) + " read "
                        + Stamps.name(member.seen[sector]) + " before, now " + Stamps.name(value));
            }
        }
    }

    /** Throws unless a sector of a copy may hold a value. */
    static void requireInCopy(Cut cut, Member member, int sector, long value, long instant, long limit) {
        boolean fixed = cut.requested == 0; // of an earlier life: what was found then is all that counts
        if (!fixed && !isAllowed(member.volume, sector, value, instant, false, limit)) {
            throw new Violation("O2: " + place(member.volume.name + "@" + cut.name, sector) + " reads "
                    + Stamps.name(value) + ", but the cut must hold one of "
                    + allowed(member.volume, sector, instant, false, limit));
        }
    }

    private static String place(String where, int sector) {
        return "sector " + Ground.lba(sector) + " of " + where;
    }
}
