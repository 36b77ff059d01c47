/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RecentBytesTests {
    private static final int PIECE = 4096;
    private static final int HEAD = 100;

    private static void run(int capacity, java.util.function.Consumer<RecentBytes> script) {
        SimWorld world = new SimWorld(1);
        world.run(() -> script.accept(new RecentBytes(world.scheduler(), capacity)));
    }

    /** Puts a batch whose every piece tells its sequence and its rank. */
    private static void put(RecentBytes recent, long sequence, int pieces) {
        ByteBuffer batch = ByteBuffer.allocate(HEAD + pieces * PIECE);
        for (int rank = 0; rank < pieces; rank++) {
            batch.putLong(HEAD + rank * PIECE, sequence).putInt(HEAD + rank * PIECE + PIECE - 4, rank);
        }
        recent.put(sequence, location(sequence, 0), batch, HEAD, pieces * PIECE);
    }

    private static long location(long sequence, int rank) {
        return Location.of(1, sequence * 10 * PIECE + rank * (long) PIECE);
    }

    private static boolean isThere(RecentBytes recent, long sequence, int rank, int pieces) {
        ByteBuffer target = ByteBuffer.allocate(HEAD + pieces * PIECE).position(HEAD);
        if (!recent.get(sequence, location(sequence, rank), target)) {
            assertThat(target.position()).isEqualTo(HEAD);
            return false;
        }
        assertThat(target.hasRemaining()).isFalse();
        for (int i = 0; i < pieces; i++) {
            assertThat(target.getLong(HEAD + i * PIECE)).isEqualTo(sequence);
            assertThat(target.getInt(HEAD + i * PIECE + PIECE - 4)).isEqualTo(rank + i);
        }
        return true;
    }

    @Test
    void partsOfABatchAreFoundUntilNewerOnesTakeItsPlace() {
        run(8 * PIECE, recent -> {
            assertThat(isThere(recent, 1, 0, 1)).isFalse();
            put(recent, 1, 3);
            put(recent, 2, 4);
            assertThat(isThere(recent, 1, 0, 3)).isTrue();
            assertThat(isThere(recent, 1, 2, 1)).isTrue();
            assertThat(isThere(recent, 2, 1, 2)).isTrue();
            put(recent, 3, 1); // the last place of the ring
            assertThat(isThere(recent, 1, 0, 3)).isTrue();
            put(recent, 4, 1);
            assertThat(isThere(recent, 1, 2, 1)).isFalse();
            assertThat(isThere(recent, 2, 0, 4)).isTrue();
            assertThat(isThere(recent, 4, 0, 1)).isTrue();
        });
    }

    @Test
    void aBatchLiesInOnePart() {
        SimWorld world = new SimWorld(1);
        world.run(() -> {
            RecentBytes recent = new RecentBytes(world.scheduler(), 9 * PIECE, 4 * PIECE);
            put(recent, 1, 5);
            assertThat(isThere(recent, 1, 0, 1)).as("larger than a part").isFalse();
            put(recent, 2, 3);
            put(recent, 3, 2); // the first place of the second part
            put(recent, 4, 2);
            assertThat(isThere(recent, 2, 0, 3)).isTrue();
            assertThat(isThere(recent, 3, 0, 2)).isTrue();
            assertThat(isThere(recent, 4, 0, 2)).isTrue();
            put(recent, 5, 4); // the first part again
            assertThat(isThere(recent, 2, 2, 1)).isFalse();
            assertThat(isThere(recent, 3, 0, 2)).isTrue();
            assertThat(isThere(recent, 4, 1, 1)).isTrue();
            assertThat(isThere(recent, 5, 0, 4)).isTrue();
        });
    }

    @Test
    void whatWouldPassTheEndOfTheRingBeginsAgainInFront() {
        run(8 * PIECE, recent -> {
            put(recent, 1, 3);
            put(recent, 2, 3);
            put(recent, 3, 3); // two places are left over, and the first batch is gone
            assertThat(isThere(recent, 1, 0, 1)).isFalse();
            assertThat(isThere(recent, 2, 0, 3)).isTrue();
            assertThat(isThere(recent, 3, 0, 3)).isTrue();
        });
    }

    @Test
    void moreThanABatchHasOrAnotherPlaceIsNotFound() {
        run(8 * PIECE, recent -> {
            put(recent, 1, 2);
            assertThat(isThere(recent, 1, 1, 2)).isFalse();
            assertThat(recent.get(1, location(1, 0) - PIECE, ByteBuffer.allocate(PIECE)))
                    .isFalse();
            assertThat(recent.get(2, location(1, 0), ByteBuffer.allocate(PIECE)))
                    .isFalse();
            assertThat(recent.get(1 + 8, location(1, 0), ByteBuffer.allocate(PIECE)))
                    .as("the batch that will have the entry")
                    .isFalse();
        });
    }

    @Test
    void aBatchThatIsLargerThanAllIsLeftOut() {
        run(2 * PIECE, recent -> {
            put(recent, 1, 1);
            put(recent, 2, 3);
            assertThat(isThere(recent, 2, 0, 1)).isFalse();
            assertThat(isThere(recent, 1, 0, 1)).isTrue();
        });
    }
}
