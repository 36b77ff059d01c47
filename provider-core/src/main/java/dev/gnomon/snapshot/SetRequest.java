/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.List;
import java.util.Map;

/**
 * What to take a snapshot set of.
 *
 * @param volumes 1 to 64 names, none twice
 * @param name for the set and each copy of it, or empty for none; 1 to 64 of {@code [A-Za-z0-9._-]}
 * @param attributes at most 32, keys of 1 to 64 of {@code [A-Za-z0-9._-]}, values of at most 1,024 characters
 */
public record SetRequest(List<String> volumes, String name, Map<String, String> attributes) {
    /** Copies the collections. */
    public SetRequest {
        volumes = List.copyOf(volumes);
        attributes = Map.copyOf(attributes);
    }
}
