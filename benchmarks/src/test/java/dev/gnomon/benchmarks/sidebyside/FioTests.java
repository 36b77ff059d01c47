/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class FioTests {
    /** As fio 3.33 prints it, without what is not read. */
    private static final String OUTPUT = """
            fio: connected to NBD server
            {
              "fio version" : "fio-3.33",
              "jobs" : [
                {
                  "jobname" : "load0",
                  "error" : ERROR,
                  "write" : {
                    "total_ios" : WRITES,
                    "runtime" : 3001,
                    "clat_ns" : {
                      "percentile" : {
                        "50.000000" : 305152,
                        "99.000000" : 5144576
                      }
                    }
                  }
                }
              ]
            }
            """;

    @Test
    void resultIsReadBehindTheMessages() throws BenchFailure {
        Fio.Result result = Fio.Result.parse(output(0, 162_633));

        assertThat(result.writes()).isEqualTo(162_633);
        assertThat(result.seconds()).isEqualTo(3.001);
        assertThat(result.writesPerSecond()).isEqualTo(162_633 / 3.001);
        assertThat(result.p50Micros()).isEqualTo(305.152);
        assertThat(result.p99Micros()).isEqualTo(5144.576);
    }

    @Test
    void failedJobIsNoResult() {
        assertThatThrownBy(() -> Fio.Result.parse(output(5, 100))).hasMessageContaining("error 5, 100 writes");
    }

    @Test
    void jobWithoutWritesIsNoResult() {
        assertThatThrownBy(() -> Fio.Result.parse(output(0, 0))).hasMessageContaining("0 writes");
    }

    @Test
    void messagesAloneAreNoResult() {
        assertThatThrownBy(() -> Fio.Result.parse("fio: engine nbd not loadable\n"))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("engine nbd not loadable");
        assertThatThrownBy(() -> Fio.Result.parse("{ \"jobs\" : [")).hasMessageContaining("not JSON");
    }

    @Test
    void patternHoldsTheTagAsEightBytesBeforeTheOffset() {
        assertThat(Fio.pattern(1)).isEqualTo("0x0100000000000000%o");
        assertThat(Fio.pattern(255)).isEqualTo("0xff00000000000000%o");
        assertThatThrownBy(() -> Fio.pattern(256)).hasMessageContaining("256");
        assertThatThrownBy(() -> Fio.pattern(0)).hasMessageContaining("0");
    }

    private static String output(int error, int writes) {
        return OUTPUT.replace("ERROR", Integer.toString(error)).replace("WRITES", Integer.toString(writes));
    }
}
