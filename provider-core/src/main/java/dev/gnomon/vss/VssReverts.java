/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.vss.VolumeLocator.Foreign;
import dev.gnomon.vss.VolumeLocator.Missing;
import dev.gnomon.vss.VolumeLocator.Ours;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reverts for VSS (provider contract 4.8). Thread-safe. A revert is known by the id of its volume, for a volume has one at a time:
 * so it is found again after a restart, as the engine goes on with it then.
 */
final class VssReverts {
    /** The shim waits as long, so nobody takes a later answer. */
    static final long MOST_NANOS = 60_000_000_000L;

    private static final int MOST_WAIT_MILLIS = 10_000;
    private static final long LOOK_NANOS = 100_000_000L;

    private final VssEngine engine;
    private final CurrentSet sets;
    private final VssCopies copies;
    private final VssVolumes volumes;
    private final Dismounts dismounts;
    private final VssEvents events;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Mutex mutex;
    private final Mutex.Condition never;

    /** Volumes that are being dismounted for a revert, or whose revert is being made durable. Guarded by the mutex. */
    private final Set<String> beginning = new HashSet<>();

    VssReverts(
            VssEngine engine,
            CurrentSet sets,
            VssCopies copies,
            VssVolumes volumes,
            Dismounts dismounts,
            VssEvents events,
            Clock clock,
            Scheduler scheduler) {
        this.engine = engine;
        this.sets = sets;
        this.copies = copies;
        this.volumes = volumes;
        this.dismounts = dismounts;
        this.events = events;
        this.clock = clock;
        this.scheduler = scheduler;
        this.mutex = scheduler.newMutex();
        this.never = mutex.newCondition();
    }

    /**
     * Begins a revert; durable when it succeeds. Blocks change only under a volume that this host has dismounted. What has not begun by
     * the deadline does not begin; a device may keep what has begun longer, and then the answer is a veto, and an event if it began
     * after all.
     */
    ProviderAnswer begin(UUID id, long deadlineNanos) {
        CopyInfo copy = copies.find(id);
        if (copy == null) {
            return ProviderAnswer.failed(
                    id.equals(new UUID(0, 0)) ? Hresult.E_INVALIDARG : Hresult.VSS_E_OBJECT_NOT_FOUND,
                    "there is no snapshot " + id);
        }
        if (!Contexts.isPersistent(Attributes.context(copy))) {
            return ProviderAnswer.failed(
                    Hresult.E_INVALIDARG, "shadow copy " + copy.exportName() + " is not persistent");
        }
        if (of(copy.volume()) != null) {
            return inProgress(copy);
        }
        if (sets.isCutting()) {
            return ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, "a snapshot set is being made");
        }
        if (!enter(copy.volume())) {
            return inProgress(copy);
        }
        long now = clock.nanoTime();
        long until = now + Math.min(deadlineNanos - now, MOST_NANOS);
        AtomicBoolean begun = new AtomicBoolean();
        Pending pending = Pending.start(scheduler, clock, () -> revert(copy, until, begun), () -> {
            if (begun.get()) {
                tellLate(copy);
            }
        });
        return switch (pending.await(until)) {
            case ENDED -> answer(copy, pending.failure());
            case LATE, GIVEN_UP ->
                ProviderAnswer.failed(
                        Hresult.VSS_E_PROVIDER_VETO,
                        "the revert of volume " + copy.volume() + " did not begin in time");
        };
    }

    private static ProviderAnswer inProgress(CopyInfo copy) {
        return ProviderAnswer.failed(
                Hresult.VSS_E_REVERT_IN_PROGRESS, "volume " + copy.volume() + " is being reverted already");
    }

    /** Takes the turn of a volume; returns whether nobody had it. */
    private boolean enter(String volume) {
        mutex.lock();
        try {
            return beginning.add(volume);
        } finally {
            mutex.unlock();
        }
    }

    private void leave(String volume) {
        mutex.lock();
        try {
            beginning.remove(volume);
        } finally {
            mutex.unlock();
        }
    }

    private void revert(CopyInfo copy, long deadlineNanos, AtomicBoolean begun)
            throws Dismounts.MountedException, EngineException {
        try (Dismounts.Dismounted dismounted =
                dismounts.dismount(Attributes.text(copy, Attributes.VOLUME), copy.volume())) {
            if (clock.nanoTime() - deadlineNanos >= 0) {
                throw new EngineException(
                        EngineException.Kind.WRONG_STATE,
                        "dismounting volume " + copy.volume() + " took too long; it is not reverted");
            }
            engine.revert(copy.id(), dismounted.mayCutOffClients());
            begun.set(true);
        } finally {
            leave(copy.volume());
        }
    }

    private ProviderAnswer answer(CopyInfo copy, @Nullable Throwable failure) {
        return switch (failure) {
            case null -> ProviderAnswer.ok();
            case Dismounts.MountedException e ->
                ProviderAnswer.failed(
                        Hresult.VSS_E_PROVIDER_VETO,
                        "volume " + copy.volume() + " is not dismounted: " + e.getMessage());
            default ->
                ProviderAnswer.failed(
                        of(copy.volume()) == null ? Hresult.VSS_E_PROVIDER_VETO : Hresult.VSS_E_REVERT_IN_PROGRESS,
                        String.valueOf(failure.getMessage()));
        };
    }

    private void tellLate(CopyInfo copy) {
        events.tell(
                EventId.VSS_REVERT_LATE,
                copy.setId().toString(),
                "volume " + copy.volume() + " goes back to shadow copy " + copy.exportName());
        events.tellWaiting();
    }

    /** Returns what to ask a volume's revert by. */
    ProviderAnswer status(@Nullable String name) {
        return switch (volumes.locate(name)) {
            case null -> VssVolumes.malformed();
            case Missing _ -> VssVolumes.missing(name);
            case Foreign _ ->
                ProviderAnswer.failed(Hresult.VSS_E_VOLUME_NOT_SUPPORTED, "volume " + name + " is not Gnomon's");
            case Ours ours -> {
                VolumeInfo info = engine.volume(ours.volume());
                yield info == null || of(ours.volume()) == null
                        ? ProviderAnswer.failed(
                                Hresult.VSS_E_OBJECT_NOT_FOUND, "volume " + ours.volume() + " is not being reverted")
                        : ProviderAnswer.ok(new ProviderResult.Revert(info.id()));
            }
        };
    }

    /** Returns how far a revert is, when it has ended or after a time. */
    ProviderAnswer progress(UUID revertId, int waitMillis) {
        if (waitMillis < 0 || waitMillis > MOST_WAIT_MILLIS) {
            return ProviderAnswer.failed(
                    Hresult.E_INVALIDARG, "wait of " + waitMillis + " ms: expected 0 to " + MOST_WAIT_MILLIS);
        }
        String volume = volumeOf(revertId);
        if (volume == null) {
            return ProviderAnswer.failed(Hresult.VSS_E_OBJECT_NOT_FOUND, "there is no revert " + revertId);
        }
        long begun = clock.nanoTime();
        RevertProgress now = of(volume);
        while (now != null && clock.nanoTime() - begun < waitMillis * 1_000_000L) {
            pause();
            now = of(volume);
        }
        return ProviderAnswer.ok(
                now == null
                        ? new ProviderResult.RevertStatus(Hresult.VSS_S_ASYNC_FINISHED, 0, 0)
                        : new ProviderResult.RevertStatus(Hresult.VSS_S_ASYNC_PENDING, now.piecesDone(), now.pieces()));
    }

    private @Nullable String volumeOf(UUID revertId) {
        for (VolumeInfo volume : engine.volumes()) {
            if (volume.id().equals(revertId)) {
                return volume.name();
            }
        }
        return null;
    }

    private @Nullable RevertProgress of(String volume) {
        for (RevertProgress each : engine.reverts()) {
            if (each.volume().equals(volume)) {
                return each;
            }
        }
        return null;
    }

    private void pause() {
        mutex.lock();
        try {
            never.await(LOOK_NANOS);
        } finally {
            mutex.unlock();
        }
    }
}
