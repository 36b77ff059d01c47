/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UnorderedTableTests {
    private static final List<String> HEADINGS =
            List.of("cell", "of", "against", "ops/s (ack)", "ops/s (durable)", "server CPU us/op", "p99 us");

    private static PeersRun run(String... peers) {
        List<Sample> samples = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < peers.length; i++) {
                Map<Metric, Double> values = new EnumMap<>(Metric.class);
                values.put(Metric.OPERATIONS, 100.0 * (i + 1) + round);
                values.put(Metric.CPU, 8.0 / (i + 1));
                List.of(Metric.P50, Metric.P99, Metric.P999).forEach(metric -> values.put(metric, 10.0));
                samples.add(new Sample("4k-qd32", Phase.FIRST, peers[i], round, 1, values));
            }
        }
        return new PeersRun(List.of(Map.of("commit", "abc")), List.of(), new Samples(samples));
    }

    @Test
    void bothModesStandAgainstThoseWithoutOrderAndAgainstEachOther() {
        PeersRun run = run("fleecing", "gnomon", "gnomon-volatile");

        assertThat(UnorderedTable.of(run.samples()))
                .containsExactly(
                        HEADINGS,
                        List.of("4k-qd32/first", "gnomon", "fleecing", "1.98 (1.97-1.99)", "-", "0.50", "1.00"),
                        List.of(
                                "4k-qd32/first",
                                "gnomon-volatile",
                                "fleecing",
                                "2.96 (2.94-2.98)",
                                "-",
                                "0.33",
                                "1.00"),
                        List.of("4k-qd32/first", "gnomon-volatile", "gnomon", "1.50 (1.49-1.50)", "-", "0.67", "1.00"));
    }

    @Test
    void itIsInBothPagesAndJudgesNothing() {
        PeersRun run = run("cow4k", "gnomon", "gnomon-volatile");

        assertThat(MarkdownReport.of(run))
                .contains("## With and without order", "| 4k-qd32/first | gnomon-volatile | cow4k | 2.96");
        assertThat(HtmlReport.of(run)).contains("<h2 id=\"order\">", "<td>gnomon-volatile</td>");
        assertThat(run.verdicts()).noneMatch(verdict -> verdict.goal().peer().equals("gnomon-volatile"));
    }

    @Test
    void withoutTheVolatileModeThereIsNoTable() {
        PeersRun run = run("fleecing", "gnomon");

        assertThat(UnorderedTable.of(run.samples())).containsExactly(HEADINGS);
        assertThat(MarkdownReport.of(run)).doesNotContain("without order");
        assertThat(HtmlReport.of(run)).doesNotContain("without order");
    }
}
