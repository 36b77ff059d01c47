/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import org.jspecify.annotations.Nullable;

/**
 * An unchanging sparse map from sector number to sector: a tree of 64-way nodes that versions share.
 *
 * <p>Absent sectors read as zeros. The hash covers contents and positions, not which zeros are stored.
 */
final class SectorMap {
    static final SectorMap EMPTY = new SectorMap(null, 1, 0);

    private static final int BITS = 6;
    private static final int WAYS = 1 << BITS;

    private final @Nullable Object @Nullable [] root;
    private final int depth;
    private final long hash;

    private SectorMap(@Nullable Object @Nullable [] root, int depth, long hash) {
        this.root = root;
        this.depth = depth;
        this.hash = hash;
    }

    long hash() {
        return hash;
    }

    Sector get(long number) {
        @Nullable Object[] node = root;
        int shift = BITS * (depth - 1);
        if (shift + BITS < Long.SIZE - 1 && number >> (shift + BITS) != 0) {
            return Sector.ZERO;
        }
        for (; node != null && shift > 0; shift -= BITS) {
            node = (@Nullable Object[]) node[(int) (number >> shift) & (WAYS - 1)];
        }
        if (node == null) {
            return Sector.ZERO;
        }
        Sector found = (Sector) node[(int) number & (WAYS - 1)];
        return found == null ? Sector.ZERO : found;
    }

    /** Returns a map with sectors from an array put at consecutive numbers. */
    SectorMap with(long first, Sector[] source, int from, int count) {
        if (count == 0) {
            return this;
        }
        @Nullable Object[] top = root;
        int levels = depth;
        while ((first + count - 1) >> (BITS * levels) != 0) {
            if (top != null) {
                @Nullable Object[] above = new @Nullable Object[WAYS];
                above[0] = top;
                top = above;
            }
            levels++;
        }
        Edit edit = new Edit(first, source, from, count);
        @Nullable Object[] changed = edit.put(top, BITS * (levels - 1), 0);
        return new SectorMap(changed, levels, hash + edit.delta);
    }

    /** Returns a map with one sector put. */
    SectorMap with(long number, Sector sector) {
        return with(number, new Sector[] {sector}, 0, 1);
    }

    /** Returns a map without the sectors at and after a number. */
    @SuppressWarnings("ReferenceEquality") // An unchanged node is handed back as it is.
    SectorMap truncated(long end) {
        if (root == null || (end >> (BITS * depth)) != 0) {
            return this;
        }
        Cut cut = new Cut(end);
        @Nullable Object[] changed = cut.remove(root, BITS * (depth - 1), 0);
        return changed == root ? this : new SectorMap(changed, depth, hash - cut.removed);
    }

    /** Returns the first stored number at or after the given one, or a huge one. */
    long nextStored(long from) {
        return (from >> (BITS * depth)) != 0 ? Long.MAX_VALUE : nextStored(root, BITS * (depth - 1), 0, from);
    }

    private static long nextStored(@Nullable Object @Nullable [] node, int shift, long base, long from) {
        if (node == null) {
            return Long.MAX_VALUE;
        }
        for (int i = from <= base ? 0 : (int) ((from - base) >> shift); i < WAYS; i++) {
            long number = base + ((long) i << shift);
            Object child = node[i];
            if (child != null) {
                long found = shift == 0
                        ? number
                        : nextStored((@Nullable Object[]) child, shift - BITS, number, Math.max(from, number));
                if (found != Long.MAX_VALUE) {
                    return found;
                }
            }
        }
        return Long.MAX_VALUE;
    }

    /** Returns the first number at or after the given one that is not stored. */
    long nextAbsent(long from) {
        long at = from;
        while (nextStored(at) == at) {
            at++;
        }
        return at;
    }

    private static long hashAt(long number, @Nullable Sector sector) {
        return sector == null || sector.hash() == 0 ? 0 : Xoshiro256.mix(sector.hash() ^ Xoshiro256.mix(number + 1));
    }

    private static final class Edit {
        private final long first;
        private final Sector[] source;
        private final int from;
        private final int count;
        private long delta;

        Edit(long first, Sector[] source, int from, int count) {
            this.first = first;
            this.source = source;
            this.from = from;
            this.count = count;
        }

        @Nullable
        Object[] put(@Nullable Object @Nullable [] node, int shift, long base) {
            @Nullable Object[] changed = node == null ? new @Nullable Object[WAYS] : node.clone();
            long last = first + count - 1;
            int low = first <= base ? 0 : (int) ((first - base) >> shift);
            int high = (int) Math.min(WAYS - 1, (last - base) >> shift);
            for (int i = low; i <= high; i++) {
                long number = base + ((long) i << shift);
                if (shift > 0) {
                    changed[i] = put((@Nullable Object[]) changed[i], shift - BITS, number);
                } else {
                    Sector sector = source[from + (int) (number - first)];
                    delta += hashAt(number, sector) - hashAt(number, (Sector) changed[i]);
                    changed[i] = sector;
                }
            }
            return changed;
        }
    }

    private static final class Cut {
        private final long end;
        private long removed;

        Cut(long end) {
            this.end = end;
        }

        @Nullable
        @SuppressWarnings("ReferenceEquality") // As above.
        Object[] remove(@Nullable Object[] node, int shift, long base) {
            @Nullable Object[] changed = node;
            for (int i = end <= base ? 0 : (int) ((end - base) >> shift); i < WAYS; i++) {
                Object child = node[i];
                if (child == null) {
                    continue;
                }
                long number = base + ((long) i << shift);
                Object rest = null;
                if (shift > 0) {
                    rest = remove((@Nullable Object[]) child, shift - BITS, number);
                } else if (number >= end) {
                    removed += hashAt(number, (Sector) child);
                } else {
                    rest = child;
                }
                if (rest != child) {
                    changed = changed == node ? node.clone() : changed;
                    changed[i] = rest;
                }
            }
            return changed;
        }
    }
}
