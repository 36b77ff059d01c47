/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.format.Checkpoint;
import dev.gnomon.store.format.Checkpoint.Epochs;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes checkpoints: freezes the tails of all volumes at one batch of the log, writes them, merged with runs of their size,
 * as a new run, and names that by a checkpoint and a superblock. Confined to one task.
 *
 * <p><b>Invariants:</b> a tail holds records of durable batches only, and a checkpoint exactly those up to its start (I3);
 * a superblock names a checkpoint only when it and its runs, and their names, are durable; no file is deleted before that
 * superblock is.
 */
final class Checkpointer {
    /** A run is merged with the one before unless that is so many times as large. */
    private static final int GROWTH = 4;

    private final Storage storage;
    private final Path directory;
    private final UUID uuid;
    private final Store store;
    private final Throttle throttle;
    private final BlockCache cache;
    private long number;
    /** That of the newest one that was begun: a superblock may name it though naming it failed, so none is made over it. */
    private long begun;

    private volatile long checkpointBytes;
    private int start;
    private long nextRun;
    private volatile boolean unmergeable;

    /** Tails that are frozen and not in a run yet; after a failure they wait here for the next attempt. */
    private @Nullable Frozen frozen;

    /**
     * What was known at one batch.
     *
     * @param end the place behind that batch
     * @param stagingClaim highest sequence of the staging chain that is durable, not below what any batch of the log claims
     */
    record Frozen(
            Log.LogEnd end,
            long stagingClaim,
            Catalog catalog,
            SortedMap<Integer, ExceptionIndex> tails,
            SortedMap<Integer, Epochs> epochs) {
        long exceptions() {
            return tails.values().stream().mapToLong(ExceptionIndex::count).sum();
        }
    }

    Checkpointer(
            Storage storage,
            Path directory,
            UUID uuid,
            Store store,
            Throttle throttle,
            BlockCache cache,
            Checkpoints.Loaded loaded) {
        this.storage = storage;
        this.directory = directory;
        this.uuid = uuid;
        this.store = store;
        this.throttle = throttle;
        this.cache = cache;
        this.number = loaded.number();
        this.begun = number;
        this.checkpointBytes = loaded.bytes();
        this.start = loaded.start().segment();
        this.nextRun = Checkpoints.nextRun(loaded.runs());
    }

    /** Which runs are merged. */
    enum Scope {
        /** Those that the new one would be larger than a quarter of. */
        SIMILAR,
        /** All, so that every exception that nobody reads any more is left out. */
        ALL
    }

    /** Makes one checkpoint. */
    void make(Scope scope) throws IOException, StoreException, ReadBackException {
        Frozen now = frozen;
        if (now == null) {
            now = store.freeze();
            if (now == null) {
                return; // The store has failed.
            }
            frozen = now;
        }
        RunSet before = store.index().runs();
        List<Run> sources = sources(before, now.exceptions(), scope);
        List<Run> kept = new ArrayList<>(before.runs());
        kept.removeAll(sources);
        Run made = merged(sources, now);
        if (made != null) {
            kept.add(made);
        }
        RunSet after = new RunSet(kept);
        long oldest = number;
        boolean named = false;
        try {
            name(now, after);
            named = true;
        } finally {
            if (!named) {
                after.unpin();
            }
        }
        frozen = null;
        start = now.end().segment();
        store.index().publish(after);
        sources.forEach(run -> run.obsolete(storage));
        before.unpin();
        for (long old = oldest; old < number; old++) {
            deleteCheckpoint(old);
        }
    }

    /** Returns whether damage keeps runs from being merged, so that no space comes back any more; thread-safe. */
    boolean unmergeable() {
        return unmergeable;
    }

    /** Returns the bytes of the newest checkpoint's file; thread-safe. */
    long checkpointBytes() {
        return checkpointBytes;
    }

    /** Returns the segment in which the log of the newest checkpoint goes on; those below it are read through runs only. */
    int start() {
        return start;
    }

    private List<Run> sources(RunSet before, long exceptions, Scope scope) {
        List<Run> runs = before.runs();
        int from = unmergeable ? runs.size() : scope == Scope.ALL ? 0 : runs.size();
        long size = exceptions;
        while (scope == Scope.SIMILAR && from > 0 && !unmergeable) {
            boolean similar = runs.get(from - 1).entries() <= GROWTH * size;
            if (!similar && from < RunSet.MAX_RUNS) {
                break;
            }
            from--;
            size += runs.get(from).entries();
        }
        return new ArrayList<>(runs.subList(from, runs.size()));
    }

    /** Writes sources and tails as one run; null if that would be empty. */
    private @Nullable Run merged(List<Run> sources, Frozen now) throws IOException, StoreException, ReadBackException {
        long most = now.exceptions() + sources.stream().mapToLong(Run::entries).sum();
        if (most == 0) {
            return null;
        }
        List<ExceptionSource> oldestFirst = new ArrayList<>();
        sources.forEach(run -> oldestFirst.add(new RunSource(run, throttle)));
        oldestFirst.add(new TailSource(now.tails()));
        int volumes =
                now.tails().size() + sources.stream().mapToInt(Run::volumes).sum();
        RunWriter writer = new RunWriter(storage, directory, uuid, nextRun++, most, volumes, throttle);
        boolean done = false;
        try {
            new RunMerge(oldestFirst, store.index().needs(store)).into(writer::add);
            if (writer.entries() == 0) {
                return null;
            }
            Run made = writer.finish(cache);
            done = true;
            return made;
        } catch (StoreException e) {
            unmergeable =
                    true; // What can be read stays readable; the index grows slower to search, and no space comes back.
            store.tell(EventId.INDEX_NOT_MERGED, "the index is not merged any more: " + e.getMessage());
            throw e;
        } finally {
            if (!done) {
                writer.abandon();
            }
        }
    }

    private void name(Frozen now, RunSet after) throws IOException {
        Checkpoint checkpoint = new Checkpoint(
                uuid,
                ++begun,
                Checkpoints.start(now.end()),
                now.stagingClaim(),
                now.catalog().highestVolumeNumber(),
                after.runs().stream().map(Run::name).toList(),
                now.epochs(),
                now.catalog().entries());
        throttle.begin();
        try {
            long bytes = Checkpoints.write(storage, directory, checkpoint);
            store.state().nameCheckpoint(checkpoint.number());
            number = begun;
            checkpointBytes = bytes;
        } finally {
            throttle.end(0);
        }
    }

    private void deleteCheckpoint(long old) {
        if (old == 0) {
            return;
        }
        try {
            storage.delete(directory.resolve(Checkpoints.name(old)));
        } catch (IOException e) {
            // The next opening deletes it.
        }
    }

    /** Returns what is known now; run by the committing task between two groups. */
    static Frozen freeze(
            Log.LogEnd end, long stagingClaim, Catalog catalog, Map<Integer, VolumeExceptions> exceptions) {
        SortedMap<Integer, ExceptionIndex> tails = new TreeMap<>();
        SortedMap<Integer, Epochs> epochs = new TreeMap<>();
        for (Catalog.VolumeEntry volume : catalog.volumes()) {
            VolumeExceptions each = exceptions.get(volume.number());
            if (each == null) {
                throw new IllegalStateException("volume " + volume.number() + " has no index");
            }
            each.mutex().lock();
            try {
                tails.put(volume.number(), each.freeze());
                epochs.put(volume.number(), new Epochs(volume.highestEpoch(), each.highestEpoch()));
            } finally {
                each.mutex().unlock();
            }
        }
        return new Frozen(end, stagingClaim, catalog, tails, epochs);
    }
}
