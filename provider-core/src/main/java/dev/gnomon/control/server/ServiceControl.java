/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsReport;
import java.nio.file.Path;
import java.util.List;

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

    /**
     * Refuses a place for an origin, or for segments of the diff area, that is known to be unfit, unless it is allowed; tells
     * of one that may be.
     *
     * @return what is wrong with the place, empty if nothing
     */
    default String requireFit(String what, Path place, boolean allowed) throws ControlException {
        return "";
    }

    /** Returns the clients that have an export open. */
    default List<ClientView> clients() {
        return List.of();
    }

    /**
     * Stops the service and returns when everything is durable and every lock is released; only the end of the process
     * remains.
     *
     * @param force even while this machine uses volumes
     * @throws ControlException of kind REFUSED, naming clients, if it does and that was not forced; nothing was stopped
     */
    void stop(boolean force) throws ControlException;
}
