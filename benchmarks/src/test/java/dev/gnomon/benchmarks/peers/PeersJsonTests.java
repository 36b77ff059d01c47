/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PeersJsonTests {
    private static final PeersRun RUN = new PeersRun(
            List.of(Map.of("commit", "abc")),
            List.of("tgt: left out"),
            new Samples(List.of(
                    new Sample("4k-qd32", Phase.LIVE, "gnomon", 1, 2, Map.of(Metric.OPERATIONS, 5.5, Metric.CPU, 3.0)),
                    new Sample(
                            "4k-qd32", Phase.LIVE, "nbdkit", 1, 1, Map.of(Metric.OPERATIONS, 5.0, Metric.CPU, 9.0)))));

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(PeersJson.parse(PeersJson.write(RUN))).isEqualTo(RUN);
    }

    @Test
    void verdictsAreInItForPrograms() {
        assertThat(PeersJson.write(RUN)).contains("\"against\" : \"nbdkit\"", "\"outcome\" : \"too few rounds\"");
    }

    @Test
    void otherVersionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PeersJson.parse("{\"schemaVersion\": 2}"))
                .withMessageContaining("expected 1");
    }

    @Test
    void laterRunsAddTheirPartsAndCells() {
        PeersRun later = new PeersRun(
                List.of(Map.of("commit", "def")),
                List.of("tgt: left out"),
                new Samples(List.of(new Sample("4k-qd1", Phase.LIVE, "gnomon", 1, 1, Map.of()))));

        PeersRun both = RUN.with(later);

        assertThat(both.parts()).containsExactly(Map.of("commit", "abc"), Map.of("commit", "def"));
        assertThat(both.absent()).containsExactly("tgt: left out");
        assertThat(both.samples().cells()).hasSize(2);
    }

    @Test
    void scenariosOfBenchQuickAreReadToo() {
        PeersRun run = PeersJson.parse("""
                {"schemaVersion": 1, "facts": {"commit": "abc"}, "scenarios": [
                  {"name": "set", "points": [
                    {"contender": "gnomon, 1 copy", "round": 1, "figures": {"stallP99Millis": 3.5, "cuts": 1000}},
                    {"contender": "gnomon, 500 copies", "round": 1, "figures": {"stallP99Millis": 9}}]},
                  {"name": "live", "points": [{"contender": "gnomon", "round": 1, "figures": {"cuts": 1}}]}]}
                """);

        assertThat(run.parts()).containsExactly(Map.of("commit", "abc"));
        assertThat(run.samples().all())
                .containsExactly(new Sample(
                        "set", Phase.WHOLE, "gnomon", 1, 1, Map.of(Metric.STALL_P99, 3.5, Metric.CUTS, 1000.0)));
        assertThat(run.verdicts()).singleElement().extracting(Verdict::outcome).isEqualTo(Verdict.Outcome.MET);
    }
}
