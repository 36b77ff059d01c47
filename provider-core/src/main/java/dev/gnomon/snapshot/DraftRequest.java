/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.Map;
import java.util.UUID;

/**
 * A snapshot set that is to be made step by step, with ids that somebody else chose.
 *
 * @param setId that no set has, or had, as far as the store knows
 * @param copies ids of the copies, by name of their volume: 1 to 64; of none that there is
 */
public record DraftRequest(UUID setId, Map<String, UUID> copies) {
    /** Copies the map. */
    public DraftRequest {
        copies = Map.copyOf(copies);
    }
}
