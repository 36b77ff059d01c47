/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.util.List;

/**
 * Makes durable what a volume acknowledged: its flushing task forces staging chain and origin once for all that wait, and
 * remembers for good that a force failed. Thread-safe.
 *
 * <p><b>Invariants:</b> who waits is told only of forces that began after it came (I2); after a failed force everybody is
 * refused until an operator clears it, and that is written down in another file than the one that failed (I7).
 */
final class VolumeFlushes {
    private final Catalog.VolumeEntry entry;
    private final Origin origin;
    private final Store store;
    private final Staging staging;
    private final VolumeExceptions exceptions;
    private final EpochGate gate;
    private final LiveVolume.Parts parts;
    private final Runnable whenFailed;
    private final WorkQueue<Waiting> queue;
    private volatile String ownFailure;
    private volatile long forcedThrough = -1;
    private long mustForceThrough;

    /** What a request that waits for durability needs to have forced. */
    private enum Need {
        /** New data that is staged. */
        CHAIN,
        /** Everything that was acknowledged. */
        ALL,
        /** The origin, whatever was written straight. */
        ORIGIN
    }

    private record Waiting(Completion completion, Need need) {}

    /** Starts the task; {@code whenFailed} is told, by it, that what was released to the origin may be lost. */
    VolumeFlushes(
            Catalog.VolumeEntry entry, Origin origin, EpochGate gate, LiveVolume.Parts parts, Runnable whenFailed) {
        this.entry = entry;
        this.origin = origin;
        this.gate = gate;
        this.parts = parts;
        this.whenFailed = whenFailed;
        this.store = parts.store();
        this.staging = store.staging();
        this.exceptions = store.exceptions(entry.number());
        this.ownFailure = entry.failure();
        this.mustForceThrough = staging.durableThrough();
        String task = "gnomon-flush-" + entry.name();
        this.queue = new WorkQueue<>(parts.scheduler(), task, this::forceFor, new Gathering(parts.clock()));
    }

    /** Returns why writes and flushes are refused, empty if they are not. */
    String failure() {
        return ownFailure.isEmpty() ? store.failure() : ownFailure;
    }

    /** Returns why this volume alone refuses writes and flushes, empty if it does not. */
    String ownFailure() {
        return ownFailure;
    }

    /** Completes a request when everything that was acknowledged is durable. */
    void flush(Completion completion) {
        if (gate.directEntered() == forcedThrough && staging.durableThrough() >= mustForceThrough()) {
            completion.complete(failure().isEmpty() ? IoStatus.OK : IoStatus.IO_ERROR);
        } else {
            await(new Waiting(completion, Need.ALL));
        }
    }

    /** Completes a request when what is staged by now is durable, be it in the origin or not. */
    void forceChain(Completion completion) {
        await(new Waiting(completion, Need.CHAIN));
    }

    /** Has the origin forced for the settling task; what comes of it is told on another task. */
    void forceOrigin(Completion completion) {
        await(new Waiting(completion, Need.ORIGIN));
    }

    private void await(Waiting waiting) {
        if (!queue.offer(waiting)) {
            waiting.completion.complete(IoStatus.GONE);
        }
    }

    private long mustForceThrough() {
        exceptions.mutex().lock();
        try {
            return mustForceThrough;
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Notes a batch of the staging chain that the next flush must make durable. */
    void mustForceThrough(long sequence) {
        exceptions.mutex().lock();
        try {
            mustForceThrough = Math.max(mustForceThrough, sequence);
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Forces once what is needed and tells all who waited for it. */
    private void forceFor(List<Waiting> waiting) {
        boolean all = false;
        boolean settling = false;
        for (Waiting each : waiting) {
            all |= each.need == Need.ALL;
            settling |= each.need == Need.ORIGIN;
        }
        boolean straight = all && gate.directEntered() != forcedThrough;
        IoStatus status = failure().isEmpty() ? staging.forceThrough(mustForceThrough()) : IoStatus.IO_ERROR;
        if (status == IoStatus.OK && (straight || settling) && !force()) {
            status = IoStatus.IO_ERROR;
        }
        for (Waiting each : waiting) {
            each.completion.complete(status);
        }
    }

    private boolean force() {
        if (!failure().isEmpty()) {
            return false;
        }
        long through = gate.directEnteredIfQuiet();
        try {
            parts.counters().forces().increment();
            origin.force();
        } catch (IOException e) {
            fail("forcing the origin " + entry.origin() + " failed: " + e.getMessage());
            return false;
        }
        forcedThrough = through;
        return failure().isEmpty();
    }

    /**
     * Refuses writes and flushes from now on. The log, which is another file, has it before anybody is told: a power cut
     * must not make it forgotten. Flushes wait behind this task meanwhile.
     */
    private void fail(String reason) {
        try {
            store.change(new CatalogEntry.VolumeFailed(entry.number(), reason));
        } catch (StoreException e) {
            tell(EventId.FAILURE_NOT_LOGGED, "the failure could not be written to the log: " + e.getMessage());
            store.fail("a flush of volume " + entry.name() + " failed and could not be logged");
        }
        ownFailure = reason;
        whenFailed.run();
        tell(EventId.VOLUME_FAILED, "a flush failed, writes are refused until cleared: " + reason);
    }

    /** Accepts writes again, once the origin can be forced and its cache is dropped. */
    void clearFailure() throws IOException, StoreException {
        origin.force();
        origin.dropCache();
        store.change(new CatalogEntry.VolumeCleared(entry.number()));
        ownFailure = "";
    }

    /** Takes no more, finishes what waits, and forces the origin a last time. */
    void close() {
        queue.close();
        force();
    }

    private void tell(EventId id, String message) {
        parts.events().tell(Event.ofVolume(id, entry.name(), message));
    }
}
