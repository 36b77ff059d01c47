/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DirtyLimitTests {
    /** The least that Linux allows; proc_sys_kernel(5). One digit of it would be less. */
    private static final long PID_MAX_MIN = 301;

    @Test
    void wholeValueIsReadAndNotItsFirstDigit() throws IOException {
        assertThat(Long.parseLong(DirtyLimit.value(Path.of("/proc/sys/kernel/pid_max"))))
                .isGreaterThanOrEqualTo(PID_MAX_MIN);
    }
}
