/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.CopyView;
import dev.gnomon.control.DiffAreaView;
import dev.gnomon.control.DiffView;
import dev.gnomon.control.EventView;
import dev.gnomon.control.LatencyView;
import dev.gnomon.control.MovePlanView;
import dev.gnomon.control.RevertView;
import dev.gnomon.control.ScrubView;
import dev.gnomon.control.SetView;
import dev.gnomon.control.StatsView;
import dev.gnomon.control.VerifyView;
import dev.gnomon.control.VolumeView;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.LatencySummary;
import dev.gnomon.observe.RecordedEvent;
import dev.gnomon.observe.Timed;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.DiffAreaInfo;
import dev.gnomon.snapshot.DiffPage;
import dev.gnomon.snapshot.EngineStats;
import dev.gnomon.snapshot.MovePlanInfo;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.ScrubInfo;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.VerifyPage;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** What the engine tells, in the words of the control socket. */
public final class Views {
    private Views() {}

    /** Returns a volume. */
    public static VolumeView of(VolumeInfo info) {
        VolumeView.State state = switch (info.state()) {
            case ONLINE -> VolumeView.State.ONLINE;
            case FAILED -> VolumeView.State.FAILED;
            case DEGRADED -> VolumeView.State.DEGRADED;
            case OFFLINE -> VolumeView.State.OFFLINE;
        };
        return new VolumeView(
                info.id(),
                info.name(),
                info.origin(),
                info.sizeBytes(),
                state,
                info.stateReason(),
                info.liveEpoch(),
                info.copies(),
                info.preservedBytes(),
                info.unsettledBytes(),
                info.clients(),
                info.originChange(),
                info.properties());
    }

    /** Returns a shadow copy. */
    public static CopyView of(CopyInfo info) {
        return new CopyView(
                info.id(),
                info.setId(),
                info.volumeId(),
                info.volume(),
                info.name(),
                info.epoch(),
                info.sizeBytes(),
                info.createdAt(),
                info.attributes(),
                info.exportName(),
                info.held(),
                info.holdReason(),
                info.suspect(),
                of(info.overlay()));
    }

    private static CopyView.Overlay of(OverlayInfo info) {
        CopyView.OverlayState state = switch (info.state()) {
            case NONE -> CopyView.OverlayState.NONE;
            case OPEN -> CopyView.OverlayState.OPEN;
            case SEALED -> CopyView.OverlayState.SEALED;
            case FAILED -> CopyView.OverlayState.FAILED;
            case UNAVAILABLE -> CopyView.OverlayState.UNAVAILABLE;
        };
        return new CopyView.Overlay(state, info.reason(), info.bytes());
    }

    /** Returns a set. */
    public static SetView of(SetInfo info) {
        List<SetView.Member> members = info.copies().stream()
                .map(c -> new SetView.Member(c.id(), c.volume(), c.exportName(), c.sizeBytes(), c.held()))
                .toList();
        return new SetView(info.id(), info.name(), info.createdAt(), info.attributes(), members);
    }

    /** Returns a revert. */
    public static RevertView of(RevertProgress revert) {
        return new RevertView(
                revert.volume(),
                revert.copy(),
                revert.pieces(),
                revert.piecesDone(),
                revert.clients(),
                revert.waiting());
    }

    /** Returns an event. */
    public static EventView of(RecordedEvent recorded) {
        Event event = recorded.event();
        return new EventView(
                recorded.sequence(),
                recorded.time(),
                event.id().id(),
                event.id().severity().name(),
                event.volume(),
                event.copy(),
                event.set(),
                event.message(),
                recorded.suppressed());
    }

    static MovePlanView of(MovePlanInfo plan) {
        return new MovePlanView(
                plan.directory(),
                plan.target(),
                plan.segments(),
                plan.bytes(),
                plan.neededBytes(),
                plan.freeBytes(),
                plan.fits());
    }

    /** Returns the diff area. */
    public static DiffAreaView of(DiffAreaInfo info) {
        return new DiffAreaView(
                info.directory(),
                info.limitBytes(),
                info.leastBytes(),
                info.allocatedBytes(),
                info.segmentBytes(),
                info.usedBytes(),
                info.liveBytes(),
                info.deadBytes(),
                info.punchedBytes(),
                info.freeBytes(),
                info.indexBytes(),
                info.stagingBytes(),
                info.heldBackBytes(),
                info.fillPercent(),
                info.leftBytes(),
                info.bytesPerSecond(),
                info.secondsToFull(),
                info.segmentDirectory(),
                info.movingTo(),
                info.movedBytes(),
                info.toMoveBytes(),
                info.moveWaiting(),
                info.volumes().stream()
                        .map(share -> new DiffAreaView.Share(
                                share.volume(),
                                share.copies(),
                                share.preservedBytes(),
                                share.unsettledBytes(),
                                share.limitBytes()))
                        .toList());
    }

    /** Returns the last scrub. */
    public static ScrubView of(ScrubInfo info) {
        return new ScrubView(
                info.state().name(),
                info.beganAt(),
                info.endedAt(),
                info.checkedBytes(),
                info.totalBytes(),
                info.bytesPerSecond(),
                info.damaged(),
                info.places());
    }

    /** Returns counters. */
    public static StatsView of(EngineStats stats) {
        return new StatsView(
                stats.reads(),
                stats.directWrites(),
                stats.firstTouchWrites(),
                stats.flushes(),
                stats.preservedBytes(),
                stats.batches(),
                stats.logForces(),
                stats.originForces(),
                stats.logUsedBytes(),
                stats.logAllocatedBytes(),
                stats.limitBytes(),
                stats.liveBytes(),
                stats.deadBytes(),
                stats.freeBytes(),
                stats.fillPercent(),
                stats.secondsToFull(),
                stats.indexBytes(),
                stats.stagingBytes(),
                stats.exceptions(),
                stats.recoveryNanos(),
                stats.recoveredBatches());
    }

    /** Returns latencies. */
    public static List<LatencyView> of(Latencies latencies) {
        return Arrays.stream(Timed.values())
                .map(latencies::summary)
                .map(Views::of)
                .toList();
    }

    private static LatencyView of(LatencySummary summary) {
        return new LatencyView(
                summary.what().group() + "." + summary.what().word(),
                summary.count(),
                summary.percentileNanos(50),
                summary.percentileNanos(90),
                summary.percentileNanos(99),
                summary.percentileNanos(99.9),
                summary.maxNanos());
    }

    /** Returns a part of what changed. */
    public static DiffView of(DiffPage page) {
        return new DiffView(
                page.older(), page.newer(), page.sizeBytes(), extents(page.extents()), page.nextOffsetBytes());
    }

    /** Returns what came of the checking of a copy. */
    public static VerifyView of(VerifyPage page) {
        return new VerifyView(
                page.copy(), page.sizeBytes(), page.checkedBytes(), extents(page.damaged()), page.nextOffsetBytes());
    }

    private static List<DiffView.ExtentView> extents(List<DiffPage.Extent> extents) {
        return all(extents, extent -> new DiffView.ExtentView(extent.offsetBytes(), extent.lengthBytes()));
    }

    static <S, T> List<T> all(List<S> source, Function<S, T> view) {
        return source.stream().map(view).toList();
    }
}
