/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/**
 * What the NBD server counted since the service started.
 *
 * @param connections open now
 * @param accepted connections that were served
 * @param refused connections closed at once because a limit was reached
 * @param negotiated connections that reached transmission
 * @param violations connections closed because the client broke the protocol
 * @param timeouts connections cut because the client made no progress
 * @param faults connections that ended by a defect of the service
 * @param errors requests answered with an error
 */
public record NbdStatsView(
        long connections,
        long accepted,
        long refused,
        long negotiated,
        long violations,
        long timeouts,
        long faults,
        long requests,
        long errors,
        long readBytes,
        long writtenBytes) {
    /** Of a server that nobody has used. */
    public static final NbdStatsView NONE = new NbdStatsView(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Returns the counters as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("connections", connections)
                .put("accepted", accepted)
                .put("refused", refused)
                .put("negotiated", negotiated)
                .put("violations", violations)
                .put("timeouts", timeouts)
                .put("faults", faults)
                .put("requests", requests)
                .put("errors", errors)
                .put("readBytes", readBytes)
                .put("writtenBytes", writtenBytes);
    }

    static NbdStatsView from(Fields in) throws ControlException {
        return new NbdStatsView(
                in.count("connections"),
                in.count("accepted"),
                in.count("refused"),
                in.count("negotiated"),
                in.count("violations"),
                in.count("timeouts"),
                in.count("faults"),
                in.count("requests"),
                in.count("errors"),
                in.count("readBytes"),
                in.count("writtenBytes"));
    }
}
