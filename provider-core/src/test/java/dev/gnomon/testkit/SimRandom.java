/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.RandomSource;

/** Identifiers that follow from a seed. */
public final class SimRandom implements RandomSource {
    private final Xoshiro256 random;

    /** Starts the sequence of a seed. */
    public SimRandom(long seed) {
        random = new Xoshiro256(seed);
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }
}
