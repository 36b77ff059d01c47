/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import java.util.Arrays;

/**
 * The pieces of a part of a volume that a tail has an exception of, with an epoch in a range: all that were there when
 * this was made, and perhaps some that came later. Takes the volume's mutex for a short while at a time. Confined to one
 * task.
 */
final class TailChanges implements PieceSource {
    /** Regions without anything, and exceptions, that one hold of the mutex goes through: some 50 microseconds. */
    private static final int REGIONS_AT_ONCE = 1024;

    private static final int EXCEPTIONS_AT_ONCE = 4096;

    private final Mutex mutex;
    private final TailRegions regions;
    private final int exceptions;
    private final long first;
    private final long end;
    private final long above;
    private final long through;
    private final long endRegion;
    private final long[] bits = new long[TailRegions.PIECES / Long.SIZE];
    private long region;
    private long base;
    private int at = TailRegions.PIECES;
    private long seen;

    /** Makes one; the mutex is held, and {@code exceptions} are as many as the tail has. */
    TailChanges(Mutex mutex, TailRegions regions, int exceptions, long first, long end, long above, long through) {
        this.mutex = mutex;
        this.regions = regions;
        this.exceptions = exceptions;
        this.first = first;
        this.end = end;
        this.above = above;
        this.through = through;
        this.region = TailRegions.regionOf(first);
        this.endRegion = TailRegions.regionOf(end - 1) + 1;
    }

    @Override
    public long next() {
        while (true) {
            while (at < TailRegions.PIECES) {
                long rest = bits[at / Long.SIZE] >>> at;
                if (rest == 0) {
                    at = (at / Long.SIZE + 1) * Long.SIZE;
                    continue;
                }
                at += Long.numberOfTrailingZeros(rest);
                long piece = base + at++;
                if (piece >= end) {
                    return ChangeScan.NONE;
                }
                if (piece >= first) {
                    return piece;
                }
            }
            if (region >= endRegion) {
                return ChangeScan.NONE;
            }
            fill();
        }
    }

    /** Goes on to the next region that has anything, or a part of the way there. */
    private void fill() {
        mutex.lock();
        try {
            if (!regions.covers(exceptions)) {
                regions.takeIn(EXCEPTIONS_AT_ONCE);
                return;
            }
            for (int i = 0; i < REGIONS_AT_ONCE; i++) {
                region = regions.nextRegion(region, endRegion);
                if (region >= endRegion) {
                    return;
                }
                Arrays.fill(bits, 0);
                int looked = regions.collect(region, above, through, bits);
                seen += looked;
                base = TailRegions.firstPiece(region++);
                at = 0;
                if (looked > 0) {
                    return;
                }
            }
        } finally {
            mutex.unlock();
        }
    }

    @Override
    public long seen() {
        return seen;
    }
}
