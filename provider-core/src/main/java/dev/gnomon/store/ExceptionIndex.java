/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

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
    private static final int NONE = ExceptionNodes.NONE;

    /** Location of a piece that was zeros and has no payload. */
    static final long ZEROS = -1;

    private static final int SHARDS = 64;
    private static final int FIRST_HEADS = 16;

    /** Exceptions for each head of a list when the heads are doubled. */
    private static final int MAX_PER_HEAD = 2;

    private final Shard[] shards = new Shard[SHARDS];
    private final ExceptionNodes nodes;

    ExceptionIndex() {
        this(new ExceptionEpochs());
    }

    ExceptionIndex(ExceptionEpochs epochs) {
        this.nodes = new ExceptionNodes(epochs);
    }

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
                nodes.move(at, location, crc);
            }
            return false;
        }
        int node = nodes.add(piece, epoch, location, crc, moved, at);
        if (previous == NONE) {
            shard.heads[slot] = node;
        } else {
            nodes.next(previous, node);
        }
        shard.grow(nodes);
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
        return nodes.location(exception);
    }

    int crc(int exception) {
        return nodes.crc(exception);
    }

    /** Returns how many exceptions there are. */
    int count() {
        return nodes.count();
    }

    /** Returns the bytes of memory that the index takes at most, with what sorting it takes. */
    static long bytesOf(long exceptions) {
        return exceptions * (ExceptionNodes.BYTES + 3L * Integer.BYTES);
    }

    /** Returns all exceptions in order of piece, then epoch; for the accessors of one. */
    int[] sorted() {
        int count = nodes.count();
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

    boolean moved(int exception) {
        return nodes.moved(exception);
    }

    long piece(int exception) {
        return nodes.piece(exception);
    }

    long epoch(int exception) {
        return nodes.epoch(exception);
    }

    private int next(int exception) {
        return nodes.next(exception);
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

    /** A part of the table. Heads are on the heap: one for each exception at most, and for every other at least. */
    private static final class Shard {
        private int[] heads = new int[FIRST_HEADS];
        private int entries;

        Shard() {
            Arrays.fill(heads, NONE);
        }

        int slot(long piece) {
            return (int) mix(piece) & heads.length - 1;
        }

        void grow(ExceptionNodes nodes) {
            entries++;
            if (entries <= heads.length * MAX_PER_HEAD) {
                return;
            }
            int[] old = heads;
            heads = new int[old.length * 2];
            Arrays.fill(heads, NONE);
            int[] tails = new int[heads.length];
            for (int head : old) {
                int at = head;
                while (at != NONE) {
                    int next = nodes.next(at);
                    int slot = slot(nodes.piece(at));
                    nodes.next(at, NONE);
                    if (heads[slot] == NONE) {
                        heads[slot] = at;
                    } else {
                        nodes.next(tails[slot], at);
                    }
                    tails[slot] = at;
                    at = next;
                }
            }
        }
    }
}
