/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * Brings checks of another module to {@code gnomon doctor}; found by {@link java.util.ServiceLoader}. What it throws becomes a
 * warning in the report.
 */
public interface ExtraChecks {
    /** Looks, changes nothing, and returns what it found; nothing on a system that it is not for. */
    List<DoctorReport.Check> examine(Patient patient);

    /**
     * What the doctor knows so far.
     *
     * @param stateDirectory of the service
     * @param engine whether a service of that directory was found
     */
    record Patient(Path stateDirectory, Engine engine) {}

    /** A service, as its control socket and its lock tell. */
    enum Engine {
        /** It answers. */
        ANSWERS,
        /** It does not answer, and its state directory is held: by a service that starts, or hangs. */
        SILENT,
        /** There is none. */
        ABSENT
    }
}
