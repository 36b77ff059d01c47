/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/**
 * A revert of a volume to a shadow copy.
 *
 * @param copy as it is exported
 * @param pieces of 4 KiB that differ, or did when it began
 * @param piecesDone those of them that are done
 * @param clients that are connected to the volume
 * @param waiting why it does not go on, empty if it does
 */
public record RevertView(String volume, String copy, long pieces, long piecesDone, int clients, String waiting) {
    /** Bytes of a piece. */
    public static final int PIECE_BYTES = 4096;

    /** Returns this revert as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("volume", volume)
                .put("copy", copy)
                .put("pieces", pieces)
                .put("piecesDone", piecesDone)
                .put("clients", clients)
                .put("waiting", waiting);
    }

    static RevertView from(Fields in) throws ControlException {
        return new RevertView(
                in.text("volume"),
                in.text("copy"),
                in.count("pieces"),
                in.count("piecesDone"),
                Math.toIntExact(in.integer("clients", 0, Integer.MAX_VALUE)),
                in.text("waiting"));
    }
}
