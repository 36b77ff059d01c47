/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import java.util.UUID;

/** Randomness for identifiers. Thread-safe. */
public interface RandomSource {
    /** Returns 64 random bits. */
    long nextLong();

    /** Returns a random (version 4) UUID. */
    default UUID nextUuid() {
        long high = (nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
        long low = (nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
