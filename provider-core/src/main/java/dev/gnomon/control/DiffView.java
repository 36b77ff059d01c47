/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of what changed between two sides of a volume, as clients see it.
 *
 * @param older export name of the older side
 * @param newer export name of the newer side
 * @param sizeBytes of the newer side
 * @param extents that changed, in order of place; what lies between them did not
 * @param nextOffsetBytes where this part ends; another follows if that is before the size
 */
public record DiffView(String older, String newer, long sizeBytes, List<ExtentView> extents, long nextOffsetBytes) {
    /** Copies the list. */
    public DiffView {
        extents = List.copyOf(extents);
    }

    /** Bytes in a row. */
    public record ExtentView(long offsetBytes, long lengthBytes) {
        /** Returns this extent as JSON. */
        public ObjectNode toJson() {
            return Json.object().put("offsetBytes", offsetBytes).put("lengthBytes", lengthBytes);
        }
    }

    /** Returns this part as the result of a request. */
    public ObjectNode toJson() {
        ObjectNode diff = Json.object()
                .put("older", older)
                .put("newer", newer)
                .put("sizeBytes", sizeBytes)
                .put("nextOffsetBytes", nextOffsetBytes);
        ArrayNode array = diff.putArray("extents");
        extents.forEach(extent -> array.add(extent.toJson()));
        ObjectNode json = Json.object();
        json.set("diff", diff);
        return json;
    }

    /** Reads {@link #toJson}. */
    public static DiffView from(ObjectNode result) throws ControlException {
        Fields in = new Fields("result", result, ErrorKind.PROTOCOL).object("diff");
        return new DiffView(
                in.text("older"),
                in.text("newer"),
                in.count("sizeBytes"),
                extents(in, "extents"),
                in.count("nextOffsetBytes"));
    }

    static List<ExtentView> extents(Fields in, String name) throws ControlException {
        List<ExtentView> extents = new ArrayList<>();
        for (Fields extent : in.objects(name)) {
            extents.add(new ExtentView(extent.count("offsetBytes"), extent.count("lengthBytes")));
        }
        return extents;
    }
}
