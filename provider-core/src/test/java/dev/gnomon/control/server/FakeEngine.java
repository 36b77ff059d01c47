/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.DiffAreaInfo;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.EngineStats;
import dev.gnomon.snapshot.SetCreated;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.SetRequest;
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

/** An engine that keeps names in memory and fails when it is told to. Thread-safe. */
public final class FakeEngine implements Engine {
    private static final Instant TIME = Instant.parse("2026-02-03T04:05:06.789Z");

    private final TreeMap<String, VolumeInfo> volumes = new TreeMap<>();
    private final List<SetInfo> sets = new ArrayList<>();
    private final Queue<EngineException> failures = new ArrayDeque<>();
    private long lastId;
    private boolean closed;
    private long limitBytes;

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
                properties);
        volumes.put(name, volume);
        return volume;
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
                    name + "@" + suffix));
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
    public synchronized SetInfo deleteSet(String nameOrId) throws EngineException {
        SetInfo set = set(nameOrId);
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
        sets.replaceAll(set -> new SetInfo(
                set.id(),
                set.name(),
                set.createdAt(),
                set.attributes(),
                set.copies().stream().filter(other -> !other.equals(copy)).toList()));
        return copy;
    }

    @Override
    public synchronized DiffAreaInfo diffArea() {
        List<DiffAreaInfo.Share> shares = volumes.values().stream()
                .map(volume -> new DiffAreaInfo.Share(volume.name(), volume.copies(), 2L << 20, 3))
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
                1L << 30,
                8 << 20,
                1016 << 20,
                80 << 20,
                62,
                3L << 30,
                1 << 20,
                3_073,
                shares);
    }

    @Override
    public synchronized DiffAreaInfo resizeDiffArea(long newLimitBytes) throws EngineException {
        fail();
        limitBytes = newLimitBytes;
        return diffArea();
    }

    @Override
    public EngineStats stats() {
        return new EngineStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
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
                nextId(), name, origin.toString(), sizeBytes, VolumeInfo.State.ONLINE, reason, 1, 0, 0, 0, 0, Map.of());
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
