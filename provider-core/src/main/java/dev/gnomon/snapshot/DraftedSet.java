/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Observer;
import dev.gnomon.observe.Timed;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.StoreException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot set in the making: the one way by which sets come to be.
 *
 * <p>States: drafted, prepared, armed, committed, recorded; and ended from any of them but the last. A step runs outside the
 * mutex, and {@code busy} says so. <b>Invariants:</b> what was taken (turn, pauses, room, an open cut) is given back exactly
 * once, by whoever ends the draft, and never while a step is going on; between arm and record the volumes cannot be
 * removed, reverted or served anew, for the draft has the {@link Turn}.
 */
final class DraftedSet implements SetDraft {
    /** Room that a draft keeps for the first overwrites of each volume, in pieces: 512 KiB at most of the diff area. */
    private static final int RESERVED_PIECES = 64;

    /** Far enough, and without an overflow when it is added to any time. */
    private static final long NEVER_NANOS = 1L << 62;

    private final Parts parts;
    private final SetRequest request;
    private final boolean watched;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private State state = State.DRAFTED;
    private boolean busy;
    private boolean unwanted;
    private String ending = "";

    // Of the step that is going on.
    private @Nullable UUID setId;
    private Map<String, UUID> ids;
    private Map<String, UUID> volumeIds = Map.of();
    private List<LiveVolume> members = List.of();
    private @Nullable SetCut cut;
    private boolean turned;
    private boolean paused;
    private boolean isCut;
    private boolean still;
    private int reserved;
    private long begunNanos;
    private long heldNanos;
    private Instant committedAt = Instant.EPOCH;

    private enum State {
        DRAFTED,
        PREPARED,
        ARMED,
        COMMITTED,
        RECORDED,
        ENDED
    }

    /** What all drafts of an engine share. */
    record Parts(
            Store store, Sets sets, Copies copies, Turn turn, Clock clock, Scheduler scheduler, Observer observer) {}

    /** Drafts a set whose ids are drawn, and which is not given up by itself. */
    DraftedSet(Parts parts, SetRequest request) {
        this(parts, request, null, Map.of());
    }

    /** Drafts a set whose ids are given. */
    DraftedSet(Parts parts, DraftRequest request) {
        this(
                parts,
                new SetRequest(request.copies().keySet().stream().sorted().toList(), "", Map.of()),
                request.setId(),
                request.copies());
    }

    private DraftedSet(Parts parts, SetRequest request, @Nullable UUID setId, Map<String, UUID> ids) {
        this.parts = parts;
        this.request = request;
        this.setId = setId;
        this.ids = ids;
        this.watched = setId != null;
        this.mutex = parts.scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    // ---- the steps

    @Override
    public void prepare() throws EngineException {
        step(State.DRAFTED, State.DRAFTED, State.PREPARED, () -> {
            parts.turn.take(); // the volumes stay what they are meanwhile
            turned = true;
            find();
            reserved = parts.sets.reserve(members, RESERVED_PIECES);
            newCut().prepare(SetCut.NO_LIMIT);
            turned = false;
            parts.turn.release();
        });
    }

    @Override
    public void arm(long withinNanos) throws EngineException {
        step(State.DRAFTED, State.PREPARED, State.ARMED, () -> {
            long begun = parts.clock.nanoTime();
            takeTurn(withinNanos, begun);
            find();
            parts.store.pause();
            parts.observer.events().pause();
            paused = true;
            SetCut ready = newCut();
            ready.prepare(
                    withinNanos == SetCut.NO_LIMIT ? withinNanos : withinNanos - (parts.clock.nanoTime() - begun));
            cut = ready;
            if (watched) {
                still = true;
                ready.standStill(begun + Math.min(withinNanos, NEVER_NANOS));
            }
        });
        if (watched) {
            parts.scheduler.start("gnomon-set-draft", this::watch);
        }
    }

    private void takeTurn(long withinNanos, long begun) throws EngineException {
        if (withinNanos == SetCut.NO_LIMIT) {
            parts.turn.take();
        } else if (!parts.turn.takeBefore(parts.clock, begun + withinNanos)) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "no snapshot set was created: another operation on volumes or copies went on for more than "
                            + withinNanos / 1_000_000 + " ms");
        }
        turned = true;
    }

    @Override
    public void commit(long deadlineNanos) throws EngineException {
        step(State.ARMED, State.ARMED, State.COMMITTED, () -> {
            begunNanos = parts.clock.nanoTime();
            long until = deadlineNanos == SetCut.NO_LIMIT ? begunNanos + NEVER_NANOS : deadlineNanos;
            heldNanos = Objects.requireNonNull(cut, "armed").commit(until);
            if (heldNanos < 0) {
                throw new EngineException(
                        Kind.FAILED, "no snapshot set was created: the time for its cut was over before it was made");
            }
            isCut = true;
            committedAt = parts.clock.now();
            giveRoom(); // to whom it was kept for
        });
    }

    @Override
    public Instant committedAt() {
        mutex.lock();
        try {
            return committedAt;
        } finally {
            mutex.unlock();
        }
    }

    @Override
    public SetCreated record(Map<String, String> attributes) throws EngineException {
        return record(attributes, begunNanos);
    }

    /** Records the set, that was asked for then. */
    SetCreated record(Map<String, String> attributes, long begun) throws EngineException {
        SetCreated[] created = new SetCreated[1];
        step(State.COMMITTED, State.COMMITTED, State.RECORDED, () -> {
            SetCut made = Objects.requireNonNull(cut, "committed");
            UUID id = Objects.requireNonNull(setId, "armed");
            goOn(); // Not at the end of commit: its caller is not yet told.
            if (watched) {
                Sets.requireRoomForAttributes(attributes);
            }
            parts.observer.latencies().record(Timed.CUT_HOLD, heldNanos);
            try {
                made.record(new CatalogEntry.SetCreated(
                        id, committedAt.toEpochMilli(), request.name(), attributes, made.copies(ids)));
            } finally {
                isCut = false;
                made.end();
            }
            members.forEach(parts.copies::show);
            created[0] = new SetCreated(parts.sets.find(id.toString()), heldNanos, parts.clock.nanoTime() - begun);
        });
        return created[0];
    }

    @Override
    public boolean discard() {
        return end("it was discarded");
    }

    private boolean end(String why) {
        mutex.lock();
        try {
            if (state == State.RECORDED || (busy && state == State.COMMITTED)) {
                return false;
            }
            if (state == State.ENDED || busy) {
                unwanted = true; // and the step that is going on ends it
                ending = ending.isEmpty() ? why : ending;
                return true;
            }
            state = State.ENDED;
            ending = why;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        giveBack();
        return true;
    }

    // ---- around the steps

    private interface Step {
        void go() throws EngineException, StoreException, SetCut.FlushFailed;
    }

    /** Takes a step from one of two states to another; if it fails the draft has ended. */
    private void step(State from, State orFrom, State to, Step step) throws EngineException {
        mutex.lock();
        try {
            if (busy || (state != from && state != orFrom)) {
                throw new EngineException(
                        Kind.WRONG_STATE,
                        "a snapshot set in the making cannot become " + to + ", for it is " + state
                                + (busy ? " and on its way" : "") + (ending.isEmpty() ? "" : ": " + ending));
            }
            busy = true;
        } finally {
            mutex.unlock();
        }
        boolean done = false;
        try {
            step.go();
            done = true;
        } catch (SetCut.FlushFailed e) {
            throw new EngineException(Kind.FAILED, "no snapshot set was created: " + e.getMessage(), e);
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        } finally {
            done &= stepped(done ? to : State.ENDED);
        }
        if (!done) {
            throw new EngineException(Kind.WRONG_STATE, "no snapshot set was created: " + ending);
        }
    }

    /** Ends a step; returns whether the draft goes on. */
    private boolean stepped(State to) {
        State now;
        mutex.lock();
        try {
            busy = false;
            state = unwanted && to != State.RECORDED ? State.ENDED : to;
            now = state;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        if (now == State.ENDED || now == State.RECORDED) {
            giveBack();
        }
        return now != State.ENDED;
    }

    /** Gives back what the draft has; called once, when it has ended. */
    private void giveBack() {
        giveRoom();
        goOn();
        if (isCut && cut != null) {
            cut.end();
        }
        if (paused) {
            parts.observer.events().resume();
            parts.store.resume();
        }
        if (turned) {
            parts.turn.release();
        }
        parts.sets.ended(this);
    }

    private void goOn() {
        if (still && cut != null) {
            still = false;
            cut.goOn();
        }
    }

    private void giveRoom() {
        parts.store.diffArea().room().give(reserved);
        reserved = 0;
    }

    /** Looks the volumes up; those of a step before must be the same. */
    private void find() throws EngineException {
        if (parts.sets.isClosing()) {
            throw new EngineException(Kind.WRONG_STATE, "no snapshot set was created: the service stops");
        }
        members = parts.sets.membersOf(request);
        Map<String, UUID> found = new HashMap<>();
        members.forEach(member -> found.put(member.name(), member.id()));
        if (!volumeIds.isEmpty() && !volumeIds.equals(found)) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "no snapshot set was created: one of the volumes " + request.volumes() + " is another one by now");
        }
        volumeIds = found;
        if (ids.isEmpty()) {
            ids = parts.sets.drawIds(request.volumes());
            setId = parts.sets.drawId();
        }
    }

    private SetCut newCut() {
        return new SetCut(parts.store, parts.clock, parts.scheduler, members);
    }

    /** Gives the set up if nobody goes on with it. */
    private void watch() {
        long armed = parts.clock.nanoTime();
        mutex.lock();
        try {
            long left = MOST_ARMED_NANOS;
            while (left > 0 && (state == State.ARMED || state == State.COMMITTED)) {
                changed.await(left);
                left = MOST_ARMED_NANOS - (parts.clock.nanoTime() - armed);
            }
        } finally {
            mutex.unlock();
        }
        end("nobody went on with it within " + MOST_ARMED_NANOS / 1_000_000_000 + " s");
    }
}
