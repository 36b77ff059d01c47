/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The set of pieces against one of the library. */
class PieceSetTests {
    private static final long SEED = Long.getLong("gnomon.seed", 5);
    private static final int PIECES = 100_003;

    @Test
    void itHoldsWhatASortedSetHolds() {
        System.out.println("seed " + SEED);
        Xoshiro256 random = new Xoshiro256(SEED);
        PieceSet set = new PieceSet(PIECES);
        TreeSet<Long> model = new TreeSet<>();
        for (int i = 0; i < 20_000; i++) {
            long piece = random.percent(50) ? random.nextInt(PIECES) : 32_700 + random.nextInt(150);
            if (random.percent(60)) {
                set.add(piece);
                model.add(piece);
            } else {
                assertThat(set.remove(piece)).isEqualTo(model.remove(piece));
            }
            long from = random.nextInt(PIECES);
            Long next = model.ceiling(from);
            assertThat(set.next(from)).isEqualTo(next == null ? PieceSet.NONE : next);
            assertThat(set.contains(from)).isEqualTo(model.contains(from));
            assertThat(set.count()).isEqualTo(model.size());
        }
    }

    @Test
    void whatIsBehindTheBoundIsNeverIn() {
        PieceSet set = new PieceSet(3);
        set.add(3);
        assertThat(set.contains(3)).isFalse();
        assertThat(set.next(0)).isEqualTo(PieceSet.NONE);
        set.add(2);
        assertThat(set.next(0)).isEqualTo(2);
        assertThat(set.next(3)).isEqualTo(PieceSet.NONE);
    }
}
