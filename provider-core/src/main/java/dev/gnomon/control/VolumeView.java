/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A volume as clients see it.
 *
 * @param origin absolute path of the raw file or block device
 * @param stateReason why it is not ONLINE, for people; empty if it is
 * @param liveEpoch number of the epoch that writes now belong to
 * @param preservedBytes old bytes kept in the diff area for its shadow copies
 * @param unsettledBytes acknowledged new data that the origin does not durably hold yet
 * @param clients how many exports of the live volume are open
 * @param originChange what was changed in the origin while nobody served it; empty if nothing
 * @param properties all that there are, those that nobody gave with their usual values
 */
public record VolumeView(
        UUID id,
        String name,
        String origin,
        long sizeBytes,
        State state,
        String stateReason,
        long liveEpoch,
        int copies,
        long preservedBytes,
        long unsettledBytes,
        int clients,
        String originChange,
        Map<String, String> properties) {
    /** Copies the map. */
    public VolumeView {
        properties = Map.copyOf(properties);
    }

    /** What a volume admits. */
    public enum State {
        /** Reads and writes. */
        ONLINE,
        /** A flush failed: reads only, until an operator clears it. */
        FAILED,
        /** The origin refuses what was acknowledged: it is kept and tried again, and new writes are refused. */
        DEGRADED,
        /** Not served. */
        OFFLINE
    }

    /** Returns this volume as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("id", id.toString())
                .put("name", name)
                .put("origin", origin)
                .put("sizeBytes", sizeBytes)
                .put("state", state.name())
                .put("stateReason", stateReason)
                .put("liveEpoch", liveEpoch)
                .put("copies", copies)
                .put("preservedBytes", preservedBytes)
                .put("unsettledBytes", unsettledBytes)
                .put("clients", clients)
                .put("originChange", originChange);
        properties.forEach(json.putObject("properties")::put);
        return json;
    }

    static VolumeView from(Fields in) throws ControlException {
        return new VolumeView(
                in.id("id"),
                in.text("name"),
                in.text("origin"),
                in.count("sizeBytes"),
                in.oneOf("state", State.class),
                in.text("stateReason"),
                in.count("liveEpoch"),
                Math.toIntExact(in.integer("copies", 0, Integer.MAX_VALUE)),
                in.count("preservedBytes"),
                in.count("unsettledBytes"),
                Math.toIntExact(in.integer("clients", 0, Integer.MAX_VALUE)),
                in.optionalText("originChange"),
                in.optionalMap("properties"));
    }
}
