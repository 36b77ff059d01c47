/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import dev.gnomon.control.DiffView.ExtentView;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of the checking of a part of a shadow copy, as clients see it.
 *
 * @param copy its export name
 * @param checkedBytes preserved bytes whose checksums were recomputed
 * @param damaged extents that cannot be read, in order of place
 * @param nextOffsetBytes where this part ends; another follows if that is before the size
 */
public record VerifyView(
        String copy, long sizeBytes, long checkedBytes, List<ExtentView> damaged, long nextOffsetBytes) {
    /** Copies the list. */
    public VerifyView {
        damaged = List.copyOf(damaged);
    }

    /** Returns this part as the result of a request. */
    public ObjectNode toJson() {
        ObjectNode verification = Json.object()
                .put("copy", copy)
                .put("sizeBytes", sizeBytes)
                .put("checkedBytes", checkedBytes)
                .put("nextOffsetBytes", nextOffsetBytes);
        ArrayNode array = verification.putArray("damaged");
        damaged.forEach(extent -> array.add(extent.toJson()));
        ObjectNode json = Json.object();
        json.set("verification", verification);
        return json;
    }

    /** Reads {@link #toJson}. */
    public static VerifyView from(ObjectNode result) throws ControlException {
        Fields in = new Fields("result", result, ErrorKind.PROTOCOL).object("verification");
        return new VerifyView(
                in.text("copy"),
                in.count("sizeBytes"),
                in.count("checkedBytes"),
                DiffView.extents(in, "damaged"),
                in.count("nextOffsetBytes"));
    }
}
