/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.testkit.Xoshiro256;
import java.util.Locale;

/**
 * What it takes to run one fault of a device again: {@code AREA:SEED:FAULT:TARGET:N}, N being which of the calls that can
 * meet the fault does; and, if the machine is ended after that, {@code :POINT:WAY}, the number of the change of state since
 * then, and how it ended, as in {@link Case}. Without them the run goes on.
 *
 * @param point or -1
 */
record FaultCase(Area area, long seed, DeviceFault fault, DeviceFault.Target target, long nth, int point, int way) {
    private static final int PARTS = 5;

    FaultCase(Area area, long seed, DeviceFault fault, DeviceFault.Target target, long nth) {
        this(area, seed, fault, target, nth, -1, 0);
    }

    FaultCase endedAt(int atPoint, int inWay) {
        return new FaultCase(area, seed, fault, target, nth, atPoint, inWay);
    }

    /** Returns whether a text is one of these and not a {@link Case}. */
    static boolean isOne(String text) {
        String[] parts = text.split(":", -1);
        return parts.length >= PARTS && Character.isLetter(parts[2].isEmpty() ? '0' : parts[2].charAt(0));
    }

    static FaultCase parse(String text) {
        String[] parts = text.strip().toUpperCase(Locale.ROOT).split(":", -1);
        if (parts.length != PARTS && parts.length != PARTS + 2) {
            throw new IllegalArgumentException("expected AREA:SEED:FAULT:TARGET:N[:POINT:WAY], found " + text);
        }
        FaultCase whole = new FaultCase(
                Area.valueOf(parts[0]),
                Long.parseLong(parts[1]),
                DeviceFault.valueOf(parts[2]),
                DeviceFault.Target.valueOf(parts[3]),
                Long.parseLong(parts[4]));
        return parts.length == PARTS ? whole : whole.endedAt(Integer.parseInt(parts[5]), Integer.parseInt(parts[6]));
    }

    /** Returns a number that the case alone decides. */
    long dice() {
        return Xoshiro256.mix(seed * 31
                + nth * 1_000_003L
                + fault.name().hashCode() * 64L
                + target.name().hashCode());
    }

    @Override
    public String toString() {
        return area + ":" + seed + ":" + fault + ":" + target + ":" + nth + (point < 0 ? "" : ":" + point + ":" + way);
    }
}
