/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.util.List;

/** What the doctor found, in the order in which it looked. */
public record DoctorReport(List<Check> checks) {
    /** Copies the list. */
    public DoctorReport {
        checks = List.copyOf(checks);
    }

    /** Returns whether nothing failed; warnings do not count. */
    public boolean healthy() {
        return checks.stream().noneMatch(check -> check.status() == Status.FAILED);
    }

    /** How a check ended. */
    public enum Status {
        /** All well. */
        OK,
        /** Works, but someone should look at it. */
        WARN,
        /** Does not work, or will not for long. */
        FAILED
    }

    /**
     * One check.
     *
     * @param name what was looked at
     * @param finding what was found
     * @param action what to do about it; empty if nothing
     */
    public record Check(String name, Status status, String finding, String action) {}
}
