/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CompilerTimeTests {
    @Test
    void thisProcessHasCompilers() throws BenchFailure {
        CompilerTime began = CompilerTime.begin(List.of(ProcessHandle.current().pid()));

        assertThat(began.percent()).isPresent();
        assertThat(began.percent().getAsDouble()).isBetween(0.0, 100.0);
    }

    @Test
    void otherProgramsHaveNone() throws Exception {
        Process sleeps = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(CompilerTime.begin(List.of(sleeps.pid())).percent()).isEmpty();
        } finally {
            sleeps.destroyForcibly();
        }
    }

    @Test
    void noServerCompilesNothing() throws BenchFailure {
        assertThat(CompilerTime.begin(List.of()).percent()).isEmpty();
    }

    @Test
    void shareIsOfWhatTheProcessUsedMeanwhile() {
        assertThat(CompilerTime.share(100, 120, 1000, 1080)).isEqualTo(25);
        assertThat(CompilerTime.share(100, 120, 1000, 1000)).isZero();
        assertThat(CompilerTime.share(100, 40, 1000, 1080))
                .as("a compiler ended")
                .isZero();
        assertThat(CompilerTime.share(100, 104, 1000, 1002))
                .as("the compiler was looked at later")
                .isEqualTo(100);
    }
}
