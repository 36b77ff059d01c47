/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dead segments that are kept, full of what nobody needs, for the log to go on in. To be written again costs a segment
 * nothing; a new one is first written full of zeros and forced. So as many are kept as the log took lately: who takes a
 * copy every minute and drops it needs no new ones after the first. The others, and those that nobody came for, give their
 * space back.
 *
 * <p>Guarded by the mutex of {@link SegmentMaker}, but for {@link #count}.
 */
final class SpareSegments {
    /** What the log took in that time may be kept. */
    static final long REMEMBERED_NANOS = 300_000_000_000L;

    /** Most that are kept: of segments of the usual size 1 GiB. */
    static final int MOST = 16;

    /** One is kept always. */
    private static final int LEAST = 1;

    /** More than that are kept only while the file system has room for so many times as many. */
    private static final int ROOM_FACTOR = 4;

    private final Clock clock;
    private final long segmentBytes;
    private final List<Path> paths = new ArrayList<>();

    /** When the log took the last segments, at most {@link #MOST}. */
    private final ArrayDeque<Long> taken = new ArrayDeque<>();

    /** For who does not take the mutex. */
    private volatile int count;

    SpareSegments(Clock clock, long segmentBytes) {
        this.clock = clock;
        this.segmentBytes = segmentBytes;
    }

    /** Returns how many there are; needs no mutex. */
    int count() {
        return count;
    }

    /** Notes that the log takes a segment, a spare one or a new one. */
    void took() {
        if (taken.size() == MOST) {
            taken.removeFirst();
        }
        taken.addLast(clock.nanoTime());
    }

    /** Returns whether one more would be kept in a file system that has so many bytes left. */
    boolean wantsMore(long usableBytes) {
        boolean hasRoom = usableBytes / segmentBytes >= ROOM_FACTOR * (paths.size() + 1L);
        return paths.size() < most() && (paths.size() < LEAST || hasRoom);
    }

    private int most() {
        long now = clock.nanoTime();
        while (!taken.isEmpty() && now - taken.getFirst() >= REMEMBERED_NANOS) {
            taken.removeFirst();
        }
        return Math.max(LEAST, taken.size());
    }

    void add(Path path) {
        paths.add(path);
        count = paths.size();
    }

    /** Takes one out that is in a directory, or returns null. */
    @Nullable
    Path take(Path directory) {
        List<Path> one = take(directory, 1);
        return one.isEmpty() ? null : one.getFirst();
    }

    /** Takes all out that are in a directory. */
    List<Path> takeAll(Path directory) {
        return take(directory, paths.size());
    }

    private List<Path> take(Path directory, int atMost) {
        List<Path> out = new ArrayList<>();
        for (Iterator<Path> each = paths.iterator(); each.hasNext() && out.size() < atMost; ) {
            Path path = each.next();
            if (SegmentPlaces.isIn(path, directory)) {
                out.add(path);
                each.remove();
            }
        }
        count = paths.size();
        return out;
    }

    /** Takes one out that nobody came for in time, or returns null. */
    @Nullable
    Path takeSurplus() {
        Path surplus = paths.size() > most() ? paths.removeLast() : null;
        count = paths.size();
        return surplus;
    }

    /** Returns after how long one may be surplus, if nothing happens until then; the greatest long if none can be. */
    long surplusAfterNanos() {
        if (paths.size() > most()) {
            return 0;
        }
        if (paths.size() <= LEAST || taken.isEmpty()) {
            return Long.MAX_VALUE;
        }
        // Those beyond the number of spares may be forgotten first; the next to be forgotten makes one surplus.
        Iterator<Long> each = taken.iterator();
        long time = each.next();
        for (int beyond = taken.size() - paths.size(); beyond > 0; beyond--) {
            time = each.next();
        }
        return Math.max(1, time + REMEMBERED_NANOS - clock.nanoTime());
    }
}
