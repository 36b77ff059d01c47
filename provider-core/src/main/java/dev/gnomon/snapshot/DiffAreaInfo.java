/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.DiffAreaUsage;
import java.util.List;

/**
 * How the space of the diff area is used; all in bytes.
 *
 * @param directory where its files lie
 * @param limitBytes of all files together; 0 if there is none
 * @param leastBytes the smallest limit that can be set now
 * @param allocatedBytes of all files together: segments, index, staging and what is held back in a file of its own
 * @param segmentBytes of all segment files
 * @param usedBytes of segments that batches lie in, or lay in
 * @param liveBytes preserved bytes that the index names
 * @param deadBytes what else is used
 * @param freeBytes of segments that nothing lies in
 * @param indexBytes of runs and checkpoint
 * @param stagingBytes of the staging files
 * @param heldBackBytes that first overwrites do not get
 * @param fillPercent of what the limit, or the file system, admits for first overwrites, dead space among what they took
 * @param leftBytes of that
 * @param bytesPerSecond that were written to it lately, on average
 * @param secondsToFull at that rate; 0 if it does not grow
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
        long freeBytes,
        long indexBytes,
        long stagingBytes,
        long heldBackBytes,
        int fillPercent,
        long leftBytes,
        long bytesPerSecond,
        long secondsToFull,
        List<Share> volumes) {
    /** Copies the list. */
    public DiffAreaInfo {
        volumes = List.copyOf(volumes);
    }

    /** What one volume has of it. */
    public record Share(String volume, int copies, long preservedBytes, long unsettledBytes) {}

    static DiffAreaInfo of(String directory, DiffAreaUsage usage, SpaceWatch.Outlook outlook, List<Share> volumes) {
        return new DiffAreaInfo(
                directory,
                usage.limitBytes(),
                usage.leastBytes(),
                usage.allocatedBytes(),
                usage.segmentBytes(),
                usage.usedBytes(),
                usage.liveBytes(),
                usage.deadBytes(),
                usage.freeBytes(),
                usage.indexBytes(),
                usage.stagingBytes(),
                usage.heldBackBytes(),
                outlook.fillPercent(),
                outlook.leftBytes(),
                outlook.bytesPerSecond(),
                outlook.secondsToFull(),
                volumes);
    }
}
