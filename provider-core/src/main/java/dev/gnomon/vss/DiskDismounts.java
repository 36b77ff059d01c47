/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.vss.DiskAnswers.Extent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Locks and dismounts volumes of Windows (FSCTL_LOCK_VOLUME, FSCTL_DISMOUNT_VOLUME). Thread-safe.
 *
 * <p>A revert changes the whole disk. So the other volumes on it are locked, too, and nothing is dismounted before all are locked: a lock
 * that fails leaves everything as it was. Windows gives the lock only if nobody has a file of the volume open.
 *
 * <p>A volume that this host does not have, or that lies on no disk, is not mounted here from Gnomon's blocks; then the answer is that of
 * {@link Dismounts#byClients}, so that whoever else has it makes the engine refuse.
 */
public final class DiskDismounts implements Dismounts {
    static final int FSCTL_LOCK_VOLUME = 0x00090018;
    static final int FSCTL_DISMOUNT_VOLUME = 0x00090020;

    /** For all locks together. Scanners and indexers let go by then; the shim waits for a revert for 60 s. */
    static final long MOST_LOCK_NANOS = 5_000_000_000L;

    private static final long NEXT_TRY_NANOS = 250_000_000L;
    private static final byte[] NOTHING = {};

    private final DiskVolumes disks;
    private final DiskQueries queries;
    private final Supplier<List<VolumeInfo>> volumes;
    private final Clock clock;
    private final Mutex mutex;
    private final Mutex.Condition never;

    /**
     * Makes one.
     *
     * @param volumes of Gnomon, as they are now
     */
    public DiskDismounts(DiskVolumes disks, Supplier<List<VolumeInfo>> volumes, Clock clock, Scheduler scheduler) {
        this.disks = disks;
        this.queries = new DiskQueries(disks);
        this.volumes = volumes;
        this.clock = clock;
        this.mutex = scheduler.newMutex();
        this.never = mutex.newCondition();
    }

    @Override
    public Dismounted dismount(String guidPath, String volume) throws MountedException {
        if (!GuidPath.is(guidPath)) {
            throw new MountedException("volume GUID path \"" + guidPath + "\": expected \\\\?\\Volume{GUID}\\");
        }
        Locked locked = new Locked();
        try {
            Set<String> all = onTheSameDisks(GuidPath.asWritten(guidPath), volume);
            if (all.isEmpty()) {
                return Dismounts.byClients().dismount(guidPath, volume);
            }
            long begun = clock.nanoTime();
            for (String each : all) {
                lock(each, begun, locked);
            }
            for (Opened each : locked.volumes) {
                DiskVolumes.Answer answer = each.device.control(FSCTL_DISMOUNT_VOLUME, NOTHING, 0);
                if (answer.error() != 0) {
                    throw new MountedException(each.guidPath + " cannot be dismounted: " + answer.reason());
                }
            }
            Locked result = locked;
            locked = new Locked();
            return result;
        } catch (IOException e) {
            throw new MountedException(guidPath + ": whether it is mounted cannot be told: " + e.getMessage());
        } finally {
            locked.close();
        }
    }

    /** Returns the volume and all others on its disks; empty if it is not here, or on no disk. */
    private Set<String> onTheSameDisks(String guidPath, String volume) throws IOException, MountedException {
        if (!disks.exists(guidPath)) {
            return Set.of();
        }
        Optional<List<Extent>> own = queries.extents(guidPath);
        if (own.isEmpty()) {
            throw new IOException("it does not say which disk it lies on");
        }
        Set<Integer> numbers = new HashSet<>();
        for (Extent each : own.get()) {
            requireNoOther(each.disk(), guidPath, volume);
            numbers.add(each.disk());
        }
        if (numbers.isEmpty()) {
            return Set.of();
        }
        // By the one name that Windows lists a volume under: one that is locked twice is in use by the first lock. In
        // order, so that two
        // that lock the same volumes do not wait for each other.
        Set<String> found = new TreeSet<>(List.of(disks.guidPath(guidPath).orElse(guidPath)));
        for (String each : disks.guidPaths()) {
            if (GuidPath.is(each)
                    && queries.extents(each).orElse(List.of()).stream().anyMatch(e -> numbers.contains(e.disk()))) {
                found.add(each);
            }
        }
        return found;
    }

    /** The path is that of the time when the copy was made; what Windows has under it now may be another disk of Gnomon. */
    private void requireNoOther(int disk, String guidPath, String volume) throws IOException, MountedException {
        Optional<UUID> id = queries.identity(disk);
        if (id.isPresent()
                && volumes.get().stream()
                        .noneMatch(each ->
                                each.id().equals(id.get()) && each.name().equals(volume))) {
            throw new MountedException(guidPath + " is now on the disk of " + id.get());
        }
    }

    private void lock(String guidPath, long begun, Locked locked) throws IOException, MountedException {
        Optional<DiskVolumes.Device> opened = disks.open(GuidPath.device(guidPath), DiskVolumes.Access.WRITE);
        if (opened.isEmpty()) {
            throw new MountedException(guidPath + " went while it was to be locked");
        }
        DiskVolumes.Device device = opened.get();
        locked.volumes.add(new Opened(guidPath, device));
        DiskVolumes.Answer answer = device.control(FSCTL_LOCK_VOLUME, NOTHING, 0);
        while (answer.error() != 0) {
            if (clock.nanoTime() - begun >= MOST_LOCK_NANOS) {
                throw new MountedException(guidPath + " is in use and cannot be locked: " + answer.reason());
            }
            pause();
            answer = device.control(FSCTL_LOCK_VOLUME, NOTHING, 0);
        }
    }

    private void pause() {
        mutex.lock();
        try {
            never.await(NEXT_TRY_NANOS);
        } finally {
            mutex.unlock();
        }
    }

    private record Opened(String guidPath, DiskVolumes.Device device) {}

    /** Volumes whose handles are open; Windows gives their locks back with these. */
    private static final class Locked implements Dismounted {
        private final List<Opened> volumes = new ArrayList<>();

        @Override
        public boolean mayCutOffClients() {
            return true;
        }

        @Override
        public void close() {
            volumes.forEach(each -> each.device.close());
        }
    }
}
