/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the engine and what it acknowledged, in the order of one clock. Nothing is ever taken back, so that
 * a number, the clock's, is a snapshot of it all.
 */
final class History {
    /** Not yet. */
    static final long NEVER = Long.MAX_VALUE;

    final List<Volume> volumes = new ArrayList<>();
    final Map<String, Cut> cuts = new LinkedHashMap<>();
    Overlays overlays = new Overlays();

    /** What scrubs have called damaged. */
    final List<String> accused = new ArrayList<>();

    /** When the first scrub was begun, for good. */
    long scrubbed = NEVER;

    private long clock;
    private long lastWrite;
    private final String prefix;

    /** Starts empty; the prefix tells apart the names and writes of several lives of one machine. */
    History(int life) {
        lastWrite = life * 1_000_000L;
        prefix = "s" + life + "-";
    }

    /** A volume; what it held in the beginning counts as flushed. */
    static final class Volume {
        final int number;
        final String name;
        final long[] base;
        long requested;
        long acked = NEVER;
        final List<Write> writes = new ArrayList<>();
        final List<Flush> flushes = new ArrayList<>();
        final List<Growth> growths = new ArrayList<>();

        /** One at a time: a smaller size that was asked for earlier, and comes later, would shrink it. */
        boolean growing;

        /** When it first answered an error to a flush, from which on it must not answer OK. */
        long refusing = NEVER;

        Volume(int number, String name, long[] base) {
            this.number = number;
            this.name = name;
            this.base = base;
        }

        /** Returns the start of the latest flush that was acknowledged by then: what was acknowledged before it is durable. */
        long flushed(long by) {
            long latest = -1;
            for (Flush flush : flushes) {
                if (flush.acked <= by) {
                    latest = Math.max(latest, flush.issued);
                }
            }
            return latest;
        }
    }

    /** A volume that grows to a number of sectors of the ground. */
    static final class Growth {
        final int sectors;
        final long issued;
        long acked = NEVER;

        Growth(int sectors, long issued) {
            this.sectors = sectors;
            this.issued = issued;
        }
    }

    /** A write of the sectors [first, end) of the ground, or a revert, which writes what the copy holds. */
    static final class Write {
        private final long @Nullable [] values;
        final long value;
        final int first;
        final int end;
        final boolean forced;
        final long issued;
        long acked = NEVER;

        Write(long value, int first, int end, boolean forced, long issued) {
            this.values = null;
            this.value = value;
            this.first = first;
            this.end = end;
            this.forced = forced;
            this.issued = issued;
        }

        /** A revert: of all sectors, and durable when it is acknowledged. */
        Write(long[] values, long issued) {
            this.values = values.clone();
            this.value = Stamps.ZEROS;
            this.first = 0;
            this.end = values.length;
            this.forced = true;
            this.issued = issued;
        }

        boolean isRevert() {
            return values != null;
        }

        /** Returns what it makes of a sector that it covers. */
        long valueAt(int sector) {
            return values == null ? value : values[sector];
        }

        boolean covers(int sector) {
            return sector >= first && sector < end;
        }
    }

    /** A flush of a volume. */
    static final class Flush {
        final long issued;
        long acked = NEVER;

        Flush(long issued) {
            this.issued = issued;
        }
    }

    /** A snapshot set. */
    static final class Cut {
        final String name;
        final List<Member> members = new ArrayList<>();
        final long requested;
        long acked = NEVER;

        Cut(String name, long requested) {
            this.name = name;
            this.requested = requested;
        }

        @Nullable
        Member member(String volume) {
            for (Member member : members) {
                if (member.volume.name.equals(volume)) {
                    return member;
                }
            }
            return null;
        }

        /** Returns whether some but not all of its copies may be gone. */
        boolean mayBePart(long by) {
            for (Member member : members) {
                if (member.deletedAlone <= by) {
                    return true;
                }
            }
            return false;
        }
    }

    /** One copy of a set. */
    static final class Member {
        final Volume volume;
        long deletedAlone = NEVER;
        long deletion = NEVER;
        long deleted = NEVER;
        final long[] seen = new long[Ground.ALL];
        final long[] seenAt = new long[Ground.ALL];

        Member(Volume volume) {
            this.volume = volume;
            Arrays.fill(seenAt, NEVER);
        }
    }

    /** Returns the clock. */
    long now() {
        return clock;
    }

    /** Moves the clock on. */
    long next() {
        return ++clock;
    }

    Volume requestVolume(String name) {
        Volume volume = new Volume(volumes.size(), name, new long[Ground.ALL]);
        volume.requested = next();
        volumes.add(volume);
        return volume;
    }

    @Nullable
    Volume volume(String name) {
        for (Volume volume : volumes) {
            if (volume.name.equals(name)) {
                return volume;
            }
        }
        return null;
    }

    Write issue(Volume volume, int first, int end, boolean zeros, boolean forced) {
        Write write = new Write(zeros ? Stamps.ZEROS : ++lastWrite, first, end, forced, next());
        volume.writes.add(write);
        return write;
    }

    Write issueRevert(Volume volume, long[] values) {
        Write revert = new Write(values, next());
        volume.writes.add(revert);
        return revert;
    }

    Flush flush(Volume volume) {
        Flush flush = new Flush(next());
        volume.flushes.add(flush);
        return flush;
    }

    Growth grow(Volume volume, int sectors) {
        Growth growth = new Growth(sectors, next());
        volume.growths.add(growth);
        return growth;
    }

    Cut request(List<Volume> of) {
        Cut cut = new Cut(prefix + cuts.size(), next());
        for (Volume volume : of) {
            cut.members.add(new Member(volume));
        }
        cuts.put(cut.name, cut);
        return cut;
    }

    /** Returns the history that begins with what was found after a crash. */
    History restart(int life, Observed found) {
        History after = new History(life);
        for (Volume volume : volumes) {
            Observed.OfVolume seen = found.volumes().get(volume.name);
            Volume now = new Volume(volume.number, volume.name, seen == null ? new long[Ground.ALL] : seen.values());
            now.requested = seen == null ? NEVER : 0;
            now.acked = seen == null ? NEVER : 0;
            Growing.restart(now);
            after.volumes.add(now);
        }
        found.sets().forEach((name, copies) -> {
            Cut cut = new Cut(name, 0);
            cut.acked = 0;
            copies.forEach((volume, values) -> {
                Member member = new Member(after.volumes.get(numberOf(volume)));
                System.arraycopy(values, 0, member.seen, 0, values.length);
                Arrays.fill(member.seenAt, 0);
                cut.members.add(member);
            });
            after.cuts.put(name, cut);
        });
        after.overlays = Overlays.restart(after.cuts, found);
        return after;
    }

    private int numberOf(String name) {
        Volume volume = volume(name);
        if (volume == null) {
            throw new Violation("there is a copy of volume " + name + ", which nobody created");
        }
        return volume.number;
    }
}
