/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class ReportTests {
    private static PeersRun run() {
        List<Sample> samples = new ArrayList<>();
        for (int round = 1; round <= Verdict.ROUNDS_MIN; round++) {
            for (String peer : List.of("raw", "nbdkit", "nbdkit-again", "gnomon")) {
                samples.add(new Sample(
                        "4k-qd32",
                        Phase.LIVE,
                        peer,
                        round,
                        round == 1 ? 2 : 1,
                        Map.of(
                                Metric.OPERATIONS,
                                100.0 + round,
                                Metric.DURABLE,
                                90.0 + round,
                                Metric.CPU,
                                peer.equals("gnomon") ? 5.0 : 10.0,
                                Metric.P50,
                                10.0,
                                Metric.P99,
                                20.0,
                                Metric.P999,
                                30.0)));
            }
        }
        return new PeersRun(List.of(Map.of("cpu", "one <fast> & cheap")), List.of(), new Samples(samples));
    }

    @Test
    void markdownHoldsMedianRangeAndVerdict() {
        String page = MarkdownReport.of(run());

        assertThat(page)
                .contains("| Gnomon | 104 (101-107) | 94 (91-97) | 5.00 | 10.0 | 20 | 30 | 7 | 1 |")
                .contains(
                        "| live 4 KiB random write QD32 | nbdkit | 1.0x | 1.25x | 1.00 | 7 | 0.00 | met | 5.0 | 10.0 |")
                .contains(
                        "| live 4 KiB random write QD32, CPU | nbdkit | at most 0.9x | 0.5x | 0.50 | 7 | 0.00 | aim |");
    }

    @Test
    void everyRowHasAsManyCellsAsItsHeadings() {
        List<List<List<String>>> tables = new ArrayList<>(
                List.of(ReportTables.verdicts(run()), ReportTables.semantics(), ReportTables.facts(run())));
        run().samples().cells().forEach(cell -> tables.add(ReportTables.cell(run().samples(), cell)));

        for (List<List<String>> table : tables) {
            assertThat(table).allMatch(row -> row.size() == table.getFirst().size());
        }
    }

    @Test
    void everyPeerSaysWhatItPromises() {
        assertThat(ReportTables.semantics()).hasSize(PeerTypes.ALL.size() - 1);
        assertThat(ReportTables.semantics().stream().flatMap(List::stream)).noneMatch(String::isBlank);
    }

    @Test
    void htmlNeedsNothingElseAndEscapes() {
        String page = HtmlReport.of(run());

        assertThat(page)
                .contains("one &lt;fast&gt; &amp; cheap", "data:image/png;base64,", "<td class=\"met\">met</td>")
                .doesNotContain("src=\"http", "href=\"http", "<script");
    }

    @Test
    void chartShowsWhatWasMeasured() throws IOException {
        Samples samples = run().samples();
        Samples.Cell cell = samples.cells().getFirst();

        int all = paintedPixels(Charts.boxes(samples, cell, Metric.OPERATIONS));
        int none = paintedPixels(Charts.boxes(samples, new Samples.Cell("4k-qd1", Phase.LIVE), Metric.OPERATIONS));

        assertThat(none).isPositive();
        assertThat(all).isGreaterThan(none);
    }

    private static int paintedPixels(byte[] png) throws IOException {
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
        int painted = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                painted += (picture.getRGB(x, y) & 0xffffff) == 0xffffff ? 0 : 1;
            }
        }
        return painted;
    }
}
