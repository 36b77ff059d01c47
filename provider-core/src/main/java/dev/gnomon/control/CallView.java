/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call of VSS to the provider, as clients see it.
 *
 * @param sequence rises from call to call, in the order of the answers
 * @param peer the host process
 * @param object number of the provider object in it
 * @param arguments as docs/vss-protocol.md has them
 * @param hresult such as {@code 0x80042306}
 * @param result as docs/vss-protocol.md has it
 * @param reason empty unless it failed
 * @param phase THAWED, FROZEN (writers wait) or HELD (all writes wait), when the call came
 * @param fault that it met; empty for none
 */
public record CallView(
        long sequence,
        Instant began,
        long durationNanos,
        String peer,
        long object,
        String call,
        ObjectNode arguments,
        String hresult,
        ObjectNode result,
        String reason,
        String phase,
        String fault) {
    /** Returns this call as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("sequence", sequence)
                .put("began", began.toString())
                .put("durationNanos", durationNanos)
                .put("peer", peer)
                .put("object", object)
                .put("call", call)
                .put("hresult", hresult)
                .put("reason", reason)
                .put("phase", phase)
                .put("fault", fault);
        json.set("arguments", arguments);
        json.set("result", result);
        return json;
    }

    static CallView from(Fields in) throws ControlException {
        return new CallView(
                in.count("sequence"),
                in.instant("began"),
                in.count("durationNanos"),
                in.text("peer"),
                in.count("object"),
                in.text("call"),
                in.objectNode("arguments"),
                in.text("hresult"),
                in.objectNode("result"),
                in.text("reason"),
                in.text("phase"),
                in.text("fault"));
    }
}
