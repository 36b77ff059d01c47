/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BoxChart;
import org.knowm.xchart.BoxChartBuilder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots of a run, drawn by XChart as PNG: as SVG its text would be outlines, ten times as large. */
final class Charts {
    private static final int WIDTH = 980;
    private static final int HEIGHT = 340;
    private static final int HEIGHT_OF_GOALS = 520;
    /** Of the picture for each unit of the chart, so that it is sharp on every screen. */
    private static final int PIXELS = 2;

    private static final int LABEL_DEGREES = 30;
    private static final int STEEP_LABEL_DEGREES = 60;

    private Charts() {}

    /** Returns a box for each peer: the values of a metric over the rounds. */
    static byte[] boxes(Samples samples, Samples.Cell cell, Metric metric) {
        BoxChart chart = new BoxChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(metric.heading())
                .yAxisTitle(metric.heading())
                .build();
        for (PeerType peer : samples.peers(cell)) {
            // XChart asks lists for null, which immutable ones refuse to answer.
            List<Double> values =
                    new ArrayList<>(samples.values(cell, peer.id(), metric).values());
            if (!values.isEmpty()) {
                chart.addSeries(peer.id(), values);
            }
        }
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setYAxisDecimalPattern("#,###");
        chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
        plain(chart.getStyler());
        return png(chart);
    }

    /** Returns a bar for each peer and each of some metrics: their medians. */
    static byte[] bars(Samples samples, Samples.Cell cell, String title, boolean logarithmic, Metric... metrics) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(title)
                .build();
        List<PeerType> peers = samples.peers(cell).stream()
                .filter(peer -> samples.spread(cell, peer.id(), metrics[0]).isPresent())
                .toList();
        List<String> names = peers.stream().map(PeerType::id).toList();
        for (Metric metric : metrics) {
            List<Double> medians = peers.stream()
                    .map(peer -> samples.spread(cell, peer.id(), metric)
                            .map(spread -> spread.median())
                            .orElse(0.0))
                    .toList();
            chart.addSeries(metric.heading(), names, medians);
        }
        if (logarithmic) {
            chart.getStyler().setYAxisLogarithmic(true);
            // Bars stand on zero otherwise, which has no logarithm.
            chart.getStyler().setYAxisMin(1.0);
        }
        chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
        plain(chart.getStyler());
        chart.getStyler().setLegendVisible(metrics.length > 1);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        return png(chart);
    }

    /**
     * Returns what was reached as a part of what must be, so that 1 and more is met; where less is better, the other way
     * round.
     */
    static byte[] goals(List<Verdict> verdicts) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT_OF_GOALS)
                .title("reached : must (1 and more is met)")
                .yAxisTitle("reached : must")
                .build();
        List<String> names = new ArrayList<>();
        List<Double> reached = new ArrayList<>();
        List<Double> ones = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            Goal goal = verdict.goal();
            double ratio = verdict.reached().median() / goal.must();
            names.add((names.size() + 1) + " " + goal.workload() + "/"
                    + goal.phase().id() + " : " + verdict.against());
            reached.add(goal.metric().moreIsBetter() ? ratio : 1 / ratio);
            ones.add(1.0);
        }
        chart.addSeries("reached : must", names, reached);
        chart.addSeries("met", names, ones)
                .setChartCategorySeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Line)
                .setMarker(SeriesMarkers.NONE);
        chart.getStyler().setOverlapped(true);
        chart.getStyler().setXAxisLabelRotation(STEEP_LABEL_DEGREES);
        chart.getStyler()
                .setYAxisMax(Math.max(
                        2, reached.stream().max(Comparator.naturalOrder()).orElse(1.0)));
        chart.getStyler().setYAxisMin(0.0);
        plain(chart.getStyler());
        return png(chart);
    }

    private static void plain(Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendVisible(false);
    }

    private static byte[] png(Chart<?, ?> chart) {
        BufferedImage picture =
                new BufferedImage(chart.getWidth() * PIXELS, chart.getHeight() * PIXELS, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.scale(PIXELS, PIXELS);
        chart.paint(graphics, chart.getWidth(), chart.getHeight());
        graphics.dispose();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", png);
        } catch (IOException e) {
            throw new IllegalStateException("a picture cannot be made in memory", e);
        }
        return png.toByteArray();
    }
}
