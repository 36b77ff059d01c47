/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

/**
 * How the space of a diff area is used; all in bytes.
 *
 * @param limitBytes of all files together; 0 if there is none
 * @param leastBytes the smallest limit that can be set now
 * @param countedBytes what counts towards the limit: as what is allocated, but staging as large as it may become
 * @param segmentBytes of all segment files, those that are ready and spare among them
 * @param usedBytes of segments that batches lie in, or lay in, without holes
 * @param punchedBytes that came back as holes inside segments, since the opening; not among those of segments
 * @param liveBytes preserved bytes that the index names; the rest of what is used is dead: heads of batches, and what
 *     nobody reads any more
 * @param indexBytes of runs and checkpoint
 * @param stagingBytes of the staging files and their table
 * @param overlayBytes of the files of overlays
 * @param heldBackBytes that first overwrites do not get, so that deletes, merges and the cleaner work when nothing else
 *     is left; a part of them are segments
 * @param reserveBytes of the file that keeps space for the next merge, a part of what is held back
 */
public record DiffAreaUsage(
        long limitBytes,
        long leastBytes,
        long countedBytes,
        long segmentBytes,
        long usedBytes,
        long punchedBytes,
        long liveBytes,
        long indexBytes,
        long stagingBytes,
        long overlayBytes,
        long heldBackBytes,
        long reserveBytes) {
    /** The segment that is written to, the next, one to empty others into, and one to be emptied. */
    static final int LEAST_SEGMENTS = 4;

    /** Returns the bytes of all files of the store but the superblock. */
    public long allocatedBytes() {
        return segmentBytes + indexBytes + stagingBytes + overlayBytes + reserveBytes;
    }

    /** Returns the bytes in segments that are used and not live. */
    public long deadBytes() {
        return Math.max(0, usedBytes - liveBytes);
    }

    /** Returns the bytes in segments that nothing lies in yet, or not any more. */
    public long freeBytes() {
        return Math.max(0, segmentBytes - usedBytes);
    }
}
