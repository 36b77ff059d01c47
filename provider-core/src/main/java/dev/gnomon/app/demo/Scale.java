/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

/**
 * How large a run is.
 *
 * @param slots per chain and volume, see {@link Layout}
 * @param lapMillisMax how long to write at most until every slot was written once
 * @param pauseMillisMax longest random wait before the cut and before the kill
 * @param deadlineSeconds after which a run that is not over has failed
 */
record Scale(long volumeBytes, int chains, int slots, long lapMillisMax, int pauseMillisMax, long deadlineSeconds) {
    /** What {@code gnomon demo} runs: under a minute on two slow cores. */
    static final Scale STANDARD = new Scale(1L << 30, 16, 1024, 6_000, 1_500, 180);

    /** Room for log segments beside what is preserved. */
    private static final long LOG_BYTES_SPARE = 512L << 20;

    /** Returns the room that a run needs: both origins, every slot preserved for a few cuts, and some for the log. */
    long bytesNeeded() {
        long preserved = (long) Layout.VOLUMES * chains * slots * Layout.RECORD_BYTES;
        return Layout.VOLUMES * volumeBytes + 2 * preserved + LOG_BYTES_SPARE;
    }

    /** Returns how many writes fill every slot once. */
    long lapWrites() {
        return (long) Layout.VOLUMES * chains * slots;
    }
}
