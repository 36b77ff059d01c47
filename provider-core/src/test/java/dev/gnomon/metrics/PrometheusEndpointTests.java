/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Metric;
import dev.gnomon.observe.Metric.Kind;
import dev.gnomon.observe.Timed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrometheusEndpointTests {
    private final AtomicLong reads = new AtomicLong(3);
    private final Latencies latencies = new Latencies();
    private final List<Metric> metrics = List.of(
            Metric.of("gnomon_reads_total", Kind.COUNTER, "Reads.", reads::get),
            new Metric(
                    "gnomon_volume_size_bytes",
                    Kind.GAUGE,
                    "Size.",
                    "volume",
                    () -> List.of(new Metric.Value("a", 1 << 20), new Metric.Value("b\"\n", 2))),
            new Metric(
                    "gnomon_nbd_request_seconds",
                    Kind.HISTOGRAM,
                    "Requests.",
                    "command",
                    () -> List.of(new Metric.Durations("read", latencies.summary(Timed.NBD_READ)))));

    @Test
    void valuesAreAskedForAtEachScrape() throws Exception {
        latencies.record(Timed.NBD_READ, 20_000);
        latencies.record(Timed.NBD_READ, 3_000_000_000L);
        latencies.record(Timed.NBD_READ, 60_000_000_000L);
        try (PrometheusEndpoint endpoint = open()) {
            String text = scrape(endpoint).body();
            assertThat(text.lines())
                    .contains(
                            "# TYPE gnomon_reads_total counter",
                            "gnomon_reads_total 3.0",
                            "gnomon_volume_size_bytes{volume=\"a\"} 1048576.0",
                            "gnomon_volume_size_bytes{volume=\"b\\\"\\n\"} 2.0",
                            "# TYPE gnomon_nbd_request_seconds histogram",
                            "gnomon_nbd_request_seconds_bucket{command=\"read\",le=\"1.0E-5\"} 0",
                            "gnomon_nbd_request_seconds_bucket{command=\"read\",le=\"2.5E-5\"} 1",
                            "gnomon_nbd_request_seconds_bucket{command=\"read\",le=\"5.0\"} 2",
                            "gnomon_nbd_request_seconds_bucket{command=\"read\",le=\"10.0\"} 2",
                            "gnomon_nbd_request_seconds_bucket{command=\"read\",le=\"+Inf\"} 3",
                            "gnomon_nbd_request_seconds_count{command=\"read\"} 3");
            reads.set(4);
            assertThat(scrape(endpoint).body()).contains("gnomon_reads_total 4.0");
        }
    }

    @Test
    void anAddressInUseIsRefusedAndAClosedOneFree() throws IOException {
        try (PrometheusEndpoint endpoint = open()) {
            assertThatThrownBy(() -> PrometheusEndpoint.open(endpoint.address(), metrics))
                    .isInstanceOf(IOException.class);
        }
        PrometheusEndpoint again = open();
        InetSocketAddress address = again.address();
        again.close();
        PrometheusEndpoint.open(address, metrics).close();
    }

    private PrometheusEndpoint open() throws IOException {
        return PrometheusEndpoint.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), metrics);
    }

    private static HttpResponse<String> scrape(PrometheusEndpoint endpoint) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://127.0.0.1:" + endpoint.address().getPort() + "/metrics"))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
