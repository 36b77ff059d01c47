/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How the space of the diff area is used; all in bytes. */
public record DiffAreaView(
        String directory,
        long limitBytes,
        long leastBytes,
        long allocatedBytes,
        long segmentBytes,
        long usedBytes,
        long liveBytes,
        long deadBytes,
        long punchedBytes,
        long freeBytes,
        long indexBytes,
        long stagingBytes,
        long heldBackBytes,
        int fillPercent,
        long leftBytes,
        long bytesPerSecond,
        long secondsToFull,
        String segmentDirectory,
        String movingTo,
        long movedBytes,
        long toMoveBytes,
        String moveWaiting,
        List<Share> volumes) {
    /** Copies the list. */
    public DiffAreaView {
        volumes = List.copyOf(volumes);
    }

    /** What one volume has of it. */
    public record Share(String volume, int copies, long preservedBytes, long unsettledBytes, long limitBytes) {
        ObjectNode toJson() {
            return Json.object()
                    .put("volume", volume)
                    .put("copies", copies)
                    .put("preservedBytes", preservedBytes)
                    .put("unsettledBytes", unsettledBytes)
                    .put("limitBytes", limitBytes);
        }

        static Share from(Fields in) throws ControlException {
            return new Share(
                    in.text("volume"),
                    (int) in.integer("copies", 0, Integer.MAX_VALUE),
                    in.count("preservedBytes"),
                    in.count("unsettledBytes"),
                    in.count("limitBytes"));
        }
    }

    /** Returns the view as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("directory", directory)
                .put("limitBytes", limitBytes)
                .put("leastBytes", leastBytes)
                .put("allocatedBytes", allocatedBytes)
                .put("segmentBytes", segmentBytes)
                .put("usedBytes", usedBytes)
                .put("liveBytes", liveBytes)
                .put("deadBytes", deadBytes)
                .put("punchedBytes", punchedBytes)
                .put("freeBytes", freeBytes)
                .put("indexBytes", indexBytes)
                .put("stagingBytes", stagingBytes)
                .put("heldBackBytes", heldBackBytes)
                .put("fillPercent", fillPercent)
                .put("leftBytes", leftBytes)
                .put("bytesPerSecond", bytesPerSecond)
                .put("secondsToFull", secondsToFull)
                .put("segmentDirectory", segmentDirectory)
                .put("movingTo", movingTo)
                .put("movedBytes", movedBytes)
                .put("toMoveBytes", toMoveBytes)
                .put("moveWaiting", moveWaiting);
        ArrayNode array = json.putArray("volumes");
        volumes.forEach(share -> array.add(share.toJson()));
        return json;
    }

    static DiffAreaView from(Fields in) throws ControlException {
        List<Share> volumes = new ArrayList<>();
        for (Fields each : in.objects("volumes")) {
            volumes.add(Share.from(each));
        }
        return new DiffAreaView(
                in.text("directory"),
                in.count("limitBytes"),
                in.count("leastBytes"),
                in.count("allocatedBytes"),
                in.count("segmentBytes"),
                in.count("usedBytes"),
                in.count("liveBytes"),
                in.count("deadBytes"),
                in.count("punchedBytes"),
                in.count("freeBytes"),
                in.count("indexBytes"),
                in.count("stagingBytes"),
                in.count("heldBackBytes"),
                (int) in.integer("fillPercent", 0, 100),
                in.count("leftBytes"),
                in.count("bytesPerSecond"),
                in.count("secondsToFull"),
                in.text("segmentDirectory"),
                in.text("movingTo"),
                in.count("movedBytes"),
                in.count("toMoveBytes"),
                in.text("moveWaiting"),
                volumes);
    }
}
