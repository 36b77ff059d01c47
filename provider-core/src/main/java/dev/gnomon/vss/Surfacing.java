/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Scheduler;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.vss.CopySurface.Access;
import dev.gnomon.vss.CopySurface.SurfaceException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Which copies are visible, and the waiting for it. Thread-safe. */
final class Surfacing {
    private final CopySurface surface;
    private final CopyIdentity identity;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Set<UUID> visible = ConcurrentHashMap.newKeySet();

    Surfacing(CopySurface surface, CopyIdentity identity, Clock clock, Scheduler scheduler) {
        this.surface = surface;
        this.identity = identity;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    boolean isAvailable() {
        return surface.isAvailable();
    }

    String deviceName(UUID copy) {
        return surface.deviceName(copy);
    }

    /** Returns whether a name that VSS has for a volume is that of a copy's device. */
    boolean isDeviceOfACopy(String volumeName) {
        String device = volumeName.substring(0, volumeName.length() - 1);
        return visible.stream().anyMatch(copy -> surface.deviceName(copy).equalsIgnoreCase(device));
    }

    /** Gives a copy an overlay that can be written to, with a disk identity of its own, and makes it visible; on the calling task. */
    void open(UUID copy, long deadlineNanos) throws EngineException, SurfaceException {
        attach(identity.open(copy), Access.WRITABLE, deadlineNanos);
    }

    private void attach(CopyInfo copy, Access access, long deadlineNanos) throws SurfaceException {
        surface.attach(copy, access, deadlineNanos);
        visible.add(copy.id());
    }

    /** Makes a copy visible, with a disk identity of its own, unless it is; waits for that until the deadline. */
    void show(CopyInfo copy, long deadlineNanos) throws SurfaceException {
        if (visible.contains(copy.id())) {
            return;
        }
        long until = earlier(deadlineNanos);
        Pending pending = Pending.start(
                scheduler, clock, () -> attach(identity.seal(copy.id()), Access.READ_ONLY, until), () -> {});
        if (pending.await(until) != Pending.End.ENDED) {
            throw new SurfaceException("shadow copy " + copy.exportName() + " did not become visible in time");
        }
        Throwable failure = pending.failure();
        if (failure != null) {
            throw new SurfaceException(String.valueOf(failure.getMessage()));
        }
    }

    void setReadOnly(CopyInfo copy, long deadlineNanos) throws SurfaceException {
        if (visible.contains(copy.id())) {
            surface.setReadOnly(copy, deadlineNanos);
        }
    }

    /** Hides a copy, on the calling task. */
    void detach(UUID copy, long deadlineNanos) throws SurfaceException {
        if (visible.contains(copy)) {
            surface.detach(copy, deadlineNanos);
            visible.remove(copy);
        }
    }

    /** Returns the earlier of a deadline and that of the surface. */
    long earlier(long deadlineNanos) {
        long now = clock.nanoTime();
        return now + Math.min(deadlineNanos - now, CopySurface.MOST_NANOS);
    }
}
