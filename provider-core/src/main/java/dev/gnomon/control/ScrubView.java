/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The last scrub as clients see it.
 *
 * @param state NEVER, RUNNING, STOPPED or DONE
 * @param startedAt null if there was none; not in JSON then
 * @param endedAt when it was stopped or done; null, and not in JSON, while it runs
 * @param bytesPerSecond 0 if it is not known
 * @param damaged how many places
 * @param places the first of them, for people
 */
public record ScrubView(
        String state,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        long checkedBytes,
        long totalBytes,
        long bytesPerSecond,
        long damaged,
        List<String> places) {
    /** The state of a scrub that goes on. */
    public static final String RUNNING = "RUNNING";

    /** The state of one that has seen everything. */
    public static final String DONE = "DONE";

    /** The state if there never was a scrub. */
    public static final String NEVER = "NEVER";

    /** Copies the list. */
    public ScrubView {
        places = List.copyOf(places);
    }

    /** Returns in how many seconds it will be done at this rate, -1 if that is not known. */
    public long secondsLeft() {
        return !state.equals(RUNNING) || bytesPerSecond <= 0
                ? -1
                : Math.max(0, totalBytes - checkedBytes) / bytesPerSecond;
    }

    /** Returns the view as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object().put("state", state);
        put(json, "startedAt", startedAt);
        put(json, "endedAt", endedAt);
        json.put("checkedBytes", checkedBytes)
                .put("totalBytes", totalBytes)
                .put("bytesPerSecond", bytesPerSecond)
                .put("damaged", damaged);
        if (secondsLeft() >= 0) {
            json.put("secondsLeft", secondsLeft());
        }
        ArrayNode array = json.putArray("places");
        places.forEach(array::add);
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable Instant time) {
        if (time != null) {
            json.put(name, time.toString());
        }
    }

    static ScrubView from(Fields in) throws ControlException {
        return new ScrubView(
                in.text("state"),
                in.has("startedAt") ? in.instant("startedAt") : null,
                in.has("endedAt") ? in.instant("endedAt") : null,
                in.count("checkedBytes"),
                in.count("totalBytes"),
                in.count("bytesPerSecond"),
                in.count("damaged"),
                in.texts("places"));
    }
}
