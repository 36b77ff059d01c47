/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An entry of a batch that changes the catalog. Values as they are on disk; {@link CatalogCodec} has the layouts. */
public sealed interface CatalogEntry {
    /**
     * A volume is registered.
     *
     * @param number names the volume in other entries; 1 or more, never given twice
     * @param firstEpoch its live epoch then
     */
    record VolumeAdded(int number, UUID id, String name, String origin, long sizeBytes, long firstEpoch)
            implements CatalogEntry {}

    /** A volume is forgotten. */
    record VolumeRemoved(int number) implements CatalogEntry {}

    /** A snapshot set exists, whole. */
    record SetCreated(
            UUID id, long createdAtMillis, String name, Map<String, String> attributes, List<CopyCreated> copies)
            implements CatalogEntry {}

    /**
     * One copy of a set.
     *
     * @param epoch the one that its cut closed
     */
    record CopyCreated(UUID id, int volume, long epoch, long sizeBytes) {}

    /** Shadow copies are deleted. */
    record CopiesDeleted(List<UUID> ids) implements CatalogEntry {}

    /** Shadow copies can be read no more; that they were, and what changed since, stays known. */
    record CopiesBookmarked(List<UUID> ids) implements CatalogEntry {}

    /** A flush of the volume failed; it refuses writes until cleared. */
    record VolumeFailed(int number, String reason) implements CatalogEntry {}

    /** An operator was told of the failure and lets the volume go on. */
    record VolumeCleared(int number) implements CatalogEntry {}
}
