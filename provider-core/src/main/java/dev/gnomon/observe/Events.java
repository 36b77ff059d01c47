/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

/** Where events are told. Thread-safe. */
public interface Events {
    /** Takes an event. Never waits for input or output of the service's own files, never throws. */
    void tell(Event event);

    /**
     * Keeps events in memory from now on until as many {@link #resume}s came: while VSS holds writes nothing may be
     * written, not even a log. Returns when no event is being written, or after a second.
     */
    default void pause() {}

    /** Ends one {@link #pause}; what was told meanwhile is written now. */
    default void resume() {}

    /** Returns events that only stand in the log, written by the thread that tells them. */
    static Events toLog() {
        return EventLogger::log;
    }
}
