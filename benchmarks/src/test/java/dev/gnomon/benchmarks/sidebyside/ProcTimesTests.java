/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ProcTimesTests {
    @Test
    void machineCountsGuestTimeOnce() throws BenchFailure {
        ProcTimes.Machine machine = ProcTimes.Machine.parse("cpu  100 20 30 400 50 6 7 8 90 10");

        assertThat(machine.total()).isEqualTo(621);
        assertThat(machine.stolen()).isEqualTo(8);
        assertThat(machine.busy()).isEqualTo(163);
    }

    @Test
    void otherLinesAreNotTheMachine() {
        assertThatThrownBy(() -> ProcTimes.Machine.parse("cpu0 1 2 3 4 5 6 7 8 9 10"))
                .hasMessageContaining("cpu0");
        assertThatThrownBy(() -> ProcTimes.Machine.parse("cpu  1 2 3")).hasMessageContaining("cpu  1 2 3");
    }

    @Test
    void taskNameMayHoldSpacesAndParentheses() throws BenchFailure {
        ProcTimes.Task task = ProcTimes.Task.parse(
                "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 1000 2000 1 0 13 181 5 6 20 0 17 0 999 1 2");

        assertThat(task).isEqualTo(new ProcTimes.Task("a) b (c", 13 + 181, 5 + 6));
    }

    @Test
    void truncatedTaskIsRefused() {
        assertThatThrownBy(() -> ProcTimes.Task.parse("4711 (java) S 1 2 3")).hasMessageContaining("4711 (java)");
        assertThatThrownBy(() -> ProcTimes.Task.parse("")).isInstanceOf(BenchFailure.class);
    }

    @Test
    void ownTimesAreRead() throws BenchFailure {
        long pid = ProcessHandle.current().pid();

        assertThat(ProcTimes.Task.now(pid).own()).isPositive();
        assertThat(ProcTimes.threads(pid)).isNotEmpty();
        assertThat(ProcTimes.Machine.now().total()).isPositive();
    }

    @Test
    void threadsOfAPoolAreOneGroup() {
        assertThat(ProcTimes.group("GC Thread#12")).isEqualTo("GC Thread");
        assertThat(ProcTimes.group("gnomon-log")).isEqualTo("gnomon-log");
    }
}
