/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Finds, for one volume, where the old bytes of a piece are: a hash table off the heap, each piece with a list of its
 * exceptions, newest epoch first.
 *
 * <p>Guarded by the volume's mutex. The table is split into shards that grow one by one, so that no growth holds the mutex for long.
 *
 * <p><b>Invariants:</b> every exception is backed by a durable record (I3); of two for one piece and epoch the first
 * stays (I4); lists fall in epoch.
 */
final class ExceptionIndex {
    private static final int NONE = -1;

    /** Location of a piece that was zeros and has no payload. */
    static final long ZEROS = -1;

    private static final int SHARDS = 64;
    private static final int FIRST_HEADS = 16;
    private static final int FIRST_SLAB = 256;
    private static final int SLAB = 1 << 16;
    private static final int NODE_BYTES = 32;

    /** Set in the epoch of an exception whose place replaces that of an older one. */
    private static final long MOVED = 1L << 62;

    private static final int PIECE = 0;
    private static final int EPOCH = 8;
    private static final int LOCATION = 16;
    private static final int CRC = 24;
    private static final int NEXT = 28;

    private final Shard[] shards = new Shard[SHARDS];
    private MemorySegment[] slabs = new MemorySegment[0];
    private int count;
    private int capacity;

    /**
     * Adds an exception.
     *
     * @return whether it is in; false if there is one for that piece and epoch already
     */
    boolean insert(long piece, long epoch, long location, int crc) {
        return insert(piece, epoch, location, crc, false);
    }

    /**
     * Adds an exception, or with {@code moved} gives the one that is there another place.
     *
     * @return whether there was none for that piece and epoch
     */
    boolean insert(long piece, long epoch, long location, int crc, boolean moved) {
        Shard shard = shard(piece);
        int slot = shard.slot(piece);
        int previous = NONE;
        int at = shard.heads[slot];
        while (at != NONE && (piece(at) != piece || epoch(at) > epoch)) {
            previous = at;
            at = next(at);
        }
        if (at != NONE && epoch(at) == epoch) {
            if (moved) {
                slab(at).set(ValueLayout.JAVA_LONG, offset(at) + EPOCH, epoch | MOVED);
                slab(at).set(ValueLayout.JAVA_LONG, offset(at) + LOCATION, location);
                slab(at).set(ValueLayout.JAVA_INT, offset(at) + CRC, crc);
            }
            return false;
        }
        int node = allocate();
        MemorySegment slab = slab(node);
        long offset = offset(node);
        slab.set(ValueLayout.JAVA_LONG, offset + PIECE, piece);
        slab.set(ValueLayout.JAVA_LONG, offset + EPOCH, moved ? epoch | MOVED : epoch);
        slab.set(ValueLayout.JAVA_LONG, offset + LOCATION, location);
        slab.set(ValueLayout.JAVA_INT, offset + CRC, crc);
        slab.set(ValueLayout.JAVA_INT, offset + NEXT, at);
        if (previous == NONE) {
            shard.heads[slot] = node;
        } else {
            slab(previous).set(ValueLayout.JAVA_INT, offset(previous) + NEXT, node);
        }
        shard.grow(this);
        return true;
    }

    /** Offers the exception that copy {@code epoch} reads for the piece: that of the smallest epoch above it. */
    void find(long piece, long epoch, int slot, Lookup result) {
        Shard shard = shards[shardOf(piece)];
        int found = NONE;
        if (shard != null) {
            for (int at = shard.heads[shard.slot(piece)]; at != NONE; at = next(at)) {
                if (piece(at) == piece) {
                    if (epoch(at) <= epoch) {
                        break;
                    }
                    found = at;
                }
            }
        }
        if (found != NONE) {
            result.offer(slot, epoch(found), location(found), crc(found), moved(found));
        }
    }

    /** Returns the epoch of the piece's newest exception, 0 if there is none. */
    long newestEpoch(long piece) {
        Shard shard = shards[shardOf(piece)];
        if (shard != null) {
            for (int at = shard.heads[shard.slot(piece)]; at != NONE; at = next(at)) {
                if (piece(at) == piece) {
                    return epoch(at);
                }
            }
        }
        return 0;
    }

    long location(int exception) {
        return slab(exception).get(ValueLayout.JAVA_LONG, offset(exception) + LOCATION);
    }

    int crc(int exception) {
        return slab(exception).get(ValueLayout.JAVA_INT, offset(exception) + CRC);
    }

    /** Returns how many exceptions there are. */
    int count() {
        return count;
    }

    /** Returns the bytes of memory that the index takes at most, with what sorting it takes. */
    static long bytesOf(long exceptions) {
        return exceptions * (NODE_BYTES + 4L * Integer.BYTES);
    }

    /** Returns all exceptions in order of piece, then epoch; for the accessors of one. */
    int[] sorted() {
        int[] from = new int[count];
        for (int i = 0; i < count; i++) {
            from[i] = i;
        }
        int[] to = new int[count];
        for (int width = 1; width < count && width > 0; width *= 2) {
            for (int low = 0; low < count; low += 2 * width) {
                merge(from, to, low, Math.min(low + width, count), Math.min(low + 2 * width, count));
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    private void merge(int[] from, int[] to, int low, int middle, int high) {
        int left = low;
        int right = middle;
        for (int i = low; i < high; i++) {
            boolean takeLeft = right >= high || (left < middle && compare(from[left], from[right]) <= 0);
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }

    private int compare(int one, int other) {
        int byPiece = Long.compare(piece(one), piece(other));
        return byPiece != 0 ? byPiece : Long.compare(epoch(one), epoch(other));
    }

    boolean moved(int node) {
        return (slab(node).get(ValueLayout.JAVA_LONG, offset(node) + EPOCH) & MOVED) != 0;
    }

    long piece(int node) {
        return slab(node).get(ValueLayout.JAVA_LONG, offset(node) + PIECE);
    }

    long epoch(int node) {
        return slab(node).get(ValueLayout.JAVA_LONG, offset(node) + EPOCH) & ~MOVED;
    }

    private int next(int node) {
        return slab(node).get(ValueLayout.JAVA_INT, offset(node) + NEXT);
    }

    private MemorySegment slab(int node) {
        return slabs[node < FIRST_SLAB ? 0 : 1 + (node - FIRST_SLAB) / SLAB];
    }

    private static long offset(int node) {
        return (node < FIRST_SLAB ? node : (node - FIRST_SLAB) % SLAB) * (long) NODE_BYTES;
    }

    private int allocate() {
        if (count == capacity) {
            int more = capacity == 0 ? FIRST_SLAB : SLAB;
            MemorySegment[] next = Arrays.copyOf(slabs, slabs.length + 1);
            next[slabs.length] = OffHeap.allocate(more * (long) NODE_BYTES, Long.BYTES);
            slabs = next;
            capacity = Math.addExact(capacity, more);
        }
        return count++;
    }

    private Shard shard(long piece) {
        int at = shardOf(piece);
        Shard shard = shards[at];
        if (shard == null) {
            shard = new Shard();
            shards[at] = shard;
        }
        return shard;
    }

    private static int shardOf(long piece) {
        return (int) (mix(piece) >>> 58);
    }

    private static long mix(long piece) {
        long h = piece * 0x9E37_79B9_7F4A_7C15L;
        return h ^ h >>> 32;
    }

    /** A part of the table. Heads are on the heap: one int for each exception or less. */
    private static final class Shard {
        private int[] heads = new int[FIRST_HEADS];
        private int entries;

        Shard() {
            Arrays.fill(heads, NONE);
        }

        int slot(long piece) {
            return (int) mix(piece) & heads.length - 1;
        }

        void grow(ExceptionIndex index) {
            entries++;
            if (entries <= heads.length) {
                return;
            }
            int[] old = heads;
            heads = new int[old.length * 2];
            Arrays.fill(heads, NONE);
            int[] tails = new int[heads.length];
            for (int head : old) {
                int at = head;
                while (at != NONE) {
                    int next = index.next(at);
                    int slot = slot(index.piece(at));
                    index.slab(at).set(ValueLayout.JAVA_INT, offset(at) + NEXT, NONE);
                    if (heads[slot] == NONE) {
                        heads[slot] = at;
                    } else {
                        int tail = tails[slot];
                        index.slab(tail).set(ValueLayout.JAVA_INT, offset(tail) + NEXT, at);
                    }
                    tails[slot] = at;
                    at = next;
                }
            }
        }
    }
}
