/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.ScrubStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the last scrub of the store has come, and what it found.
 *
 * @param beganAt null if there was none yet
 * @param endedAt when it was stopped or done; null while it runs
 * @param checkedBytes of preserved and staged pieces that were compared with their checksums
 * @param totalBytes of them when it began; what comes meanwhile may make the other larger
 * @param bytesPerSecond since this process goes on with it; 0 if that is not known
 * @param damaged how many places are damaged
 * @param places the first of them that this process found, for people
 */
public record ScrubInfo(
        State state,
        @Nullable Instant beganAt,
        @Nullable Instant endedAt,
        long checkedBytes,
        long totalBytes,
        long bytesPerSecond,
        long damaged,
        List<String> places) {
    /** Copies the list. */
    public ScrubInfo {
        places = List.copyOf(places);
    }

    /** What there is to be said of the last scrub. */
    public enum State {
        /** There was none. */
        NEVER,
        /** It goes on, and does so after a restart. */
        RUNNING,
        /** Somebody stopped it. */
        STOPPED,
        /** It has seen everything. */
        DONE
    }

    static ScrubInfo of(ScrubStatus status) {
        return new ScrubInfo(
                switch (status.phase()) {
                    case NEVER -> State.NEVER;
                    case RUNNING -> State.RUNNING;
                    case STOPPED -> State.STOPPED;
                    case DONE -> State.DONE;
                },
                instant(status.begunMillis()),
                instant(status.endedMillis()),
                status.checkedBytes(),
                status.totalBytes(),
                status.bytesPerSecond(),
                status.damaged(),
                status.places());
    }

    private static @Nullable Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}
