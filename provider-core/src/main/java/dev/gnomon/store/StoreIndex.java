/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Scheduler;
import dev.gnomon.store.format.Preserve;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The index of what is preserved: that of each volume, and the runs which all of them look into. Thread-safe, but volumes
 * are added, resized and removed by the committing task alone.
 *
 * <p><b>Invariant:</b> every volume of the catalog is in it, and looks into the newest runs that were published.
 */
final class StoreIndex {
    private final Scheduler scheduler;
    private final int piecesPerChunk;
    private final Map<Integer, VolumeExceptions> volumes;
    private volatile RunSet runs;

    StoreIndex(Scheduler scheduler, int piecesPerChunk, Map<Integer, VolumeExceptions> replayed, RunSet runs) {
        this.scheduler = scheduler;
        this.piecesPerChunk = piecesPerChunk;
        this.volumes = new ConcurrentSkipListMap<>(replayed);
        this.runs = runs;
    }

    // ---- volumes

    /** Returns what is preserved of all volumes. */
    Collection<VolumeExceptions> all() {
        return volumes.values();
    }

    /** Returns the same by the numbers of the volumes. */
    Map<Integer, VolumeExceptions> byVolume() {
        return Collections.unmodifiableMap(volumes);
    }

    /** Returns what is preserved of a volume that is in the catalog. */
    VolumeExceptions of(int volume) {
        VolumeExceptions result = volumes.get(volume);
        if (result == null) {
            throw new IllegalArgumentException("no volume " + volume);
        }
        return result;
    }

    /** Returns what is preserved of a volume, or null if there is no such volume. */
    @Nullable
    VolumeExceptions orNull(int volume) {
        return volumes.get(volume);
    }

    void add(int volume, long sizeBytes) {
        VolumeExceptions fresh = new VolumeExceptions(scheduler.newMutex(), volume, sizeBytes, piecesPerChunk, runs);
        volumes.put(volume, fresh);
        fresh.mutex().lock();
        fresh.runs(runs); // They may have changed before it was in the map.
        fresh.mutex().unlock();
    }

    void resize(int volume, long sizeBytes) {
        VolumeExceptions concerned = of(volume);
        concerned.mutex().lock();
        concerned.resized(sizeBytes);
        concerned.mutex().unlock();
    }

    /** Forgets a volume; returns what was preserved of it, or null if it is not known. */
    @Nullable
    VolumeExceptions remove(int volume) {
        return volumes.remove(volume);
    }

    // ---- runs

    RunSet runs() {
        return runs;
    }

    /** Lets all volumes look into these runs, and no more into frozen tails. */
    void publish(RunSet now) {
        runs = now; // First: a volume that comes into the map now takes it from here.
        for (VolumeExceptions each : volumes.values()) {
            each.mutex().lock();
            try {
                each.runs(now);
            } finally {
                each.mutex().unlock();
            }
        }
    }

    /**
     * Returns which copies, open cuts and bookmarks there are. The order matters: a cut is noted before it can become a copy.
     *
     * @param store whose catalog is asked for after that
     */
    Needs needs(Store store) {
        Map<Integer, Long> cuts = new TreeMap<>();
        for (Map.Entry<Integer, VolumeExceptions> each : volumes.entrySet()) {
            each.getValue().mutex().lock();
            cuts.put(each.getKey(), each.getValue().openCut());
            each.getValue().mutex().unlock();
        }
        Needs needs = new Needs();
        for (Catalog.VolumeEntry volume : store.catalog().volumes()) {
            needs.add(volume, cuts.getOrDefault(volume.number(), 0L));
        }
        return needs;
    }

    /** Lets go of the runs; nobody looks anything up any more. */
    void close() {
        runs.unpin();
    }

    // ---- counts

    /** Returns how many exceptions there are. */
    long count() {
        return sum(VolumeExceptions::count);
    }

    /** Returns how many of them are in tails. */
    long tailCount() {
        return sum(VolumeExceptions::tailCount);
    }

    /** Returns the preserved bytes that it names. */
    long payloadBytes() {
        return sum(VolumeExceptions::payloadBytes);
    }

    private long sum(ToLongFunction<VolumeExceptions> what) {
        long sum = 0;
        for (VolumeExceptions each : volumes.values()) {
            each.mutex().lock();
            sum += what.applyAsLong(each);
            each.mutex().unlock();
        }
        return sum;
    }

    /** Returns the bytes of new data of a volume that are not settled. */
    long stagedBytes(int volume) {
        VolumeExceptions of = of(volume);
        of.mutex().lock();
        try {
            return (of.staged().end() - of.staged().first()) * Preserve.PIECE_BYTES;
        } finally {
            of.mutex().unlock();
        }
    }
}
