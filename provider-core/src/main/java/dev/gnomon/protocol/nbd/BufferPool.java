/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap buffers for payloads, shared by all connections of a server. Thread-safe; no call waits for another's I/O.
 *
 * <p><b>Invariants</b> (under {@link #lock}):
 *
 * <ul>
 *   <li>{@code allocatedBytes}, the memory of all buffers, lent or cached, is at most {@code limitBytes};
 *   <li>{@code sharedUsedBytes} is the sum over accounts of what each holds beyond its guarantee, at most
 *       {@code sharedLimitBytes};
 *   <li>hence an account that holds nothing always gets a buffer: nobody can hold another's guarantee.
 * </ul>
 */
final class BufferPool implements AutoCloseable {
    /** Sizes of buffers: a small write, a usual one, and a slice of a large one. */
    private static final int[] CLASS_BYTES = {8 << 10, 64 << 10, NbdLimits.SLICE_BYTES};

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<PooledBuffer>[] cached = newQueues();
    private final long limitBytes;
    private final long sharedLimitBytes;
    private final int accountLimitBytes;
    private long allocatedBytes;
    private long sharedUsedBytes;
    private boolean closed;

    BufferPool(NbdLimits limits) {
        this.limitBytes = limits.payloadBytes();
        this.sharedLimitBytes = limits.sharedBytes();
        this.accountLimitBytes = limits.inFlightBytes();
    }

    /** What one connection holds; guarded by the pool's lock. */
    static final class Account {
        private long heldBytes;
    }

    /**
     * Lends a buffer of at least the given size, or returns null if the account or the pool has reached its bound; then
     * the account holds something that will come back, and the caller waits for that.
     *
     * @param bytes 1 to {@link NbdLimits#SLICE_BYTES}
     */
    @Nullable
    PooledBuffer tryBorrow(Account account, int bytes) {
        int index = classOf(bytes);
        int size = CLASS_BYTES[index];
        lock.lock();
        try {
            long held = account.heldBytes + size;
            long shared = Math.max(0, held - NbdLimits.GUARANTEED_BYTES)
                    - Math.max(0, account.heldBytes - NbdLimits.GUARANTEED_BYTES);
            if (held > accountLimitBytes || sharedUsedBytes + shared > sharedLimitBytes) {
                return null;
            }
            PooledBuffer buffer = cached[index].pollLast();
            if (buffer == null) {
                evictFor(size);
                buffer = new PooledBuffer(this, index, size);
                allocatedBytes += size;
            }
            account.heldBytes = held;
            sharedUsedBytes += shared;
            buffer.lend(account, bytes);
            return buffer;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a buffer back. */
    void giveBack(PooledBuffer buffer, Account account) {
        boolean free;
        lock.lock();
        try {
            uncharge(account, buffer.sizeBytes());
            free = closed;
            if (free) {
                allocatedBytes -= buffer.sizeBytes();
            } else {
                cached[buffer.classIndex()].addLast(buffer);
            }
        } finally {
            lock.unlock();
        }
        if (free) {
            buffer.free();
        }
    }

    /** Forgets a buffer that a faulty export may still touch: its memory is never used again, nor freed. */
    void abandon(PooledBuffer buffer, Account account) {
        lock.lock();
        try {
            uncharge(account, buffer.sizeBytes());
            allocatedBytes -= buffer.sizeBytes();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the memory of all buffers, for tests. */
    long allocatedBytes() {
        lock.lock();
        try {
            return allocatedBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Returns what an account holds, for tests. */
    long heldBytes(Account account) {
        lock.lock();
        try {
            return account.heldBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Frees cached buffers now, and lent ones as they come back. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            for (ArrayDeque<PooledBuffer> queue : cached) {
                while (!queue.isEmpty()) {
                    PooledBuffer buffer = queue.removeLast();
                    allocatedBytes -= buffer.sizeBytes();
                    buffer.free();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void uncharge(Account account, int size) {
        long held = account.heldBytes - size;
        if (held < 0) {
            throw new IllegalStateException("a buffer of " + size + " bytes came back twice");
        }
        sharedUsedBytes -= Math.max(0, account.heldBytes - NbdLimits.GUARANTEED_BYTES)
                - Math.max(0, held - NbdLimits.GUARANTEED_BYTES);
        account.heldBytes = held;
    }

    /** Makes room by freeing cached buffers of any size. Lent ones and this one fit by the accounts, so it must succeed. */
    private void evictFor(int size) {
        for (int index = cached.length - 1; index >= 0 && allocatedBytes + size > limitBytes; index--) {
            while (!cached[index].isEmpty() && allocatedBytes + size > limitBytes) {
                PooledBuffer victim = cached[index].removeFirst();
                allocatedBytes -= victim.sizeBytes();
                victim.free();
            }
        }
        if (allocatedBytes + size > limitBytes) {
            throw new IllegalStateException(
                    "pool holds " + allocatedBytes + " of " + limitBytes + " bytes, needs " + size);
        }
    }

    private static int classOf(int bytes) {
        for (int index = 0; index < CLASS_BYTES.length; index++) {
            if (bytes <= CLASS_BYTES[index]) {
                return index;
            }
        }
        throw new IllegalArgumentException("a slice has at most " + NbdLimits.SLICE_BYTES + " bytes, not " + bytes);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
    private static ArrayDeque<PooledBuffer>[] newQueues() {
        ArrayDeque<PooledBuffer>[] queues = new ArrayDeque[CLASS_BYTES.length];
        for (int index = 0; index < queues.length; index++) {
            queues[index] = new ArrayDeque<>();
        }
        return queues;
    }
}
