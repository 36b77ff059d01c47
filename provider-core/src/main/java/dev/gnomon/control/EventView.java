/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event of the service; names are empty where none is concerned.
 *
 * @param sequence rises from event to event
 * @param id stable, such as GNM-2001; a later service may have ids that this program does not know
 * @param severity ERROR, WARN or INFO
 * @param suppressed how often the same was told and left out since it was recorded last
 */
public record EventView(
        long sequence,
        Instant time,
        String id,
        String severity,
        String volume,
        String copy,
        String set,
        String message,
        long suppressed) {

    /** Returns this event as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("sequence", sequence)
                .put("time", time.toString())
                .put("id", id)
                .put("severity", severity)
                .put("volume", volume)
                .put("copy", copy)
                .put("set", set)
                .put("message", message)
                .put("suppressed", suppressed);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws ControlException of kind PROTOCOL if it is something else
     */
    public static EventView fromJson(ObjectNode json) throws ControlException {
        return from(new Fields("event", json, ErrorKind.PROTOCOL));
    }

    static EventView from(Fields in) throws ControlException {
        return new EventView(
                in.count("sequence"),
                in.instant("time"),
                in.text("id"),
                in.text("severity"),
                in.text("volume"),
                in.text("copy"),
                in.text("set"),
                in.text("message"),
                in.count("suppressed"));
    }
}
