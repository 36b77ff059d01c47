/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/**
 * The generator xoshiro256** by Blackman and Vigna, seeded by splitmix64, as published. Ours, because a generator of the
 * class library may change between releases and seeds must stay replayable. Not thread-safe.
 */
public final class Xoshiro256 {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private long s0;
    private long s1;
    private long s2;
    private long s3;

    /** Starts the sequence of a seed. */
    public Xoshiro256(long seed) {
        long state = seed + GOLDEN;
        s0 = mix(state);
        state += GOLDEN;
        s1 = mix(state);
        state += GOLDEN;
        s2 = mix(state);
        state += GOLDEN;
        s3 = mix(state);
    }

    /** Returns 64 bits that depend on every bit of the argument; 0 only for 0. */
    public static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    /** Returns the next 64 bits. */
    public long nextLong() {
        long result = Long.rotateLeft(s1 * 5, 7) * 9;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** Returns a number from 0 to below the bound, which is positive. The bias is below bound / 2^32. */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not positive");
        }
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** Returns true with the given chance in percent. */
    public boolean percent(int chance) {
        return nextInt(100) < chance;
    }

    /** Fills an array. */
    public void fill(byte[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = (byte) (nextLong() >>> 56);
        }
    }
}
