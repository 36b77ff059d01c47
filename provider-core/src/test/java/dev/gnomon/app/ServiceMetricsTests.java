/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.NbdStatsView;
import dev.gnomon.control.server.FakeEngine;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Metric;
import dev.gnomon.observe.Metric.Kind;
import dev.gnomon.snapshot.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ServiceMetricsTests {
    private final FakeEngine engine = new FakeEngine();
    private final EventRecorder events = new EventRecorder(Instant::now);
    private final List<Metric> metrics =
            ServiceMetrics.of(engine, () -> NbdStatsView.NONE, events, new Latencies(), Instant.EPOCH);

    @Test
    void namesFollowPrometheus() {
        assertThat(metrics).extracting(Metric::name).doesNotHaveDuplicates();
        for (Metric metric : metrics) {
            assertThat(metric.name()).matches("gnomon(_[a-z]+)+");
            assertThat(metric.name().endsWith("_total")).as(metric.name()).isEqualTo(metric.kind() == Kind.COUNTER);
            assertThat(metric.name().endsWith("_seconds") || metric.kind() != Kind.HISTOGRAM)
                    .as(metric.name())
                    .isTrue();
            assertThat(metric.help()).endsWith(".");
            assertThat(metric.points().get())
                    .as(metric.name())
                    .allSatisfy(point ->
                            assertThat(point instanceof Metric.Durations).isEqualTo(metric.kind() == Kind.HISTOGRAM));
        }
    }

    @Test
    void documentListsEveryMetric() throws IOException {
        List<String> rows = Files.readString(Path.of("..", "docs", "operations.md"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| `gnomon_"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(metrics.stream()
                        .map(m -> "| `" + m.name() + "` | " + m.kind().name().toLowerCase(Locale.ROOT) + " | "
                                + (m.label().isEmpty() ? "" : "`" + m.label() + "`") + " | " + m.help() + " |")
                        .toList());
    }

    @Test
    void volumesAndEventsAreTheirLabels() throws Exception {
        engine.createVolume("data", Path.of("/d"), 1 << 20, Engine.Allocation.SPARSE);
        events.tell(Event.of(EventId.STORE_FAILED, "x"));
        events.tell(Event.of(EventId.SERVICE_STARTED, "x"));

        assertThat(points("gnomon_volume_size_bytes")).containsExactly(new Metric.Value("data", 1 << 20));
        assertThat(points("gnomon_volume_online")).containsExactly(new Metric.Value("data", 1));
        assertThat(points("gnomon_events_total"))
                .containsExactly(
                        new Metric.Value("ERROR", 1), new Metric.Value("WARN", 0), new Metric.Value("INFO", 1));
    }

    private List<Metric.Point> points(String name) {
        return metrics.stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow()
                .points()
                .get();
    }
}
