/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A shadow copy as clients see it.
 *
 * @param name empty if it has none
 * @param epoch number of the epoch that its cut closed
 * @param sizeBytes size of the volume at the cut
 * @param exportName under which it is served; an open overlay with {@code +rw}
 * @param held it may not be deleted
 * @param holdReason why it is held; empty if nobody said
 * @param suspect the origin was changed behind its back, so it is not exported
 */
public record CopyView(
        UUID id,
        UUID setId,
        UUID volumeId,
        String volume,
        String name,
        long epoch,
        long sizeBytes,
        Instant createdAt,
        Map<String, String> attributes,
        String exportName,
        boolean held,
        String holdReason,
        boolean suspect,
        Overlay overlay) {
    /** States of the overlay of a copy. */
    public enum OverlayState {
        /** There is none. */
        NONE,
        /** It is served under the name of the copy with {@code +rw}. */
        OPEN,
        /** The copy shows what it holds. */
        SEALED,
        /** It refuses writes until it is dropped. */
        FAILED,
        /** It cannot be read. */
        UNAVAILABLE
    }

    /**
     * The overlay of a copy.
     *
     * @param reason why it failed or is unavailable, else empty
     * @param bytes of its file
     */
    public record Overlay(OverlayState state, String reason, long bytes) {}

    /** Copies the map. */
    public CopyView {
        attributes = Map.copyOf(attributes);
    }

    /** Returns this copy as JSON. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("id", id.toString())
                .put("setId", setId.toString())
                .put("volumeId", volumeId.toString())
                .put("volume", volume)
                .put("name", name)
                .put("epoch", epoch)
                .put("sizeBytes", sizeBytes)
                .put("createdAt", createdAt.toString())
                .put("exportName", exportName)
                .put("held", held)
                .put("holdReason", holdReason)
                .put("suspect", suspect);
        new TreeMap<>(attributes).forEach(json.putObject("attributes")::put);
        json.putObject("overlay")
                .put("state", overlay.state().name())
                .put("reason", overlay.reason())
                .put("bytes", overlay.bytes());
        return json;
    }

    static CopyView from(Fields in) throws ControlException {
        return new CopyView(
                in.id("id"),
                in.id("setId"),
                in.id("volumeId"),
                in.text("volume"),
                in.text("name"),
                in.count("epoch"),
                in.count("sizeBytes"),
                in.instant("createdAt"),
                in.optionalMap("attributes"),
                in.text("exportName"),
                in.optionalFlag("held"),
                in.optionalText("holdReason"),
                in.optionalFlag("suspect"),
                overlay(in.object("overlay")));
    }

    private static Overlay overlay(Fields in) throws ControlException {
        return new Overlay(in.oneOf("state", OverlayState.class), in.text("reason"), in.count("bytes"));
    }
}
