/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BufferPoolTests {
    private static final int SLICE = NbdLimits.SLICE_BYTES;

    @Test
    void accountStopsAtItsLimitAndGoesOnBelow() {
        try (BufferPool pool = new BufferPool(NbdLimits.defaults())) {
            BufferPool.Account account = new BufferPool.Account();
            List<PooledBuffer> held = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                PooledBuffer buffer = pool.tryBorrow(account, SLICE);
                assertThat(buffer).as("slice %s of 64 MiB", i).isNotNull();
                held.add(buffer);
            }
            assertThat(pool.tryBorrow(account, 1)).isNull();
            held.removeLast().release();
            assertThat(pool.heldBytes(account)).isEqualTo(63L * SLICE);
            held.add(pool.tryBorrow(account, SLICE));
            assertThat(held.getLast()).isNotNull();
            held.forEach(PooledBuffer::release);
            assertThat(pool.heldBytes(account)).isZero();
        }
    }

    @Test
    void greedyAccountsLeaveEveryGuarantee() {
        NbdLimits limits = limits(4, 2);
        try (BufferPool pool = new BufferPool(limits)) {
            List<PooledBuffer> held = new ArrayList<>();
            BufferPool.Account greedy = new BufferPool.Account();
            PooledBuffer buffer;
            while ((buffer = pool.tryBorrow(greedy, SLICE)) != null) {
                held.add(buffer);
            }
            assertThat(held).hasSize(3); // its guarantee and the two that are shared
            for (int i = 0; i < 3; i++) {
                BufferPool.Account other = new BufferPool.Account();
                held.add(pool.tryBorrow(other, SLICE));
                assertThat(held.getLast()).as("guarantee of account %s", i).isNotNull();
                assertThat(pool.tryBorrow(other, 1)).isNull();
            }
            assertThat(pool.allocatedBytes()).isEqualTo(limits.payloadBytes());
            held.forEach(PooledBuffer::release);
        }
    }

    @Test
    void smallBuffersThatAreCachedMakeRoomForLargeOnes() {
        NbdLimits limits = limits(1, 1);
        try (BufferPool pool = new BufferPool(limits)) {
            BufferPool.Account account = new BufferPool.Account();
            for (int size : new int[] {1, 8192, 8193, 65536, 65537, SLICE, 1}) {
                List<PooledBuffer> held = new ArrayList<>();
                PooledBuffer buffer;
                while ((buffer = pool.tryBorrow(account, size)) != null) {
                    assertThat(buffer.view().remaining()).isEqualTo(size);
                    held.add(buffer);
                    assertThat(pool.allocatedBytes()).isLessThanOrEqualTo(limits.payloadBytes());
                }
                assertThat(held).hasSize((int) (2L * SLICE / held.getFirst().sizeBytes()));
                held.forEach(PooledBuffer::release);
            }
        }
    }

    @Test
    void boundsHoldUnderRandomUse() {
        NbdLimits limits = limits(3, 2);
        long seed = 20261124;
        Xoshiro256 random = new Xoshiro256(seed);
        try (BufferPool pool = new BufferPool(limits)) {
            List<BufferPool.Account> accounts =
                    List.of(new BufferPool.Account(), new BufferPool.Account(), new BufferPool.Account());
            List<List<PooledBuffer>> held = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int step = 0; step < 20_000; step++) {
                int who = (int) Math.floorMod(random.nextLong(), 3L);
                List<PooledBuffer> mine = held.get(who);
                if (!mine.isEmpty() && Math.floorMod(random.nextLong(), 5L) < 2) {
                    mine.remove((int) Math.floorMod(random.nextLong(), (long) mine.size()))
                            .release();
                } else {
                    int size = 1 + (int) Math.floorMod(random.nextLong(), (long) SLICE);
                    PooledBuffer buffer = pool.tryBorrow(accounts.get(who), size);
                    assertThat(buffer != null || !mine.isEmpty())
                            .as("seed %s step %s: nothing held and nothing lent", seed, step)
                            .isTrue();
                    if (buffer != null) {
                        mine.add(buffer);
                    }
                }
                assertThat(pool.allocatedBytes()).isLessThanOrEqualTo(limits.payloadBytes());
            }
            held.forEach(list -> list.forEach(PooledBuffer::release));
        }
    }

    @Test
    void buffersThatComeBackAfterCloseAreFreed() {
        BufferPool pool = new BufferPool(NbdLimits.defaults());
        PooledBuffer late = Objects.requireNonNull(pool.tryBorrow(new BufferPool.Account(), 1));
        pool.close();
        late.release();
        assertThat(pool.allocatedBytes()).isZero();
    }

    private static NbdLimits limits(int connections, int sharedSlices) {
        NbdLimits defaults = NbdLimits.defaults().withConnections(connections, connections, connections);
        return defaults.withBufferBytes((long) connections * (NbdLimits.FIXED_BYTES + NbdLimits.GUARANTEED_BYTES)
                + (long) sharedSlices * SLICE);
    }
}
