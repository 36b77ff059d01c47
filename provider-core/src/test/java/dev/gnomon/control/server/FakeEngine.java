/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.DiffAreaInfo;
import dev.gnomon.snapshot.DiffPage;
import dev.gnomon.snapshot.DiffRequest;
import dev.gnomon.snapshot.DraftRequest;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.EngineStats;
import dev.gnomon.snapshot.MovePlanInfo;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.ScrubInfo;
import dev.gnomon.snapshot.SetCreated;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.VerifyPage;
import dev.gnomon.snapshot.VolumeInfo;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An engine that keeps names in memory and fails when it is told to. Thread-safe. */
public final class FakeEngine implements Engine {
    private static final Instant TIME = Instant.parse("2026-02-03T04:05:06.789Z");

    private final TreeMap<String, VolumeInfo> volumes = new TreeMap<>();
    private final List<CopyInfo> bookmarks = new ArrayList<>();
    private final List<SetInfo> sets = new ArrayList<>();
    private final Queue<EngineException> failures = new ArrayDeque<>();
    private final List<RevertProgress> reverts = new ArrayList<>();
    private ScrubInfo scrub = new ScrubInfo(ScrubInfo.State.NEVER, null, null, 0, 0, 0, 0, List.of());
    private long lastId;
    private boolean closed;
    private long limitBytes;

    /** Where a move began that never ends; a second one ends it. */
    private String movedFrom = "";

    private final Runnable onClose;

    /** Creates one. */
    public FakeEngine() {
        this(() -> {});
    }

    /** Creates one that tells when it is closed. */
    public FakeEngine(Runnable onClose) {
        this.onClose = onClose;
    }

    /** Makes the next request that can fail do so. */
    public synchronized void failNext(EngineException.Kind kind, String message) {
        failures.add(new EngineException(kind, message));
    }

    /** Returns whether it was closed. */
    public synchronized boolean closed() {
        return closed;
    }

    @Override
    public synchronized VolumeInfo createVolume(String name, Path origin, long sizeBytes, Allocation allocation)
            throws EngineException {
        return put(name, origin, sizeBytes, allocation == Allocation.SPARSE ? "sparse" : "");
    }

    @Override
    public synchronized VolumeInfo addVolume(String name, Path origin) throws EngineException {
        return put(name, origin, 1L << 20, "");
    }

    @Override
    public synchronized void removeVolume(String name) throws EngineException {
        volume(name);
        volumes.remove(name);
    }

    @Override
    public synchronized VolumeInfo clearFailure(String name) throws EngineException {
        return volume(name);
    }

    @Override
    public synchronized VolumeInfo setProperties(String name, Map<String, String> properties) throws EngineException {
        VolumeInfo old = volume(name);
        VolumeInfo volume = new VolumeInfo(
                old.id(),
                name,
                old.origin(),
                old.sizeBytes(),
                old.state(),
                old.stateReason(),
                old.liveEpoch(),
                old.copies(),
                old.preservedBytes(),
                old.unsettledBytes(),
                old.clients(),
                old.originChange(),
                properties);
        volumes.put(name, volume);
        return volume;
    }

    @Override
    public synchronized VolumeInfo acceptChanged(String name) throws EngineException {
        return volume(name);
    }

    @Override
    public synchronized VolumeInfo resizeVolume(String name, long sizeBytes, Allocation allocation)
            throws EngineException {
        VolumeInfo old = volume(name);
        volumes.remove(name);
        return put(name, Path.of(old.origin()), sizeBytes, allocation == Allocation.SPARSE ? "sparse" : "");
    }

    @Override
    public synchronized List<VolumeInfo> volumes() {
        return List.copyOf(volumes.values());
    }

    @Override
    public synchronized VolumeInfo volume(String name) throws EngineException {
        fail();
        VolumeInfo volume = volumes.get(name);
        if (volume == null) {
            throw new EngineException(EngineException.Kind.NOT_FOUND, "volume " + name + ": not found");
        }
        return volume;
    }

    @Override
    public synchronized SetCreated createSet(SetRequest request) throws EngineException {
        UUID setId = nextId();
        List<CopyInfo> copies = new ArrayList<>();
        for (String name : request.volumes()) {
            VolumeInfo volume = volume(name);
            UUID id = nextId();
            String suffix = request.name().isEmpty() ? id.toString() : request.name();
            copies.add(new CopyInfo(
                    id,
                    setId,
                    volume.id(),
                    name,
                    request.name(),
                    sets.size() + 1L,
                    volume.sizeBytes(),
                    TIME,
                    request.attributes(),
                    name + "@" + suffix,
                    false,
                    "",
                    false,
                    OverlayInfo.NONE));
        }
        SetInfo set = new SetInfo(setId, request.name(), TIME, request.attributes(), copies);
        sets.add(set);
        return new SetCreated(set, 1_500_000, 42_000_000);
    }

    @Override
    public synchronized List<SetInfo> sets() {
        return List.copyOf(sets);
    }

    @Override
    public synchronized SetInfo set(String nameOrId) throws EngineException {
        fail();
        return sets.stream()
                .filter(set ->
                        set.name().equals(nameOrId) || set.id().toString().equals(nameOrId))
                .findFirst()
                .orElseThrow(
                        () -> new EngineException(EngineException.Kind.NOT_FOUND, "set " + nameOrId + ": not found"));
    }

    @Override
    public SetDraft draftSet(DraftRequest request) {
        throw new UnsupportedOperationException("no request of the control socket drafts a set");
    }

    @Override
    public SetInfo changeAttributes(String set, Map<String, String> changes) {
        throw new UnsupportedOperationException("no request of the control socket changes attributes");
    }

    @Override
    public synchronized SetInfo deleteSet(String nameOrId) throws EngineException {
        SetInfo set = set(nameOrId);
        for (CopyInfo copy : set.copies()) {
            requireReleased(copy);
        }
        sets.remove(set);
        return set;
    }

    @Override
    public synchronized List<CopyInfo> copies() {
        return sets.stream().flatMap(set -> set.copies().stream()).toList();
    }

    @Override
    public synchronized CopyInfo copy(String reference) throws EngineException {
        fail();
        return copies().stream()
                .filter(copy -> copy.exportName().equals(reference)
                        || copy.id().toString().equals(reference)
                        || (copy.volume() + "@" + copy.id()).equals(reference))
                .findFirst()
                .orElseThrow(
                        () -> new EngineException(EngineException.Kind.NOT_FOUND, "copy " + reference + ": not found"));
    }

    @Override
    public synchronized CopyInfo deleteCopy(String reference) throws EngineException {
        CopyInfo copy = copy(reference);
        requireReleased(copy);
        replace(copy, List.of());
        return copy;
    }

    @Override
    public synchronized CopyInfo holdCopy(String reference, String reason) throws EngineException {
        return marked(copy(reference), true, reason);
    }

    @Override
    public synchronized CopyInfo releaseCopy(String reference) throws EngineException {
        return marked(copy(reference), false, "");
    }

    private CopyInfo marked(CopyInfo copy, boolean held, String reason) {
        CopyInfo marked = new CopyInfo(
                copy.id(),
                copy.setId(),
                copy.volumeId(),
                copy.volume(),
                copy.name(),
                copy.epoch(),
                copy.sizeBytes(),
                copy.createdAt(),
                copy.attributes(),
                copy.exportName(),
                held,
                reason,
                copy.suspect(),
                copy.overlay());
        replace(copy, List.of(marked));
        return marked;
    }

    private void replace(CopyInfo copy, List<CopyInfo> by) {
        sets.replaceAll(set -> new SetInfo(
                set.id(),
                set.name(),
                set.createdAt(),
                set.attributes(),
                set.copies().stream()
                        .flatMap(other -> other.equals(copy) ? by.stream() : Stream.of(other))
                        .toList()));
    }

    private static void requireReleased(CopyInfo copy) throws EngineException {
        if (copy.held()) {
            throw new EngineException(EngineException.Kind.REFUSED, "copy " + copy.exportName() + ": held");
        }
    }

    @Override
    public synchronized DiffAreaInfo diffArea() {
        List<DiffAreaInfo.Share> shares = volumes.values().stream()
                .map(volume -> new DiffAreaInfo.Share(volume.name(), volume.copies(), 2L << 20, 3, 0))
                .toList();
        return new DiffAreaInfo(
                "/srv/gnomon/store",
                limitBytes,
                1L << 30,
                5L << 30,
                4L << 30,
                3L << 30,
                2L << 30,
                1L << 30,
                256 << 20,
                1L << 30,
                8 << 20,
                1016 << 20,
                80 << 20,
                62,
                3L << 30,
                1 << 20,
                3_073,
                movedFrom.isEmpty() ? "/srv/gnomon/store" : movedFrom,
                movedFrom.isEmpty() ? "" : "/mnt/large",
                1L << 30,
                movedFrom.isEmpty() ? 0 : 3L << 30,
                movedFrom.isEmpty() ? "" : "no space left",
                shares);
    }

    @Override
    public synchronized DiffAreaInfo resizeDiffArea(long newLimitBytes) throws EngineException {
        fail();
        limitBytes = newLimitBytes;
        return diffArea();
    }

    @Override
    public synchronized DiffAreaInfo moveDiffArea(Path directory) throws EngineException {
        fail();
        if (directory.endsWith("store")) {
            throw new EngineException(EngineException.Kind.REFUSED, "segments are in " + directory + " already");
        }
        movedFrom = movedFrom.isEmpty() ? "/srv/gnomon/store" : "";
        return diffArea();
    }

    /** Finds a gigabyte too little below {@code /mnt/small}. */
    @Override
    public synchronized MovePlanInfo planMove(Path directory) throws EngineException {
        fail();
        if (directory.endsWith("store")) {
            throw new EngineException(EngineException.Kind.REFUSED, "segments are in " + directory + " already");
        }
        long free = directory.startsWith("/mnt/small") ? 2L << 30 : 100L << 30;
        return new MovePlanInfo("/srv/gnomon/store", directory.toString(), 48, 3L << 30, (3L << 30) + (64 << 20), free);
    }

    @Override
    public synchronized CopyInfo createOverlay(String reference) throws EngineException {
        return overlay(reference, OverlayInfo.State.OPEN);
    }

    @Override
    public synchronized CopyInfo sealOverlay(String reference) throws EngineException {
        return overlay(reference, OverlayInfo.State.SEALED);
    }

    @Override
    public synchronized CopyInfo dropOverlay(String reference) throws EngineException {
        return overlay(reference, OverlayInfo.State.NONE);
    }

    @Override
    public @Nullable CopyReader copyReader(UUID copy) {
        return null;
    }

    @Override
    public @Nullable Overlay overlay(UUID copy) {
        return null;
    }

    private CopyInfo overlay(String reference, OverlayInfo.State state) throws EngineException {
        CopyInfo old = copy(reference);
        OverlayInfo overlay = state == OverlayInfo.State.NONE ? OverlayInfo.NONE : new OverlayInfo(state, "", 4_096);
        CopyInfo changed = new CopyInfo(
                old.id(),
                old.setId(),
                old.volumeId(),
                old.volume(),
                old.name(),
                old.epoch(),
                old.sizeBytes(),
                old.createdAt(),
                old.attributes(),
                old.exportName(),
                old.held(),
                old.holdReason(),
                old.suspect(),
                overlay);
        sets.replaceAll(set -> new SetInfo(
                set.id(),
                set.name(),
                set.createdAt(),
                set.attributes(),
                set.copies().stream()
                        .map(copy -> copy.equals(old) ? changed : copy)
                        .toList()));
        return changed;
    }

    @Override
    public synchronized RevertProgress revert(String reference, boolean force) throws EngineException {
        CopyInfo copy = copy(reference);
        RevertProgress revert = new RevertProgress(copy.volume(), copy.exportName(), 512, force ? 12 : 0, 0, "");
        reverts.add(revert);
        return revert;
    }

    @Override
    public synchronized RevertProgress planRevert(String reference) throws EngineException {
        CopyInfo copy = copy(reference);
        return new RevertProgress(copy.volume(), copy.exportName(), 512, 0, 3, "");
    }

    /** Returns what goes on, each time as if it were done the next time. */
    @Override
    public synchronized List<RevertProgress> reverts() {
        List<RevertProgress> list = List.copyOf(reverts);
        reverts.clear();
        return list;
    }

    @Override
    public synchronized ScrubInfo startScrub() throws EngineException {
        fail();
        if (scrub.state() == ScrubInfo.State.RUNNING) {
            throw new EngineException(EngineException.Kind.WRONG_STATE, "a scrub is going on already");
        }
        scrub = new ScrubInfo(ScrubInfo.State.RUNNING, TIME, null, 1 << 20, 5 << 20, 1 << 20, 0, List.of());
        return scrub;
    }

    @Override
    public synchronized ScrubInfo stopScrub() throws EngineException {
        fail();
        if (scrub.state() != ScrubInfo.State.RUNNING) {
            throw new EngineException(EngineException.Kind.WRONG_STATE, "no scrub is going on");
        }
        scrub = new ScrubInfo(ScrubInfo.State.STOPPED, TIME, TIME, 2 << 20, 5 << 20, 0, 2, List.of("segment-00000000"));
        return scrub;
    }

    @Override
    public synchronized ScrubInfo scrub() {
        return scrub;
    }

    /** Answers in two parts, the extents of which touch. */
    @Override
    public synchronized DiffPage diff(DiffRequest request) throws EngineException {
        String older = copy(request.copy()).exportName();
        String newer = request.other().isEmpty()
                ? copy(request.copy()).volume()
                : copy(request.other()).exportName();
        return request.offsetBytes() == 0
                ? new DiffPage(
                        older,
                        newer,
                        1 << 20,
                        List.of(new DiffPage.Extent(0, 4096), new DiffPage.Extent(8192, 4096)),
                        12_288)
                : new DiffPage(older, newer, 1 << 20, List.of(new DiffPage.Extent(12_288, 8192)), 1 << 20);
    }

    /** Finds damage around the boundary of two parts if there is a volume "damaged". */
    @Override
    public synchronized VerifyPage verify(String reference, long offsetBytes) throws EngineException {
        CopyInfo copy = copy(reference);
        boolean damaged = copy.volume().equals("damaged");
        long end = offsetBytes == 0 ? 12_288 : 1 << 20;
        long at = offsetBytes == 0 ? 8192 : 12_288;
        return new VerifyPage(
                copy.exportName(), 1 << 20, 8192, damaged ? List.of(new DiffPage.Extent(at, 4096)) : List.of(), end);
    }

    @Override
    public synchronized List<CopyInfo> bookmarks() {
        return List.copyOf(bookmarks);
    }

    @Override
    public synchronized CopyInfo bookmarkCopy(String reference) throws EngineException {
        CopyInfo copy = deleteCopy(reference);
        bookmarks.add(copy);
        return copy;
    }

    @Override
    public List<String> serveDurably() {
        return List.of();
    }

    @Override
    public EngineStats stats() {
        return new EngineStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 62, 3_073, 15, 16, 17, 18, 19);
    }

    @Override
    public synchronized void close() {
        closed = true;
        onClose.run();
    }

    private VolumeInfo put(String name, Path origin, long sizeBytes, String reason) throws EngineException {
        fail();
        if (volumes.containsKey(name)) {
            throw new EngineException(EngineException.Kind.WRONG_STATE, "volume " + name + ": exists already");
        }
        VolumeInfo volume = new VolumeInfo(
                nextId(),
                name,
                origin.toString(),
                sizeBytes,
                VolumeInfo.State.ONLINE,
                reason,
                1,
                0,
                0,
                0,
                0,
                "",
                Map.of());
        volumes.put(name, volume);
        return volume;
    }

    private void fail() throws EngineException {
        EngineException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
    }

    private UUID nextId() {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | ++lastId);
    }

    /** Returns attributes that are as large as they may be. */
    public static Map<String, String> largestAttributes() {
        Map<String, String> attributes = new TreeMap<>();
        for (int i = 0; i < 32; i++) {
            attributes.put("k".repeat(62) + (char) ('A' + i / 26) + (char) ('a' + i % 26), "é".repeat(1_024));
        }
        return attributes;
    }
}
