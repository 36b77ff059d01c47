/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.format.RunBlock;
import java.nio.ByteBuffer;

/**
 * Blocks of runs that were read lately, off the heap, within a budget. Thread-safe: each set of ways is guarded by one of
 * a few mutexes, held while 4 KiB are copied.
 *
 * <p>The sets of one slab share a mutex, which so guards the making of the slab too. A key names a block for ever, since no run changes; so nothing is ever taken out but to make room.
 */
final class BlockCache {
    private static final int WAYS = 8;
    private static final int MAX_LOCKS = 64;
    private static final int SLAB_BLOCKS = 256;

    private final Mutex[] locks;
    private final long[] keys;
    private final byte[] hands;
    private final ByteBuffer[] slabs;
    private final int sets;

    BlockCache(Scheduler scheduler, long budgetBytes) {
        sets = Math.clamp(budgetBytes / RunBlock.BYTES / WAYS, 1, 1 << 20);
        keys = new long[sets * WAYS];
        hands = new byte[sets];
        slabs = new ByteBuffer[(sets * WAYS + SLAB_BLOCKS - 1) / SLAB_BLOCKS];
        locks = new Mutex[Math.min(MAX_LOCKS, slabs.length)];
        for (int i = 0; i < locks.length; i++) {
            locks[i] = scheduler.newMutex();
        }
    }

    private static long key(long run, int block) {
        return run << 32 | Integer.toUnsignedLong(block); // Runs count from 1, so no key is 0, which marks a free way.
    }

    /** Copies a block to the start of the buffer; returns whether it is there. */
    boolean get(long run, int block, ByteBuffer target) {
        long key = key(run, block);
        int set = set(key);
        Mutex lock = locks[set * WAYS / SLAB_BLOCKS % locks.length];
        lock.lock();
        try {
            for (int way = set * WAYS; way < (set + 1) * WAYS; way++) {
                if (keys[way] == key) {
                    target.put(0, slab(way), offset(way), RunBlock.BYTES);
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a block from the start of the buffer. */
    void put(long run, int block, ByteBuffer source) {
        long key = key(run, block);
        int set = set(key);
        Mutex lock = locks[set * WAYS / SLAB_BLOCKS % locks.length];
        lock.lock();
        try {
            int victim = set * WAYS + hands[set];
            for (int way = set * WAYS; way < (set + 1) * WAYS; way++) {
                if (keys[way] == key) {
                    return;
                }
            }
            hands[set] = (byte) ((hands[set] + 1) % WAYS);
            keys[victim] = key;
            slab(victim).put(offset(victim), source, 0, RunBlock.BYTES);
        } finally {
            lock.unlock();
        }
    }

    private int set(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) Long.remainderUnsigned(mixed ^ mixed >>> 29, sets);
    }

    private ByteBuffer slab(int way) {
        ByteBuffer slab = slabs[way / SLAB_BLOCKS];
        if (slab == null) {
            slab = OffHeap.allocate(SLAB_BLOCKS * (long) RunBlock.BYTES, 8).asByteBuffer();
            slabs[way / SLAB_BLOCKS] = slab;
        }
        return slab;
    }

    private static int offset(int way) {
        return way % SLAB_BLOCKS * RunBlock.BYTES;
    }
}
