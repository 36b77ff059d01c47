/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

/** What a visit measures, in the order in which it does. */
enum Phase {
    /** Writes of the live volume before there is a copy. */
    LIVE("live", "live writes, no copy", false, true),
    /** Reads of the live volume. */
    READ("read", "live reads, no copy", false, false),
    /** The first write of each place after a copy was taken. */
    FIRST("first", "first overwrites after a copy was taken", true, true),
    /** Writes of the same places again. */
    REWRITE("rewrite", "the same places again", true, true),
    /** Reads of the copy after that: of old content both kept apart and still in place. */
    COPY_READ("copy-read", "reads of the copy", true, false),
    /** All of a scenario that is no visit. */
    WHOLE("whole", "the whole scenario", false, true);

    private final String id;
    private final String title;
    private final boolean needsCopy;
    private final boolean writes;

    Phase(String id, String title, boolean needsCopy, boolean writes) {
        this.id = id;
        this.title = title;
        this.needsCopy = needsCopy;
        this.writes = writes;
    }

    /** Returns the name for the command line, tables and JSON. */
    String id() {
        return id;
    }

    String title() {
        return title;
    }

    /** Returns whether a copy is taken before. */
    boolean needsCopy() {
        return needsCopy;
    }

    boolean writes() {
        return writes;
    }

    /** Returns the phase of a name; throws IllegalArgumentException if there is none. */
    static Phase of(String id) {
        for (Phase phase : values()) {
            if (phase.id.equals(id)) {
                return phase;
            }
        }
        throw new IllegalArgumentException("there is no phase '" + id + "'");
    }
}
