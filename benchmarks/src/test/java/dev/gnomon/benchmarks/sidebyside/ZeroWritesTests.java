/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ZeroWritesTests {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 1000, 65_536, 99_991})
    void randomOrderChoosesEachPlaceOnce(long count) {
        ZeroWrites writes = ZeroWrites.atRandom(count, 4096, 16_384);

        long[] places = LongStream.range(0, count).map(writes.place()).sorted().toArray();

        assertThat(places)
                .isEqualTo(LongStream.range(0, count).map(i -> i * 16_384).toArray());
    }

    @Test
    void orderBeginsWhereItIsTold() {
        ZeroWrites writes = ZeroWrites.inOrder(1 << 20, 3, 4096, 8192);

        assertThat(LongStream.range(0, 3).map(writes.place()).toArray())
                .containsExactly(1 << 20, (1 << 20) + 8192, (1 << 20) + 16_384);
    }
}
