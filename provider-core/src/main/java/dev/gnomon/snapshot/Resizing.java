/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Turn;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.volume.Origin;
import dev.gnomon.volume.Origin.Zeroing;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Gives volumes another size. Used under the engine's {@link Turn}.
 *
 * <p><b>Invariants:</b> the origin is never shorter than the catalog says, not even after a power cut: it grows, durably,
 * before the entry, and is cut off only after it. What a volume gains reads as zeros. A volume with shadow copies does not
 * shrink, so no copy reads behind the end of its origin; nor does one with bookmarks, for what is cut off and comes back as
 * zeros has no record that says so. A volume that is being reverted keeps its size until that is done. Before it
 * shrinks nothing of it is left in the staging chain, and that is durable, so nothing comes back from there.
 */
final class Resizing {
    private final Store store;
    private final CatalogChanges changes;
    private final Volumes volumes;
    private final Scheduler scheduler;

    Resizing(Store store, CatalogChanges changes, Volumes volumes, Scheduler scheduler) {
        this.store = store;
        this.changes = changes;
        this.volumes = volumes;
        this.scheduler = scheduler;
    }

    VolumeInfo resize(String name, long sizeBytes, Engine.Allocation allocation) throws EngineException {
        Names.requireSize(sizeBytes);
        changes.requireWritable();
        VolumeInfo info = volumes.find(name);
        LiveVolume served = volumes.live(name);
        if (served == null || info.state() != VolumeInfo.State.ONLINE) {
            throw new EngineException(
                    Kind.WRONG_STATE, "volume " + name + " is " + info.state() + ": " + info.stateReason());
        }
        if (served.revert().progress(store.catalog()) != null) {
            throw new EngineException(Kind.WRONG_STATE, "volume " + name + " is " + info.stateReason());
        }
        Catalog.VolumeEntry entry = volumes.entry(name);
        if (sizeBytes > entry.sizeBytes()) {
            grow(entry, served, sizeBytes, allocation);
        } else if (sizeBytes < entry.sizeBytes()) {
            shrink(entry, served, sizeBytes);
        }
        return volumes.find(name);
    }

    private void grow(Catalog.VolumeEntry entry, LiveVolume served, long sizeBytes, Engine.Allocation allocation)
            throws EngineException {
        extend(entry, served.origin(), sizeBytes, allocation);
        forceOrigin(served);
        changes.make(resized(entry, sizeBytes));
        served.resized(sizeBytes);
    }

    private static void extend(Catalog.VolumeEntry entry, Origin origin, long sizeBytes, Engine.Allocation allocation)
            throws EngineException {
        try {
            origin.extend(sizeBytes, allocation == Engine.Allocation.ALLOCATED ? Zeroing.ALLOCATE : Zeroing.HOLES_STAY);
        } catch (IOException e) {
            cutOff(origin);
            throw VolumeOpener.explain(
                    "extending volume " + entry.name() + " to " + sizeBytes + " bytes in", Path.of(entry.origin()), e);
        }
    }

    /** Gives back what is behind the end; what cannot be stays, and does no harm. */
    private static void cutOff(Origin origin) {
        try {
            origin.cutOff();
        } catch (IOException e) {
            // A longer origin is accepted, and cleared before it is used.
        }
    }

    private void forceOrigin(LiveVolume served) throws EngineException {
        Mutex mutex = scheduler.newMutex();
        Mutex.Condition ended = mutex.newCondition();
        IoStatus[] result = new IoStatus[1];
        served.forceOrigin(status -> {
            mutex.lock();
            result[0] = status;
            ended.signalAll();
            mutex.unlock();
        });
        mutex.lock();
        try {
            while (result[0] == null) {
                ended.await();
            }
        } finally {
            mutex.unlock();
        }
        if (result[0] != IoStatus.OK) {
            throw new EngineException(
                    Kind.FAILED, "volume " + served.name() + " could not be flushed: " + served.failure());
        }
    }

    private void shrink(Catalog.VolumeEntry entry, LiveVolume served, long sizeBytes) throws EngineException {
        if (!entry.copies().isEmpty() || !entry.bookmarks().isEmpty()) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "volume " + entry.name() + " has " + entry.copies().size() + " shadow copies and "
                            + entry.bookmarks().size() + " bookmarks of up to " + entry.sizeBytes()
                            + " bytes and cannot shrink to " + sizeBytes + "; delete them first");
        }
        if (served.clients() > 0) {
            throw new EngineException(
                    Kind.REFUSED,
                    "volume " + entry.name() + " has " + served.clients()
                            + " clients connected and cannot shrink under them");
        }
        volumes.closedFor(entry, served, () -> changes.make(resized(entry, sizeBytes)));
        LiveVolume now = volumes.live(entry.name());
        if (now != null) {
            cutOff(now.origin());
        }
    }

    private CatalogEntry.VolumeResized resized(Catalog.VolumeEntry entry, long sizeBytes) {
        long largest = Math.max(sizeBytes, store.catalog().largestBytes(entry));
        return new CatalogEntry.VolumeResized(entry.number(), sizeBytes, largest);
    }
}
