/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.util.List;
import java.util.Optional;

/** The engine service as its clients see it. */
public interface Engine {
    /**
     * A volume that the engine serves.
     *
     * @param clients how many connections of this machine use it, or an overlay of one of its copies
     * @param unsettledBytes what a stop has to write before it ends
     */
    record Volume(String name, int clients, long unsettledBytes) {}

    /**
     * Returns the volumes, if an engine answers.
     *
     * @throws SetupException if one is there and cannot be asked
     */
    Optional<List<Volume>> volumes() throws SetupException;
}
