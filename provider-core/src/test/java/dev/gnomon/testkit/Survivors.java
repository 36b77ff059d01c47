/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * One choice of what a power cut keeps: a fate for each of {@link CrashPoint#unforced()}. Unchanging by convention.
 *
 * @param fates {@link #LOST}, {@link #KEPT} or {@link #GARBAGE} by index; indices beyond the end have {@code rest}
 * @param rest the fate of all others
 * @param seed of the garbage
 */
@SuppressWarnings("ArrayRecordComponent") // Thousands are made; nobody changes one.
public record Survivors(byte[] fates, byte rest, long seed) {
    /** As if it had never been written. */
    public static final byte LOST = 0;
    /** Arrived in full. */
    public static final byte KEPT = 1;
    /** Being written at the cut; for sizes and names the same as {@link #LOST}. */
    public static final byte GARBAGE = 2;

    /** Returns the choice that keeps, or loses, everything. */
    public static Survivors all(boolean kept) {
        return new Survivors(new byte[0], kept ? KEPT : LOST, 0);
    }

    byte fate(int index) {
        return index < fates.length ? fates[index] : rest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Survivors that
                && rest == that.rest
                && seed == that.seed
                && Arrays.equals(fates, that.fates);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fates);
    }

    @Override
    public String toString() {
        return "survivors[" + HexFormat.of().formatHex(fates) + "/" + rest + "/" + seed + "]";
    }
}
