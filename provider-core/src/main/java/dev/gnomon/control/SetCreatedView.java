/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/**
 * A snapshot set just taken.
 *
 * @param heldNanos how long writes were held
 * @param totalNanos from the request to the durable record
 */
public record SetCreatedView(SetView set, long heldNanos, long totalNanos) {
    /** Returns the set and its times as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object().put("heldNanos", heldNanos).put("totalNanos", totalNanos);
        json.set("set", set.toJson());
        return json;
    }

    static SetCreatedView from(Fields in) throws ControlException {
        return new SetCreatedView(SetView.from(in.object("set")), in.count("heldNanos"), in.count("totalNanos"));
    }
}
