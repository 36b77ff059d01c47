/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

/**
 * A place in the log, packed into a long: number of the segment in the upper bits, offset in the segment in the lower
 * 30. Never negative.
 */
final class Location {
    private static final int OFFSET_BITS = 30;

    private Location() {}

    static long of(int segment, long offsetBytes) {
        return (long) segment << OFFSET_BITS | offsetBytes;
    }

    static int segment(long location) {
        return (int) (location >>> OFFSET_BITS);
    }

    static long offset(long location) {
        return location & (1L << OFFSET_BITS) - 1;
    }
}
