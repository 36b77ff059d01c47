/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import java.time.Instant;

/** Time. Thread-safe. */
public interface Clock {
    /** Returns nanoseconds that never go back, from an arbitrary origin; survives no restart. */
    long nanoTime();

    /** Returns the wall clock. It may jump; order must never be derived from it. */
    Instant now();
}
