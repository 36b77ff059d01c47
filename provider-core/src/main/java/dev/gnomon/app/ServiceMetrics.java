/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.NbdStatsView;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Metric;
import dev.gnomon.observe.Metric.Kind;
import dev.gnomon.observe.Metric.Point;
import dev.gnomon.observe.Severity;
import dev.gnomon.observe.Timed;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineStats;
import dev.gnomon.snapshot.ScrubInfo;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.util.BuildInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a service tells Prometheus. Labels are bounded: commands and severities are constants, volumes are at most as many
 * as a store may have.
 *
 * <p>The table in {@code docs/operations.md} says the same, which a test compares.
 */
final class ServiceMetrics {
    private final Engine engine;
    private final Supplier<NbdStatsView> nbd;
    private final EventRecorder events;
    private final Latencies latencies;
    private final List<Metric> metrics = new ArrayList<>();

    private ServiceMetrics(Engine engine, Supplier<NbdStatsView> nbd, EventRecorder events, Latencies latencies) {
        this.engine = engine;
        this.nbd = nbd;
        this.events = events;
        this.latencies = latencies;
    }

    static List<Metric> of(
            Engine engine, Supplier<NbdStatsView> nbd, EventRecorder events, Latencies latencies, Instant startedAt) {
        ServiceMetrics all = new ServiceMetrics(engine, nbd, events, latencies);
        all.service(startedAt);
        all.volumes();
        all.engine();
        all.nbd();
        return List.copyOf(all.metrics);
    }

    private void service(Instant startedAt) {
        metrics.add(new Metric(
                "gnomon_build_info",
                Kind.GAUGE,
                "Always 1; the label says which version runs.",
                "version",
                () -> List.of(new Metric.Value(BuildInfo.current().version(), 1))));
        metrics.add(Metric.of(
                "gnomon_start_time_seconds",
                Kind.GAUGE,
                "When the service started, in seconds since 1970.",
                () -> startedAt.toEpochMilli() / 1e3));
        metrics.add(new Metric(
                "gnomon_events_total",
                Kind.COUNTER,
                "Events told, repeats included, by severity.",
                "severity",
                this::eventCounts));
    }

    private List<Point> eventCounts() {
        Map<EventId, Long> counts = events.counts();
        return Arrays.stream(Severity.values())
                .map(severity -> (Point) new Metric.Value(
                        severity.name(),
                        counts.entrySet().stream()
                                .filter(entry -> entry.getKey().severity() == severity)
                                .mapToLong(Map.Entry::getValue)
                                .sum()))
                .toList();
    }

    private void volumes() {
        volume("gnomon_volume_size_bytes", "Size of a volume.", VolumeInfo::sizeBytes);
        volume(
                "gnomon_volume_online",
                "1 if a volume takes reads and writes, 0 if it failed or is offline.",
                volume -> volume.state() == VolumeInfo.State.ONLINE ? 1 : 0);
        volume("gnomon_volume_shadow_copies", "Shadow copies of a volume.", VolumeInfo::copies);
        volume("gnomon_volume_clients", "Clients that have a volume open.", VolumeInfo::clients);
        volume(
                "gnomon_volume_preserved_bytes",
                "Old bytes of a volume that the diff area holds.",
                VolumeInfo::preservedBytes);
    }

    private void volume(String name, String help, Function<VolumeInfo, Number> number) {
        metrics.add(new Metric(
                name,
                Kind.GAUGE,
                help,
                "volume",
                () -> engine.volumes().stream()
                        .map(volume -> (Point) new Metric.Value(
                                volume.name(), number.apply(volume).doubleValue()))
                        .toList()));
    }

    private void engine() {
        engine("gnomon_reads_total", Kind.COUNTER, "Reads of live volumes.", EngineStats::reads);
        engine(
                "gnomon_direct_writes_total",
                Kind.COUNTER,
                "Writes that went straight to an origin.",
                EngineStats::directWrites);
        engine(
                "gnomon_first_touch_writes_total",
                Kind.COUNTER,
                "Writes that waited until old bytes were preserved.",
                EngineStats::firstTouchWrites);
        engine("gnomon_flushes_total", Kind.COUNTER, "Flushes of live volumes.", EngineStats::flushes);
        engine(
                "gnomon_preserved_bytes_total",
                Kind.COUNTER,
                "Old bytes copied to the diff area.",
                EngineStats::preservedBytes);
        engine("gnomon_log_batches_total", Kind.COUNTER, "Batches written to the log.", EngineStats::batches);
        engine("gnomon_diff_area_used_bytes", Kind.GAUGE, "Diff area in use.", EngineStats::logUsedBytes);
        engine(
                "gnomon_diff_area_allocated_bytes",
                Kind.GAUGE,
                "Space that the diff area takes in its file system.",
                EngineStats::logAllocatedBytes);
        engine(
                "gnomon_diff_area_limit_bytes",
                Kind.GAUGE,
                "Most that the diff area may take, 0 for no limit.",
                EngineStats::limitBytes);
        engine(
                "gnomon_diff_area_live_bytes",
                Kind.GAUGE,
                "Preserved bytes in the diff area that a shadow copy may read.",
                EngineStats::liveBytes);
        engine(
                "gnomon_diff_area_dead_bytes",
                Kind.GAUGE,
                "What else is used: heads, and what nobody reads any more.",
                EngineStats::deadBytes);
        engine(
                "gnomon_diff_area_free_bytes",
                Kind.GAUGE,
                "Space of the diff area that nothing lies in.",
                EngineStats::freeBytes);
        metrics.add(Metric.of(
                "gnomon_diff_area_fill_ratio",
                Kind.GAUGE,
                "How full the diff area is, from 0 to 1.",
                () -> engine.stats().fillPercent() / 100.0));
        metrics.add(Metric.of(
                "gnomon_diff_area_time_to_full_seconds",
                Kind.GAUGE,
                "When the diff area will be full at the rate of the last minutes; 0 if it does not grow.",
                () -> engine.stats().secondsToFull()));
        engine("gnomon_preserved_pieces", Kind.GAUGE, "Pieces of 4 KiB that the index holds.", EngineStats::exceptions);
        metrics.add(Metric.of(
                "gnomon_recovery_seconds",
                Kind.GAUGE,
                "How long the last recovery of the store took.",
                () -> engine.stats().recoveryNanos() / 1e9));
        metrics.add(Metric.of(
                "gnomon_scrub_running",
                Kind.GAUGE,
                "1 while a scrub goes on.",
                () -> engine.scrub().state() == ScrubInfo.State.RUNNING ? 1 : 0));
        metrics.add(Metric.of(
                "gnomon_scrub_compared_bytes",
                Kind.GAUGE,
                "Bytes that the last scrub has compared with their checksums.",
                () -> engine.scrub().checkedBytes()));
        metrics.add(Metric.of(
                "gnomon_scrub_damaged_places",
                Kind.GAUGE,
                "Damaged places that the last scrub found.",
                () -> engine.scrub().damaged()));
        metrics.add(Metric.of(
                "gnomon_scrub_done_time_seconds",
                Kind.GAUGE,
                "When the last scrub had compared everything, in seconds since 1970; 0 if it has not.",
                () -> scrubDone(engine.scrub())));
        duration("gnomon_cut_hold_seconds", "For how long the cut of a snapshot set held writes.", Timed.CUT_HOLD);
        duration("gnomon_store_force_seconds", "Forces of files of the store.", Timed.STORE_FORCE);
        duration("gnomon_origin_force_seconds", "Forces of origins.", Timed.ORIGIN_FORCE);
    }

    private static double scrubDone(ScrubInfo scrub) {
        Instant ended = scrub.endedAt();
        return scrub.state() != ScrubInfo.State.DONE || ended == null ? 0 : ended.toEpochMilli() / 1e3;
    }

    private void engine(String name, Kind kind, String help, Function<EngineStats, Number> number) {
        metrics.add(Metric.of(name, kind, help, () -> number.apply(engine.stats())));
    }

    private void duration(String name, String help, Timed what) {
        metrics.add(new Metric(
                name, Kind.HISTOGRAM, help, "", () -> List.of(new Metric.Durations("", latencies.summary(what)))));
    }

    private void nbd() {
        nbd("gnomon_nbd_connections", Kind.GAUGE, "NBD connections that are open.", NbdStatsView::connections);
        nbd(
                "gnomon_nbd_accepted_connections_total",
                Kind.COUNTER,
                "NBD connections that were served.",
                NbdStatsView::accepted);
        nbd(
                "gnomon_nbd_refused_connections_total",
                Kind.COUNTER,
                "NBD connections closed at once because a limit was reached.",
                NbdStatsView::refused);
        nbd(
                "gnomon_nbd_violations_total",
                Kind.COUNTER,
                "NBD connections closed because the client broke the protocol.",
                NbdStatsView::violations);
        nbd(
                "gnomon_nbd_timeouts_total",
                Kind.COUNTER,
                "NBD connections cut because the client made no progress.",
                NbdStatsView::timeouts);
        nbd(
                "gnomon_nbd_faults_total",
                Kind.COUNTER,
                "NBD connections ended by a defect of the service.",
                NbdStatsView::faults);
        nbd("gnomon_nbd_requests_total", Kind.COUNTER, "NBD requests received.", NbdStatsView::requests);
        nbd("gnomon_nbd_errors_total", Kind.COUNTER, "NBD requests answered with an error.", NbdStatsView::errors);
        nbd("gnomon_nbd_read_bytes_total", Kind.COUNTER, "Bytes that NBD reads returned.", NbdStatsView::readBytes);
        nbd(
                "gnomon_nbd_written_bytes_total",
                Kind.COUNTER,
                "Bytes that NBD writes brought.",
                NbdStatsView::writtenBytes);
        metrics.add(new Metric(
                "gnomon_nbd_request_seconds",
                Kind.HISTOGRAM,
                "NBD requests from arrival to answer, by command.",
                "command",
                () -> Arrays.stream(Timed.values())
                        .filter(timed -> timed.group().equals("nbd"))
                        .map(timed -> (Point) new Metric.Durations(timed.word(), latencies.summary(timed)))
                        .toList()));
    }

    private void nbd(String name, Kind kind, String help, Function<NbdStatsView, Number> number) {
        metrics.add(Metric.of(name, kind, help, () -> number.apply(nbd.get())));
    }
}
