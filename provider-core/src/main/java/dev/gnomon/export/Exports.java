/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The exports that a protocol server offers. Thread-safe. */
public interface Exports {
    /** Returns the names of all exports, sorted. */
    List<String> names();

    /**
     * Opens an export for one client.
     *
     * @param name as the client sent it; any text
     * @return the export, to be closed by the caller, or null if there is none of that name
     */
    @Nullable
    Export open(String name);

    /** Returns how many clients have a shadow copy open, or its overlay. */
    default int readers(UUID copy) {
        return 0;
    }

    /** Returns the older shadow copies that an export can be compared with; none if there is no export of that name. */
    default Baselines baselines(String name) {
        return Baselines.NONE;
    }
}
