/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A snapshot set.
 *
 * @param name empty if it has none
 * @param copies those that still exist, sorted by volume name
 */
public record SetInfo(UUID id, String name, Instant createdAt, Map<String, String> attributes, List<CopyInfo> copies) {
    /** Copies the collections. */
    public SetInfo {
        attributes = Map.copyOf(attributes);
        copies = List.copyOf(copies);
    }
}
