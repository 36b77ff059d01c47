/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsReport;
import java.nio.file.Path;

/** What the running service tells of itself and lets others do to it. Thread-safe. */
public interface ServiceControl {
    /** Returns what the service is and does. */
    ServiceView status() throws ControlException;

    /** Returns everything that it counts and measures. */
    StatsReport stats() throws ControlException;

    /** Returns its VSS provider. */
    default VssControl vss() {
        return VssControl.NONE;
    }

    /** Refuses a place for an origin, or for segments of the diff area, that is known to be unfit; tells of one that may be. */
    default void requireFit(String what, Path place) throws ControlException {}

    /**
     * Stops the service and returns when everything is durable and every lock is released; only the end of the process
     * remains.
     */
    void stop() throws ControlException;
}
