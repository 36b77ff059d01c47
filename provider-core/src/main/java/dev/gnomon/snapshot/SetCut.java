/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The making of one snapshot set: flush, cut all volumes at one instant, flush what belongs to the cut, one catalog
 * record. One step at a time, by any task.
 *
 * <p><b>Invariants (I6):</b> the gates of all volumes are closed together before the first is cut and opened after the
 * last, with no I/O between; the record is written only when every write of the closed epochs has left and is durable;
 * until it is durable the set is not there, and if it fails none of it remains.
 */
final class SetCut {
    /** For waiting as long as it takes. */
    static final long NO_LIMIT = Long.MAX_VALUE;

    private final Store store;
    private final Clock clock;
    private final Scheduler scheduler;
    private final List<LiveVolume> volumes;
    private final long[] closedEpochs;

    /** Names the volumes; gates are always closed in order of volume number, so that two sets cannot wait in a ring. */
    SetCut(Store store, Clock clock, Scheduler scheduler, List<LiveVolume> volumes) {
        this.store = store;
        this.clock = clock;
        this.scheduler = scheduler;
        this.volumes = new ArrayList<>(volumes);
        this.volumes.sort(Comparator.comparingInt(LiveVolume::number));
        this.closedEpochs = new long[volumes.size()];
    }

    /** Makes the staging chain ready and dirty data durable, so that little is left to do after the cut. */
    void prepare(long withinNanos) throws FlushFailed, StoreException {
        store.prepareForCopies();
        flushAll(withinNanos);
    }

    /**
     * Lets nothing begin that goes on behind the clients' backs, in the store or for these volumes, and waits for what has
     * begun: who is about to hold all writes must not find one of ours under way. Until {@link #goOn}.
     */
    void standStill(long untilNanos) throws FlushFailed {
        store.standStill();
        volumes.forEach(volume -> volume.settler().standStill());
        for (LiveVolume volume : volumes) {
            if (!volume.settler().awaitStill(untilNanos)) {
                throw new FlushFailed("volume " + volume.name() + " is still busy with its staged writes");
            }
        }
    }

    /** Ends {@link #standStill}. */
    void goOn() {
        volumes.forEach(volume -> volume.settler().goOn());
        store.goOn();
    }

    /**
     * Cuts; in memory only. Returns for how many nanoseconds writes were held, or a negative number if the deadline had passed
     * when they stood still: then nothing was cut.
     */
    long commit(long deadlineNanos) {
        long begun = clock.nanoTime();
        for (LiveVolume volume : volumes) {
            volume.gate().close();
        }
        boolean late = clock.nanoTime() - deadlineNanos > 0;
        for (int i = 0; i < closedEpochs.length && !late; i++) {
            closedEpochs[i] = volumes.get(i).gate().cut();
        }
        for (LiveVolume volume : volumes) {
            volume.gate().open();
        }
        return late ? -1 : clock.nanoTime() - begun;
    }

    /** Waits for the writes of the closed epochs, makes all of them durable, then the record of the whole set. */
    void record(CatalogEntry.SetCreated created) throws FlushFailed, StoreException {
        for (int i = 0; i < closedEpochs.length; i++) {
            volumes.get(i).gate().awaitOlder(closedEpochs[i]);
        }
        flushAll(NO_LIMIT);
        store.change(created);
    }

    /** Ends the cut on all volumes: it has become a set, or is given up. Not if nobody knows which. */
    void end() {
        if (!store.failure().isEmpty()) {
            return; // The record may be durable, and the next opening find the set: preserve for it until then.
        }
        for (LiveVolume volume : volumes) {
            Catalog.VolumeEntry entry = store.catalog().volume(volume.number());
            volume.gate().settleCut(entry == null ? List.of() : LiveVolume.copyEpochs(entry));
        }
    }

    /** Returns the copies as the catalog will have them; {@code ids} by name of the volume. */
    List<CatalogEntry.CopyCreated> copies(Map<String, UUID> ids) {
        List<CatalogEntry.CopyCreated> copies = new ArrayList<>();
        for (int i = 0; i < closedEpochs.length; i++) {
            LiveVolume volume = volumes.get(i);
            copies.add(new CatalogEntry.CopyCreated(
                    Objects.requireNonNull(ids.get(volume.name()), volume.name()),
                    volume.number(),
                    closedEpochs[i],
                    volume.sizeBytes()));
        }
        return copies;
    }

    private void flushAll(long withinNanos) throws FlushFailed {
        Flushes flushes = new Flushes(scheduler, volumes.size());
        for (int i = 0; i < volumes.size(); i++) {
            int index = i;
            volumes.get(i).flush(status -> flushes.done(index, status));
        }
        if (!flushes.await(clock, withinNanos)) {
            throw new FlushFailed("not all volumes could be flushed in time: " + flushes.missing(volumes));
        }
        for (int i = 0; i < volumes.size(); i++) {
            if (flushes.status(i) != IoStatus.OK) {
                throw new FlushFailed("volume " + volumes.get(i).name() + " could not be flushed: "
                        + volumes.get(i).failure());
            }
        }
    }

    /** A volume of the set could not be made durable. */
    static final class FlushFailed extends Exception {
        private static final long serialVersionUID = 1L;

        FlushFailed(String message) {
            super(message);
        }
    }

    /** Waits for flushes of several volumes that run at once. */
    private static final class Flushes {
        private final Mutex mutex;
        private final Mutex.Condition changed;
        private final @Nullable IoStatus[] statuses;
        private int left;

        Flushes(Scheduler scheduler, int count) {
            mutex = scheduler.newMutex();
            changed = mutex.newCondition();
            statuses = new IoStatus[count];
            left = count;
        }

        void done(int index, IoStatus status) {
            mutex.lock();
            try {
                statuses[index] = status;
                left--;
                changed.signalAll();
            } finally {
                mutex.unlock();
            }
        }

        /** Returns whether all are done; waits for so long at most. */
        boolean await(Clock clock, long withinNanos) {
            long begun = clock.nanoTime();
            mutex.lock();
            try {
                while (left > 0 && withinNanos == NO_LIMIT) {
                    changed.await();
                }
                while (left > 0 && clock.nanoTime() - begun < withinNanos) {
                    changed.await(withinNanos - (clock.nanoTime() - begun));
                }
                return left == 0;
            } finally {
                mutex.unlock();
            }
        }

        /** Returns the names of those that are not done. */
        String missing(List<LiveVolume> volumes) {
            mutex.lock();
            try {
                return IntStream.range(0, statuses.length)
                        .filter(i -> statuses[i] == null)
                        .mapToObj(i -> volumes.get(i).name())
                        .collect(Collectors.joining(", "));
            } finally {
                mutex.unlock();
            }
        }

        @Nullable
        IoStatus status(int index) {
            return statuses[index];
        }
    }
}
