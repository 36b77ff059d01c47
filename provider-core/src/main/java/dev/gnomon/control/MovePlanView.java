/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/**
 * What a move of the diff area's segments would do, as things are now.
 *
 * @param directory where the segments to be copied are
 * @param target where they would go
 * @param segments how many would be copied
 * @param bytes of them
 * @param neededBytes that have to be free there
 * @param freeBytes that are
 * @param fits whether the move would be begun
 */
public record MovePlanView(
        String directory, String target, long segments, long bytes, long neededBytes, long freeBytes, boolean fits) {
    /** Returns the plan as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("directory", directory)
                .put("target", target)
                .put("segments", segments)
                .put("bytes", bytes)
                .put("neededBytes", neededBytes)
                .put("freeBytes", freeBytes)
                .put("fits", fits);
    }

    static MovePlanView from(Fields in) throws ControlException {
        return new MovePlanView(
                in.text("directory"),
                in.text("target"),
                in.count("segments"),
                in.count("bytes"),
                in.count("neededBytes"),
                in.count("freeBytes"),
                in.optionalFlag("fits"));
    }
}
