/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A few look-ups to be used again. Thread-safe; when all are taken another is made. */
public final class LookupPool {
    private static final int KEPT = 16;

    private final AtomicReferenceArray<@Nullable Lookup> free = new AtomicReferenceArray<>(KEPT);

    /** Returns a look-up that is the caller's until it is given back. */
    public Lookup take() {
        for (int i = 0; i < KEPT; i++) {
            Lookup taken = free.get(i) == null ? null : free.getAndSet(i, null);
            if (taken != null) {
                return taken;
            }
        }
        return new Lookup();
    }

    /** Takes a look-up back. */
    public void give(Lookup used) {
        for (int i = 0; i < KEPT; i++) {
            if (free.compareAndSet(i, null, used)) {
                return;
            }
        }
    }
}
