/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts who has a shadow copy open, its overlay included. Thread-safe. */
final class OpenCopies {
    private final Map<UUID, Integer> counts = new ConcurrentHashMap<>();

    /** Counts one more; what it returns takes him away again, once. */
    Runnable enter(UUID copy) {
        counts.merge(copy, 1, Integer::sum);
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                counts.computeIfPresent(copy, (_, count) -> count == 1 ? null : count - 1);
            }
        };
    }

    int count(UUID copy) {
        return counts.getOrDefault(copy, 0);
    }
}
