/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Lets the n-th call that a fault can hit meet it, and remembers which it was. Confined to one world. */
final class Trigger {
    private final DeviceFault fault;
    private final DeviceFault.Target target;
    private final long nth;
    private final long dice;
    private final LongSupplier clock;
    private final List<FaultRule> rules = new ArrayList<>();
    private final Set<Path> paths = new HashSet<>();
    private long seen;
    private long left;
    private @Nullable IoEvent hit;
    private long hitAt = History.NEVER;

    /**
     * Names the call.
     *
     * @param nth counted from 0
     * @param clock of the history
     */
    Trigger(DeviceFault fault, DeviceFault.Target target, long nth, long dice, LongSupplier clock) {
        this.fault = fault;
        this.target = target;
        this.nth = nth;
        this.dice = dice;
        this.clock = clock;
    }

    /** Adds the fault to a storage. */
    void arm(SimStorage storage) {
        rules.add(storage.inject(FaultRule.when(this::strikes).always().then(this::fault)));
        if (fault == DeviceFault.SHORT_WRITE) {
            rules.add(storage.inject(FaultRule.when(this::isFull).always().then(new Fault.NoSpace())));
        }
    }

    /** The fault stops. */
    void clear(SimStorage storage) {
        rules.forEach(storage::clear);
        rules.clear();
    }

    private boolean strikes(IoEvent event) {
        if (!fault.fits(event, target)) {
            return false;
        }
        boolean strikes = false;
        if (hit == null && seen == nth) {
            hit = event;
            hitAt = clock.getAsLong();
            left = fault.times(dice);
            strikes = true;
        } else if (hit != null && left > 1) {
            left--;
            strikes = true;
        }
        seen++;
        if (strikes) {
            paths.add(event.path());
        }
        return strikes;
    }

    private Fault fault(IoEvent event) {
        return fault.at(event, dice);
    }

    private boolean isFull(IoEvent event) {
        return hit != null
                && hit.index() != event.index()
                && target.has(event.path())
                && (event.kind() == IoKind.WRITE
                        || event.kind() == IoKind.ALLOCATE
                        || event.kind() == IoKind.SET_SIZE
                        || event.kind() == IoKind.CREATE);
    }

    /** Says that the fault happened now, at rest. */
    void hitAtRest(IoEvent event) {
        hit = event;
        hitAt = clock.getAsLong();
        paths.add(event.path());
    }

    /** Returns the first call that met the fault, or null. */
    @Nullable
    IoEvent hit() {
        return hit;
    }

    /** Returns when that was. */
    long hitAt() {
        return hitAt;
    }

    /** Returns whether it happened to a volume's origin. */
    boolean hasHit(History.Volume volume) {
        return paths.contains(Session.origin(volume.name));
    }

    /**
     * Returns whether an origin may be found changed because of it: what a clean stop read of the device need not be what
     * the next start reads there.
     */
    boolean mayChange(History.Volume volume) {
        return target == DeviceFault.Target.ORIGINS
                && hit != null
                && (fault.rots() || fault.lies())
                && (hasHit(volume) || paths.contains(Session.ORIGINS));
    }

    /** Returns whether an origin's sector may be damaged by it. */
    boolean mayDamage(History.Volume volume, int sector) {
        IoEvent first = hit;
        return target == DeviceFault.Target.ORIGINS
                && first != null
                && (paths.contains(Session.origin(volume.name)) || paths.contains(Session.ORIGINS))
                && fault.mayDamage(first, dice, Ground.offset(sector));
    }
}
