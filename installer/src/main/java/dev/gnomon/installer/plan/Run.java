/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of setup as the journal tells it.
 *
 * @param number from 1
 * @param header what it was started with
 * @param entries in the order in which they were begun
 * @param result empty if the run was killed
 * @param committed whether Windows Installer has ended well since, so that nothing will roll it back
 */
public record Run(
        long number,
        Header header,
        Instant startedAt,
        List<Entry> entries,
        Optional<String> result,
        boolean committed) {
    /** Copies the list. */
    public Run {
        entries = List.copyOf(entries);
    }

    /**
     * What a run was started with.
     *
     * @param command {@code install}, {@code uninstall}, ...
     * @param version of the Gnomon that setup belongs to
     * @param fromMsi whether Windows Installer started it
     * @param created the directories that had to be made for the journal, outermost first
     */
    public record Header(String command, String version, String programDir, boolean fromMsi, List<String> created) {
        /** Copies the list. */
        public Header {
            created = List.copyOf(created);
        }
    }

    /** What is done with a step. */
    public enum Deed {
        /** {@link Step#apply}. */
        APPLY,
        /** {@link Step#undo}. */
        UNDO
    }

    /**
     * A step that was begun.
     *
     * @param ended whether its end was written, well or not
     * @param error empty if it ended well, or did not end
     */
    public record Entry(String step, Deed deed, Memo memo, boolean ended, String error) {
        /** Returns whether it was done. */
        public boolean done() {
            return ended && error.isEmpty();
        }
    }

    /** Returns what may be there of this run's own work: what was begun and not undone since, with the memo of the first time. */
    public List<Entry> standing() {
        Map<String, Entry> standing = new LinkedHashMap<>();
        for (Entry each : entries) {
            if (each.deed() == Deed.APPLY) {
                Entry first = standing.get(each.step());
                standing.put(
                        each.step(),
                        first == null
                                ? each
                                : new Entry(each.step(), each.deed(), first.memo(), each.ended(), each.error()));
            } else if (each.done()) {
                standing.remove(each.step());
            }
        }
        return List.copyOf(standing.values());
    }
}
