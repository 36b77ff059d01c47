/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A running service as clients see it.
 *
 * @param version of Gnomon
 * @param stateDirectory absolute path
 * @param nbdAddresses where it serves NBD, as {@code unix:PATH} or {@code tcp:HOST:PORT}
 */
public record ServiceView(
        String version,
        long pid,
        String stateDirectory,
        Instant startedAt,
        List<String> nbdAddresses,
        int volumes,
        int copies,
        StatsView stats) {
    /** Copies the list. */
    public ServiceView {
        nbdAddresses = List.copyOf(nbdAddresses);
    }

    /** Returns the service as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("version", version)
                .put("pid", pid)
                .put("stateDirectory", stateDirectory)
                .put("startedAt", startedAt.toString())
                .put("volumes", volumes)
                .put("copies", copies);
        nbdAddresses.forEach(json.putArray("nbdAddresses")::add);
        json.set("stats", stats.toJson());
        return json;
    }

    static ServiceView from(Fields in) throws ControlException {
        return new ServiceView(
                in.text("version"),
                in.count("pid"),
                in.text("stateDirectory"),
                in.instant("startedAt"),
                in.texts("nbdAddresses"),
                Math.toIntExact(in.integer("volumes", 0, Integer.MAX_VALUE)),
                Math.toIntExact(in.integer("copies", 0, Integer.MAX_VALUE)),
                StatsView.from(in.object("stats")));
    }
}
