/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.util.VolumeIdentifier;
import dev.gnomon.vss.DiskAnswers.Extent;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Finds volumes by the identity of the disk that they lie on (provider contract 5.2): the disk says which volume of Gnomon it is, by
 * {@link VolumeIdentifier}. Never by a drive letter, which anybody may move. Thread-safe.
 *
 * <p>A volume that lies on several disks is not Gnomon's, even if all of them are: it can only be cut as a whole. The disk of a shadow
 * copy carries the copy's id, which is no volume's. Whatever cannot be told is {@link Foreign}, and an event, once for each name.
 */
public final class DiskVolumeLocator implements VolumeLocator {
    /** Names that an event was told about; then no more are. */
    private static final int MOST_TOLD = 256;

    private final DiskVolumes disks;
    private final DiskQueries queries;
    private final Supplier<List<VolumeInfo>> volumes;
    private final Events events;
    private final Mutex mutex;
    private final Set<String> told = new HashSet<>();

    /**
     * Makes one.
     *
     * @param volumes of Gnomon, as they are now
     */
    public DiskVolumeLocator(
            DiskVolumes disks, Supplier<List<VolumeInfo>> volumes, Events events, Scheduler scheduler) {
        this.disks = disks;
        this.queries = new DiskQueries(disks);
        this.volumes = volumes;
        this.events = events;
        this.mutex = scheduler.newMutex();
    }

    @Override
    public Located locate(String name) {
        try {
            Optional<String> guidPath = guidPath(name);
            return guidPath.isPresent() ? judge(guidPath.get()) : new Missing();
        } catch (IOException e) {
            tellOnce(name, String.valueOf(e.getMessage()));
            return new Foreign();
        }
    }

    private Optional<String> guidPath(String name) throws IOException {
        Optional<String> found = disks.guidPath(name);
        if (found.isPresent() || !GuidPath.is(name)) {
            return found;
        }
        // Some systems know the place of a volume by its folders only.
        String written = GuidPath.asWritten(name);
        return disks.exists(written) ? Optional.of(written) : Optional.empty();
    }

    private Located judge(String guidPath) throws IOException {
        List<Extent> extents = queries.extents(guidPath).orElse(List.of());
        if (extents.size() != 1) {
            return new Foreign();
        }
        Extent extent = extents.getFirst();
        Optional<UUID> id = queries.identity(extent.disk());
        for (VolumeInfo volume : id.isPresent() ? volumes.get() : List.<VolumeInfo>of()) {
            if (volume.id().equals(id.get())) {
                requireInside(extent, volume);
                return new Ours(guidPath, volume.name());
            }
        }
        return new Foreign();
    }

    /** A disk that lends its identity to another one is not ours. */
    private static void requireInside(Extent extent, VolumeInfo volume) throws IOException {
        if (extent.startBytes() + extent.lengthBytes() > volume.sizeBytes()) {
            throw new IOException("disk " + Integer.toUnsignedString(extent.disk()) + " says to be Gnomon's volume "
                    + volume.name() + ", but " + extent + " is not within its " + volume.sizeBytes() + " bytes");
        }
    }

    private void tellOnce(String name, String reason) {
        mutex.lock();
        try {
            if (told.size() == MOST_TOLD || !told.add(name)) {
                return;
            }
        } finally {
            mutex.unlock();
        }
        events.tell(Event.of(EventId.VSS_VOLUME_UNKNOWN, name + ": " + reason));
    }
}
