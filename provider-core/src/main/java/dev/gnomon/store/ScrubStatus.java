/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.List;

/**
 * What a scrub has done so far.
 *
 * @param begunMillis since 1970 UTC; 0 if there was none yet
 * @param endedMillis when it was stopped or done; 0 while it runs
 * @param checkedBytes of preserved and staged pieces that were compared with their checksums
 * @param totalBytes of them when it began; what comes meanwhile may make the other larger
 * @param bytesPerSecond since this process goes on with it; 0 if that is not known
 * @param damaged how many places are damaged
 * @param places the first of them, found by this process, for people
 */
public record ScrubStatus(
        Phase phase,
        long begunMillis,
        long endedMillis,
        long checkedBytes,
        long totalBytes,
        long bytesPerSecond,
        long damaged,
        List<String> places) {
    /** Copies the list. */
    public ScrubStatus {
        places = List.copyOf(places);
    }

    /** What there is to be said of the last scrub. */
    public enum Phase {
        /** There was none. */
        NEVER,
        /** It goes on, and does so after a restart. */
        RUNNING,
        /** Somebody stopped it. */
        STOPPED,
        /** It has seen everything. */
        DONE
    }
}
