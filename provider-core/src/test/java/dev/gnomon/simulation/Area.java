/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.store.StoreLimits;
import java.util.List;
import java.util.stream.Stream;

/** What a workload does most of; each has its row in the table of crash states. */
enum Area {
    /** Writes, FUA writes and flushes of several clients, with few copies. */
    WRITE_AND_FLUSH("write and flush", 2, 128 << 10, 45, 12, 12, 8, 10, 8, 4, 0),
    /** Sets one after another while writes go on. */
    SET_COMMIT("set commit", 3, 128 << 10, 45, 5, 4, 4, 4, 10, 24, 0),
    /** Cuts while the engine recovers, and while it recovers from that. */
    RECOVERY("recovery itself", 2, 64 << 10, 45, 8, 8, 6, 4, 4, 12, 8),
    /** Sets and copies that are deleted, the newest ones too. */
    DELETE("delete", 2, 128 << 10, 45, 4, 4, 4, 4, 6, 16, 16),
    /** A log that goes on from segment to segment, at times without space for the next. */
    SEGMENT_CHANGE("segment change", 2, 64 << 10, 60, 4, 4, 10, 2, 2, 18, 6),
    /** A checkpoint after each few batches, and merges of the runs that they make. */
    CHECKPOINT("checkpoint", 2, 128 << 10, 45, 6, 4, 4, 2, 8, 14, 6),
    /** Sets that come and go, so that segments die and are used again. */
    REAPER("delete and reaper", 2, 64 << 10, 60, 4, 2, 2, 2, 8, 18, 16),
    /** One volume whose records live long among others that do not, so that segments are emptied. */
    CLEANER("cleaner", 1, 64 << 10, 70, 2, 2, 2, 2, 10, 14, 12),
    /** Volumes that go back to their copies while clients write. */
    REVERT("revert", 2, 64 << 10, 50, 8, 6, 4, 6, 6, 14, 4, 16),
    /** Overlays of copies that are made, written to, compacted, sealed and dropped; most steps are {@link OverlayClient}'s. */
    OVERLAY("overlay", 2, 64 << 10, 30, 2, 4, 2, 2, 4, 30, 3),
    /** Segments that are moved from directory to directory, and back before they have come there. */
    MOVE("move", 2, 64 << 10, 60, 4, 4, 4, 2, 8, 14, 8),
    /** A limit that is met again and again, so that the oldest copies are dropped. */
    FULL("full diff area", 2, 64 << 10, 60, 6, 4, 4, 4, 10, 24, 2),
    /** Volumes that grow while they are written to and copied, and go back to copies of smaller sizes; see {@link Growing}. */
    RESIZE("resize", 2, 128 << 10, 45, 8, 8, 6, 4, 8, 16, 6, 5),
    /** Scrubs while everything else goes on, overlays among it: whatever moves meanwhile, nothing is called damaged. */
    SCRUB("scrub", 2, 64 << 10, 45, 4, 4, 4, 2, 4, 18, 10);

    /** Areas whose clients keep to the ground that there is from the beginning. */
    static final List<Area> STEADY =
            Stream.of(values()).filter(area -> area != RESIZE && area != SCRUB).toList();

    final String title;
    final int volumes;
    final int segmentBytes;
    private final int writes;
    private final int forcedWrites;
    private final int flushes;
    private final int zeroes;
    private final int reads;
    private final int copyReads;
    private final int sets;
    private final int deletes;
    private final int reverts;

    Area(
            String title,
            int volumes,
            int segmentBytes,
            int writes,
            int forcedWrites,
            int flushes,
            int zeroes,
            int reads,
            int copyReads,
            int sets,
            int deletes) {
        this(title, volumes, segmentBytes, writes, forcedWrites, flushes, zeroes, reads, copyReads, sets, deletes, 0);
    }

    Area(
            String title,
            int volumes,
            int segmentBytes,
            int writes,
            int forcedWrites,
            int flushes,
            int zeroes,
            int reads,
            int copyReads,
            int sets,
            int deletes,
            int reverts) {
        this.reverts = reverts;
        this.title = title;
        this.volumes = volumes;
        this.segmentBytes = segmentBytes;
        this.writes = writes;
        this.forcedWrites = forcedWrites;
        this.flushes = flushes;
        this.zeroes = zeroes;
        this.reads = reads;
        this.copyReads = copyReads;
        this.sets = sets;
        this.deletes = deletes;
    }

    /** Returns what the store may take: in some areas so little that it has to keep house all the time. */
    StoreLimits limits() {
        if (this == REVERT) {
            return new StoreLimits(64 << 10, 24 << 10, 256 << 10); // so slow that clients come between its steps
        }
        if (this == SCRUB) {
            return new StoreLimits(64 << 10, 24 << 10, 128 << 10); // so that most crashes find it half-way
        }
        if (this == MOVE) {
            return new StoreLimits(64 << 10, 96 << 10, 16 << 20); // so that each segment takes a while
        }
        return (this == CHECKPOINT || this == REAPER || this == CLEANER)
                ? new StoreLimits(64 << 10, 24 << 10, 1L << 40)
                : StoreLimits.STANDARD;
    }

    /** Returns whether volumes go back to their copies. */
    boolean hasReverts() {
        return reverts > 0;
    }

    /** Returns of how many steps in a hundred a client works on an overlay of a copy. */
    int overlayPercent() {
        return this == OVERLAY ? 75 : this == SCRUB ? 25 : 0;
    }

    /** What a client does next. */
    enum Step {
        WRITE,
        FUA,
        FLUSH,
        ZEROES,
        READ,
        READ_COPY,
        SET,
        DELETE,
        REVERT
    }

    /** Picks a step by weight; {@code number} is any that is not negative. */
    Step step(int number) {
        int left = number % (writes + forcedWrites + flushes + zeroes + reads + copyReads + sets + deletes + reverts);
        left -= writes;
        if (left < 0) {
            return Step.WRITE;
        }
        left -= forcedWrites;
        if (left < 0) {
            return Step.FUA;
        }
        left -= flushes;
        if (left < 0) {
            return Step.FLUSH;
        }
        left -= zeroes;
        if (left < 0) {
            return Step.ZEROES;
        }
        left -= reads;
        if (left < 0) {
            return Step.READ;
        }
        left -= copyReads;
        if (left < 0) {
            return Step.READ_COPY;
        }
        left -= sets;
        if (left < 0) {
            return Step.SET;
        }
        return left < deletes ? Step.DELETE : Step.REVERT;
    }
}
