/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.Arrays;
import java.util.List;

/**
 * The unchanging state of one file: what is on the platter, what the cache shows, and what is between them.
 *
 * @param diverged whether the cache may show bytes that are neither durable nor pending
 * @param lateError whether the next force reports an old failure
 */
record FileImage(
        SectorMap durable,
        long durableSize,
        SectorMap visible,
        long visibleSize,
        List<PendingOp> pending,
        boolean diverged,
        boolean lateError) {
    static final FileImage EMPTY = settled(SectorMap.EMPTY, 0);

    /** Returns a file in which the cache has nothing of its own. */
    static FileImage settled(SectorMap content, long sizeBytes) {
        return new FileImage(content, sizeBytes, content, sizeBytes, List.of(), false, false);
    }

    /** Returns the file as a killed process leaves it: what the cache has is all there, the rest was never written. */
    FileImage killed() {
        List<PendingOp> left = pending.stream().map(this::killed).toList();
        return new FileImage(durable, durableSize, visible, visibleSize, left, diverged, lateError);
    }

    private PendingOp killed(PendingOp op) {
        return switch (op) {
            case PendingOp.Write write ->
                new PendingOp.Write(
                        write.order(), write.first(), Arrays.copyOf(write.sectors(), write.cached()), write.cached());
            case PendingOp.Size size ->
                new PendingOp.Size(
                        size.order(),
                        size.grows() ? Math.min(size.sizeBytes(), visibleSize) : size.sizeBytes(),
                        size.grows());
        };
    }

    long durableHash() {
        return durable.hash() + Xoshiro256.mix(durableSize + 1);
    }

    /** Returns content cut off at a size, with zeros behind the last byte of its last sector. */
    static SectorMap clip(SectorMap content, long sizeBytes) {
        SectorMap cut = content.truncated(Sector.count(sizeBytes));
        int used = (int) (sizeBytes % Sector.BYTES);
        if (used == 0) {
            return cut;
        }
        long last = sizeBytes / Sector.BYTES;
        Sector old = cut.get(last);
        if (old.hash() == 0) {
            return cut;
        }
        byte[] bytes = new byte[Sector.BYTES];
        System.arraycopy(old.bytes(), 0, bytes, 0, used);
        return cut.with(last, Sector.of(bytes));
    }
}
