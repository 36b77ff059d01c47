/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that goes wrong on purpose, as clients see it.
 *
 * @param number of it in this life of the service
 * @param call of VSS that it hits, or {@code any}
 * @param action as it was given
 * @param timesLeft how often it still happens
 * @param volume that it is for; empty for all
 * @param until when it ends by itself
 */
public record FaultView(long number, String call, String action, int timesLeft, String volume, Instant until) {
    /** Returns this fault as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("number", number)
                .put("call", call)
                .put("action", action)
                .put("timesLeft", timesLeft)
                .put("volume", volume)
                .put("until", until.toString());
    }

    static FaultView from(Fields in) throws ControlException {
        return new FaultView(
                in.count("number"),
                in.text("call"),
                in.text("action"),
                (int) in.integer("timesLeft", 0, Integer.MAX_VALUE),
                in.text("volume"),
                in.instant("until"));
    }
}
