/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class HeldTests {
    @Test
    void whatIsInUseIsTheTotalOfTheHistogram() throws Exception {
        List<String> histogram = List.of(
                "4242:",
                " num     #instances         #bytes  class name (module)",
                "   1:         12345        1234567  [B (java.base@25)",
                "Total         23456        7654321");

        assertThat(Held.total(histogram)).isEqualTo(7_654_321);
    }

    @Test
    void answerWithoutATotalIsRefused() {
        assertThatThrownBy(() -> Held.total(List.of("Unable to open socket file")))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("Unable to open socket file");
    }

    @Test
    void growthIsThatOnTheHeapAndOffIt() {
        assertThat(new Held(1000, 50).since(new Held(700, 20))).isEqualTo(330);
    }
}
