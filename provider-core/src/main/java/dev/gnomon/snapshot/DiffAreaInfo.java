/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.DiffAreaUsage;
import dev.gnomon.store.MoveStatus;
import java.util.List;

/**
 * How the space of the diff area is used; all in bytes.
 *
 * @param directory where its files lie, but for segments that were moved
 * @param limitBytes of all files together; 0 if there is none
 * @param leastBytes the smallest limit that can be set now
 * @param allocatedBytes of all files together: segments, index, staging and what is held back in a file of its own
 * @param segmentBytes of all segment files
 * @param usedBytes of segments that batches lie in, or lay in
 * @param liveBytes preserved bytes that the index names
 * @param deadBytes what else is used
 * @param punchedBytes that came back as holes inside segments since the opening
 * @param freeBytes of segments that nothing lies in
 * @param indexBytes of runs and checkpoint
 * @param stagingBytes of the staging files
 * @param heldBackBytes that first overwrites do not get
 * @param fillPercent of what the limit, or the file system, admits for first overwrites, dead space among what they took
 * @param leftBytes of that
 * @param bytesPerSecond that were written to it lately, on average
 * @param secondsToFull at that rate; 0 if it does not grow
 * @param segmentDirectory where the segments are, or are moved from
 * @param movingTo where they are moved to, empty if they are not
 * @param movedBytes of them since this process began with it
 * @param toMoveBytes of them that are to be moved still
 * @param moveWaiting why that cannot get on, empty if it does
 * @param volumes in order of their names
 */
public record DiffAreaInfo(
        String directory,
        long limitBytes,
        long leastBytes,
        long allocatedBytes,
        long segmentBytes,
        long usedBytes,
        long liveBytes,
        long deadBytes,
        long punchedBytes,
        long freeBytes,
        long indexBytes,
        long stagingBytes,
        long heldBackBytes,
        int fillPercent,
        long leftBytes,
        long bytesPerSecond,
        long secondsToFull,
        String segmentDirectory,
        String movingTo,
        long movedBytes,
        long toMoveBytes,
        String moveWaiting,
        List<Share> volumes) {
    /** Copies the list. */
    public DiffAreaInfo {
        volumes = List.copyOf(volumes);
    }

    /** What one volume has of it, and may have of it; a limit of 0 is none. */
    public record Share(String volume, int copies, long preservedBytes, long unsettledBytes, long limitBytes) {}

    static DiffAreaInfo of(
            String directory, DiffAreaUsage usage, SpaceWatch.Outlook outlook, MoveStatus move, List<Share> volumes) {
        return new DiffAreaInfo(
                directory,
                usage.limitBytes(),
                usage.leastBytes(),
                usage.allocatedBytes(),
                usage.segmentBytes(),
                usage.usedBytes(),
                usage.liveBytes(),
                usage.deadBytes(),
                usage.punchedBytes(),
                usage.freeBytes(),
                usage.indexBytes(),
                usage.stagingBytes(),
                usage.heldBackBytes(),
                outlook.fillPercent(),
                outlook.leftBytes(),
                outlook.bytesPerSecond(),
                outlook.secondsToFull(),
                move.directory(),
                move.target(),
                move.movedBytes(),
                move.leftBytes(),
                move.waiting(),
                volumes);
    }
}
