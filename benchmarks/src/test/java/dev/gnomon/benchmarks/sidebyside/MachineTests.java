/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class MachineTests {
    @Test
    void processorListHasRangesAndSingles() throws BenchFailure {
        assertThat(Machine.processorList("0-2,5")).containsExactly(0, 1, 2, 5);
        assertThat(Machine.processorList("7")).containsExactly(7);
    }

    @Test
    void otherListsAreRefused() {
        assertThatThrownBy(() -> Machine.processorList("")).isInstanceOf(BenchFailure.class);
        assertThatThrownBy(() -> Machine.processorList("0-")).hasMessageContaining("'0-'");
    }

    @Test
    void fieldIsTheFirstOfItsName() {
        assertThat(Machine.field("MemTotal:  5 kB\nMemFree: 3 kB\n", "MemTotal"))
                .isEqualTo("5 kB");
        assertThat(Machine.field("MemTotal 5\n", "MemTotal")).isEmpty();
    }
}
