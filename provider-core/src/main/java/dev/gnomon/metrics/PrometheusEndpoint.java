/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.metrics;

import dev.gnomon.observe.LatencySummary;
import dev.gnomon.observe.Metric;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Serves metrics at {@code /metrics}, asking for their values at each request. Thread-safe. */
public final class PrometheusEndpoint implements AutoCloseable {
    /**
     * Upper bounds of the buckets, in nanoseconds: 1, 2.5 and 5 of each power of ten from 10 us to 10 s. Prometheus adds the
     * one without bound.
     */
    private static final long[] BUCKETS_NANOS = {
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        100_000_000,
        250_000_000,
        500_000_000,
        1_000_000_000,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L
    };

    private static final double NANOS_PER_SECOND = 1e9;

    /** What the library puts behind the name of a counter itself. */
    private static final String COUNTER_SUFFIX = "_total";

    private final HTTPServer server;
    private final InetAddress host;

    private PrometheusEndpoint(HTTPServer server, InetAddress host) {
        this.server = server;
        this.host = host;
    }

    /**
     * Starts to serve.
     *
     * @param address whoever can connect to it can read everything; port 0 takes any free one
     * @throws IOException if the address cannot be listened on
     */
    public static PrometheusEndpoint open(InetSocketAddress address, List<Metric> metrics) throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        MultiCollector collector = () -> new MetricSnapshots(
                metrics.stream().map(PrometheusEndpoint::snapshot).toList());
        registry.register(collector);
        HTTPServer server = HTTPServer.builder()
                .inetAddress(address.getAddress())
                .port(address.getPort())
                .registry(registry)
                .buildAndStart();
        return new PrometheusEndpoint(server, address.getAddress());
    }

    /** Returns the address, with the port that was taken. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, server.getPort());
    }

    @Override
    public void close() {
        server.close();
    }

    private static MetricSnapshot snapshot(Metric metric) {
        return switch (metric.kind()) {
            case COUNTER -> counter(metric);
            case GAUGE -> gauge(metric);
            case HISTOGRAM -> histogram(metric);
        };
    }

    private static MetricSnapshot counter(Metric metric) {
        String name = metric.name();
        CounterSnapshot.Builder builder = CounterSnapshot.builder()
                .name(name.endsWith(COUNTER_SUFFIX) ? name.substring(0, name.length() - COUNTER_SUFFIX.length()) : name)
                .help(metric.help());
        for (Metric.Point point : metric.points().get()) {
            builder.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels(metric, point))
                    .value(number(metric, point))
                    .build());
        }
        return builder.build();
    }

    private static MetricSnapshot gauge(Metric metric) {
        GaugeSnapshot.Builder builder =
                GaugeSnapshot.builder().name(metric.name()).help(metric.help());
        for (Metric.Point point : metric.points().get()) {
            builder.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels(metric, point))
                    .value(number(metric, point))
                    .build());
        }
        return builder.build();
    }

    private static MetricSnapshot histogram(Metric metric) {
        HistogramSnapshot.Builder builder =
                HistogramSnapshot.builder().name(metric.name()).help(metric.help());
        for (Metric.Point point : metric.points().get()) {
            LatencySummary summary = switch (point) {
                case Metric.Durations durations -> durations.summary();
                case Metric.Value _ -> throw new IllegalStateException(metric.name() + " is a single number");
            };
            builder.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(labels(metric, point))
                    .classicHistogramBuckets(buckets(summary))
                    .sum(summary.sumNanos() / NANOS_PER_SECOND)
                    .build());
        }
        return builder.build();
    }

    private static ClassicHistogramBuckets buckets(LatencySummary summary) {
        ClassicHistogramBuckets.Builder builder = ClassicHistogramBuckets.builder();
        long below = 0;
        for (long bound : BUCKETS_NANOS) {
            long upTo = summary.countUpTo(bound);
            builder.bucket(bound / NANOS_PER_SECOND, upTo - below);
            below = upTo;
        }
        builder.bucket(Double.POSITIVE_INFINITY, Math.max(0, summary.count() - below));
        return builder.build();
    }

    private static double number(Metric metric, Metric.Point point) {
        return switch (point) {
            case Metric.Value value -> value.value();
            case Metric.Durations _ -> throw new IllegalStateException(metric.name() + " is no single number");
        };
    }

    private static Labels labels(Metric metric, Metric.Point point) {
        return metric.label().isEmpty() ? Labels.EMPTY : Labels.of(metric.label(), point.label());
    }
}
