/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SamplesTests {
    private static final Samples.Cell LIVE = new Samples.Cell("4k-qd32", Phase.LIVE);

    @Test
    void ratiosAreOfTheSameRound() {
        List<Double> ratios = Samples.ratios(Map.of(1, 10.0, 2, 30.0, 4, 1.0), Map.of(1, 5.0, 2, 10.0, 3, 7.0));

        assertThat(ratios).containsExactlyInAnyOrder(2.0, 3.0);
    }

    @Test
    void zeroIsNoDenominator() {
        assertThat(Samples.ratios(Map.of(1, 10.0), Map.of(1, 0.0))).isEmpty();
    }

    @Test
    void newerSamplesOfACellTakeThePlaceOfAllOlderOnes() {
        Samples older = new Samples(List.of(
                sample("nbdkit", Phase.LIVE, 1, 1), sample("raw", Phase.LIVE, 1, 1), sample("raw", Phase.READ, 1, 1)));

        Samples merged = older.with(List.of(sample("nbdkit", Phase.LIVE, 1, 2)));

        assertThat(merged.all())
                .extracting(Sample::peer, Sample::phase)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("raw", Phase.READ),
                        org.assertj.core.groups.Tuple.tuple("nbdkit", Phase.LIVE));
    }

    @Test
    void disagreementIsTheDistanceOfTheMedianFromOne() {
        assertThat(Samples.disagreement(List.of(1.1, 1.1, 1.1, 1.1))).isCloseTo(0.1, within(1e-9));
        assertThat(Samples.disagreement(List.of(0.8, 0.8, 0.8))).isCloseTo(0.2, within(1e-9));
    }

    @Test
    void disagreementIsHalfTheMiddleHalfIfThatIsMore() {
        // Quartiles 0.9 and 1.1; the outermost values do not count.
        assertThat(Samples.disagreement(List.of(0.1, 0.9, 1.0, 1.1, 9.0))).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void cellKnowsItsPair() {
        List<Sample> all = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            all.add(sample("nbdkit", Phase.LIVE, round, 100));
            all.add(sample("nbdkit-again", Phase.LIVE, round, 95));
        }

        assertThat(new Samples(all).disagreement(LIVE, Metric.OPERATIONS).orElseThrow())
                .isCloseTo(0.05, within(1e-9));
        assertThat(new Samples(all.subList(0, 1)).disagreement(LIVE, Metric.OPERATIONS))
                .isEmpty();
    }

    @Test
    void cellsAndPeersComeInTheOrderOfTheTables() {
        Samples samples = new Samples(List.of(
                sample("gnomon", Phase.READ, 1, 1), sample("raw", Phase.READ, 1, 1), sample("raw", Phase.LIVE, 1, 1)));

        assertThat(samples.cells()).extracting(Samples.Cell::phase).containsExactly(Phase.LIVE, Phase.READ);
        assertThat(samples.peers(new Samples.Cell("4k-qd32", Phase.READ)))
                .extracting(PeerType::id)
                .containsExactly("raw", "gnomon");
    }

    private static Sample sample(String peer, Phase phase, int round, double operations) {
        return new Sample("4k-qd32", phase, peer, round, 1, Map.of(Metric.OPERATIONS, operations));
    }
}
