/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A shadow copy.
 *
 * @param name empty if it has none
 * @param epoch number of the epoch that its cut closed
 * @param sizeBytes size of the volume at the cut
 * @param exportName under which it is served, {@code VOLUME@NAME} or {@code VOLUME@ID}; an open overlay with {@code +rw}
 * @param held it may not be deleted or dropped
 * @param holdReason why it is held, for people; may be empty
 * @param suspect the origin was changed behind its back, so it cannot be read
 */
public record CopyInfo(
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
        OverlayInfo overlay) {
    /** Copies the map. */
    public CopyInfo {
        attributes = Map.copyOf(attributes);
    }

    /** Returns why it cannot be read, if it cannot. */
    String whyUnreadable() {
        return suspect
                ? "the origin of volume " + volume
                        + " was changed while nobody served it; take that as it is with gnomon"
                        + " volume accept-changed " + volume
                : "its volume is not online";
    }

    /** Returns it with an overlay as it is now. */
    CopyInfo with(OverlayInfo now) {
        return new CopyInfo(
                id,
                setId,
                volumeId,
                volume,
                name,
                epoch,
                sizeBytes,
                createdAt,
                attributes,
                exportName,
                held,
                holdReason,
                suspect,
                now);
    }
}
