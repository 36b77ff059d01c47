/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.client.ControlClient;
import dev.gnomon.observe.EventId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator sees of a service that runs as users run it: log, metrics, statistics, events. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class ObservedServiceIT {
    private static final int MIB = 1 << 20;

    @Test
    void logIsOneJsonObjectALineWithIdsAndMetricsAreServed(Workspace workspace) throws Exception {
        ServiceProcess service = ServiceProcess.start(
                workspace.path("state"),
                workspace.path("nbd.sock"),
                "--log-format",
                "json",
                "--metrics",
                "127.0.0.1:0");
        try (service) {
            service.createVolume("data", MIB);
            service.createSet("kept", "data");

            String metrics = scrape(metricsUri(service));
            assertThat(metrics.lines())
                    .contains(
                            "gnomon_volume_online{volume=\"data\"} 1.0",
                            "gnomon_volume_shadow_copies{volume=\"data\"} 1.0",
                            "gnomon_cut_hold_seconds_count 1",
                            "gnomon_events_total{severity=\"ERROR\"} 0.0");
            assertThat(service.ask(ControlClient::stats).latencies())
                    .filteredOn(latency -> latency.name().equals("engine.store_force"))
                    .allSatisfy(latency -> assertThat(latency.count()).isPositive());
            service.stop();
        }
        List<JsonNode> lines = service.log()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        JsonNode taken = lines.stream()
                .filter(line -> line.path("formattedMessage")
                        .asString()
                        .startsWith(EventId.SET_CREATED.id() + " set=kept taken"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(service.log()));
        assertThat(taken.path("level").asString()).isEqualTo("INFO");
        assertThat(taken.path("kvpList").toString()).isEqualTo("[{\"event\":\"GNM-2104\"},{\"set\":\"kept\"}]");
        assertThat(service.log()).contains(EventId.SERVICE_STOPPED.id());
    }

    private static URI metricsUri(ServiceProcess service) {
        Matcher matcher =
                Pattern.compile("metrics on (http://[0-9.:]+/metrics)").matcher(service.log());
        assertThat(matcher.find()).as(service.log()).isTrue();
        return URI.create(matcher.group(1));
    }

    private static String scrape(URI uri) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body();
        }
    }
}
