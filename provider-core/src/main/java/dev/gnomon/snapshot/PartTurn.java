/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whose turn it is to submit the next part of a request: that of the call that submitted the last one, if the part
 * completes before the call returns, else that of the completion. Lock-free; what was written before one's own step is
 * seen by whoever goes on.
 *
 * <p><b>Invariant:</b> of {@link #returned} and {@link #completed} after one {@link #submit} the later returns true.
 */
final class PartTurn {
    private static final int SUBMITTED = 0;
    private static final int RETURNED = 1;
    private static final int COMPLETED = 2;

    private final AtomicInteger state = new AtomicInteger();

    /** Begins a part; to be called before it can complete. */
    void submit() {
        state.set(SUBMITTED);
    }

    /** Notes that the submission has returned; returns whether the caller must go on. */
    boolean returned() {
        return state.getAndSet(RETURNED) == COMPLETED;
    }

    /** Notes that the part has completed; returns whether the caller must go on. */
    boolean completed() {
        return state.getAndSet(COMPLETED) == RETURNED;
    }
}
