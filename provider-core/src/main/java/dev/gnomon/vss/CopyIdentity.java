/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.snapshot.SetAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Gives copies a disk identity of their own, in their overlays, before they are made visible (provider contract 5.3). Thread-safe:
 * one at a time works on a copy, the others wait; the mutex is held over memory operations only.
 *
 * <p>How far a copy is, is kept in its attribute {@value Attributes#IDENTITY}:
 *
 * <pre>
 *  (none) ──about to write──► pending ──written and durable──► own        (none) ──table damaged──► kept
 *     ▲                          │
 *     └─────overlay dropped──────┘  a crash or failure came between
 * </pre>
 *
 * <p><b>Invariants:</b> an overlay of a copy that is pending holds nothing but a part of an identity, for nobody was shown it; a copy that
 * is own has all of it, whatever was written to it since.
 */
final class CopyIdentity {
    private static final String PENDING = "pending";
    private static final String OWN = "own";
    private static final String KEPT = "kept";

    private final VssEngine engine;
    private final RandomSource random;
    private final VssEvents events;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final Set<UUID> busy = new HashSet<>(); // guarded by the mutex

    CopyIdentity(VssEngine engine, RandomSource random, VssEvents events, Scheduler scheduler) {
        this.engine = engine;
        this.random = random;
        this.events = events;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    /**
     * Gives a copy an overlay that can be written to, with an identity.
     *
     * @return the copy as it is then
     * @throws EngineException of kind WRONG_STATE if it has an overlay
     */
    CopyInfo open(UUID id) throws EngineException {
        take(id);
        try {
            if (!renew(withoutRemains(required(id)))) {
                engine.createOverlay(id);
            }
            return required(id);
        } finally {
            give(id);
        }
    }

    /**
     * Gives a copy that nobody may write to an identity, unless it has one; it has an overlay only if that is needed.
     *
     * @return the copy as it is then
     */
    CopyInfo seal(UUID id) throws EngineException {
        take(id);
        try {
            sealInTurn(id);
            return required(id);
        } finally {
            give(id);
        }
    }

    private void sealInTurn(UUID id) throws EngineException {
        CopyInfo copy = withoutRemains(required(id));
        OverlayInfo.State overlay = copy.overlay().state();
        if (overlay == OverlayInfo.State.NONE) {
            if (renew(copy)) {
                engine.sealOverlay(id);
            }
        } else if (!is(copy, OWN) && !is(copy, KEPT)) {
            tellKept(copy, "it has an overlay that was made otherwise");
        } else if (overlay == OverlayInfo.State.OPEN) {
            engine.sealOverlay(id);
        }
    }

    private void take(UUID id) {
        mutex.lock();
        try {
            while (!busy.add(id)) {
                changed.await();
            }
        } finally {
            mutex.unlock();
        }
    }

    private void give(UUID id) {
        mutex.lock();
        try {
            busy.remove(id);
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Drops what a crash or failure left of an identity; returns the copy as it is then. Called by who has its turn. */
    CopyInfo withoutRemains(CopyInfo copy) throws EngineException {
        if (!is(copy, PENDING)) {
            return copy;
        }
        if (copy.overlay().state() != OverlayInfo.State.NONE) {
            engine.dropOverlay(copy.id());
        }
        mark(copy, "");
        return required(copy.id());
    }

    /** Returns whether a copy without an overlay has one with an identity now; if not, it needs none or keeps its own. */
    private boolean renew(CopyInfo copy) throws EngineException {
        if (copy.overlay().state() != OverlayInfo.State.NONE || is(copy, KEPT)) {
            return false;
        }
        return switch (new DiskIdentity(engine.reader(copy.id()), random).plan()) {
            case DiskIdentity.Plan.Nothing _ -> false;
            case DiskIdentity.Plan.Damaged damaged -> {
                mark(copy, KEPT);
                tellKept(copy, damaged.reason());
                yield false;
            }
            case DiskIdentity.Plan.Change change -> {
                write(copy, change.patches());
                yield true;
            }
        };
    }

    private void write(CopyInfo copy, List<DiskIdentity.Patch> patches) throws EngineException {
        mark(copy, PENDING);
        engine.createOverlay(copy.id());
        engine.writeOverlay(copy.id(), patches);
        mark(copy, OWN);
    }

    private static boolean is(CopyInfo copy, String how) {
        return Attributes.text(copy, Attributes.IDENTITY).equals(how);
    }

    private void mark(CopyInfo copy, String how) throws EngineException {
        engine.changeAttributes(copy.setId(), Map.of(SetAttributes.keyOf(copy.id(), Attributes.IDENTITY), how));
    }

    private void tellKept(CopyInfo copy, String reason) {
        events.tell(
                EventId.VSS_IDENTITY_KEPT,
                copy.setId().toString(),
                "shadow copy " + copy.exportName() + " keeps the disk identity of its volume: " + reason);
    }

    private CopyInfo required(UUID id) throws EngineException {
        CopyInfo copy = engine.copy(id);
        if (copy == null) {
            throw new EngineException(EngineException.Kind.NOT_FOUND, "no shadow copy " + id);
        }
        return copy;
    }
}
