/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.vss.SetTable.Action;
import dev.gnomon.vss.VssSet.Fate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The set that is on its way, of which VSS has one at most, and which sets there were: what {@link SetTable} is asked about. What
 * is CREATED is in the engine's catalog alone. Thread-safe. <b>Invariants:</b> the mutex is held over memory operations only; a set
 * that fails or is given up is out of reach at once, whatever work of it goes on.
 */
final class CurrentSet {
    /** A set that nobody goes on with for so long is discarded, or finished if it exists (1.7, 2.5). */
    static final long EXPIRY_NANOS = 15 * 60 * 1_000_000_000L;

    /** How often a set that is on its way is looked at. */
    private static final long LOOK_NANOS = 5_000_000_000L;

    /** How many discarded or deleted sets are remembered, so that their ids are not used again. */
    private static final int MOST_ENDED = 1024;

    /** The most volumes of a set, as VSS has it (2.2). */
    private static final int MOST_VOLUMES = 64;

    private final VssEngine engine;
    private final Clock clock;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private @Nullable VssSet current;
    private final Map<UUID, Boolean> ended = new LinkedHashMap<>();
    private boolean closing;

    CurrentSet(VssEngine engine, Clock clock, Scheduler scheduler) {
        this.engine = engine;
        this.clock = clock;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    /**
     * What the table says to a call.
     *
     * @param runs the set whose call is on its way from now on, or null
     * @param leaves the set that is out of reach from now on, and has to be settled, or null
     * @param answer to the call, unless it runs
     */
    record Entered(@Nullable VssSet runs, @Nullable VssSet leaves, ProviderAnswer answer) {}

    // ---- BeginPrepareSnapshot

    /** Adds a volume to a set, or begins one with it. */
    Entered begin(Peer peer, ProviderCall.BeginPrepareSnapshot call, VssSet.Member member) {
        mutex.lock();
        try {
            VssSet set = currentOf(call.setId());
            Action action = SetTable.of(set == null ? elsewhere(call.setId()) : set.state, SetCall.BEGIN);
            if (action == Action.START && current != null) {
                action = SetTable.of(current.state, SetCall.BEGIN_OTHER);
            }
            if (closing) {
                return new Entered(null, null, ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, "the service stops"));
            }
            return switch (action) {
                case ADD -> new Entered(null, null, add(Objects.requireNonNull(set), call.context(), member));
                case START -> start(null, peer, call, member);
                case REPLACE -> start(leave(Fate.DISCARDED, "another was begun"), peer, call, member);
                case SUCCEED -> start(leave(Fate.FINISHED, "another was begun"), peer, call, member);
                case DROP -> {
                    ProviderAnswer answer = outOfOrder(SetCall.BEGIN, set);
                    yield new Entered(null, leave(Fate.DISCARDED, answer.reason()), answer);
                }
                default -> new Entered(null, null, outOfOrder(SetCall.BEGIN, set));
            };
        } finally {
            mutex.unlock();
        }
    }

    private Entered start(
            @Nullable VssSet leaves, Peer peer, ProviderCall.BeginPrepareSnapshot call, VssSet.Member member) {
        VssSet set = new VssSet(call.setId(), call.context(), peer, clock.nanoTime());
        set.members.put(member.volume(), member);
        current = set;
        changed.signalAll();
        return new Entered(null, leaves, ProviderAnswer.ok());
    }

    private static ProviderAnswer add(VssSet set, int context, VssSet.Member member) {
        String wrong = "";
        if (context != set.context) {
            wrong = "context " + Hresult.text(context) + " in a set of context " + Hresult.text(set.context);
        } else if (set.members.containsKey(member.volume())) {
            wrong = "volume " + member.volume() + " is in the set already";
        } else if (set.members.values().stream().anyMatch(each -> each.copy().equals(member.copy()))) {
            wrong = "snapshot id " + member.copy() + " is in the set already";
        }
        if (!wrong.isEmpty()) {
            return ProviderAnswer.failed(Hresult.E_INVALIDARG, wrong);
        }
        if (set.members.size() >= MOST_VOLUMES) {
            return ProviderAnswer.failed(
                    Hresult.VSS_E_PROVIDER_VETO, "the set has " + MOST_VOLUMES + " volumes, and may have no more");
        }
        set.members.put(member.volume(), member);
        return ProviderAnswer.ok();
    }

    // ---- the other calls

    /** Looks up what a call does, and lets it begin. */
    Entered enter(UUID id, SetCall call) {
        mutex.lock();
        try {
            VssSet set = currentOf(id);
            Action action = SetTable.of(set == null ? elsewhere(id) : set.state, call);
            return switch (action) {
                case RUN -> {
                    to(Objects.requireNonNull(set), call.during());
                    yield new Entered(set, null, ProviderAnswer.ok());
                }
                case DONE -> new Entered(null, null, ProviderAnswer.ok());
                case DISCARD, CANCEL ->
                    new Entered(null, leave(Fate.DISCARDED, "AbortSnapshots came"), ProviderAnswer.ok());
                case ABSENT ->
                    new Entered(
                            null,
                            null,
                            ProviderAnswer.failed(Hresult.VSS_E_OBJECT_NOT_FOUND, "there is no snapshot set " + id));
                case DROP -> {
                    ProviderAnswer answer = outOfOrder(call, set);
                    yield new Entered(null, leave(Fate.DISCARDED, answer.reason()), answer);
                }
                default -> new Entered(null, null, outOfOrder(call, set));
            };
        } finally {
            mutex.unlock();
        }
    }

    private static ProviderAnswer outOfOrder(SetCall call, @Nullable VssSet set) {
        return ProviderAnswer.failed(
                Hresult.VSS_E_PROVIDER_VETO,
                call + " came out of order" + (set == null ? "" : ": snapshot set " + set.id + " is " + set.state));
    }

    /** Notes what the call of a set waits for, or ends that waiting if the set is not wanted any more. */
    void waitsFor(VssSet set, Pending pending) {
        mutex.lock();
        try {
            if (set.fate == Fate.GOES_ON) {
                set.pending = pending;
            } else {
                pending.giveUp();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Notes which object's context must not change. */
    void preparedBy(VssSet set, Peer peer, long object) {
        mutex.lock();
        try {
            set.preparer = peer;
            set.preparerObject = object;
        } finally {
            mutex.unlock();
        }
    }

    /** Ends a call that succeeded; returns whether the set is still wanted, and goes on. */
    boolean succeed(VssSet set, SetState to) {
        mutex.lock();
        try {
            set.pending = null;
            if (set.fate != Fate.GOES_ON) {
                return false;
            }
            to(set, to);
            current = to == SetState.CREATED ? null : current;
            return true;
        } finally {
            mutex.unlock();
        }
    }

    /** Ends a call that failed, and its set; returns whether that was still wanted. */
    boolean fail(VssSet set, String reason) {
        mutex.lock();
        try {
            set.pending = null;
            if (set.fate != Fate.GOES_ON) {
                return false;
            }
            set.fate = Fate.DISCARDED;
            set.reason = reason;
            forget(set);
            return true;
        } finally {
            mutex.unlock();
        }
    }

    // ---- under the mutex

    private @Nullable VssSet currentOf(UUID id) {
        return current != null && current.id.equals(id) ? current : null;
    }

    /** Returns the state of a set that is not on its way. */
    private SetState elsewhere(UUID id) {
        if (ended.containsKey(id)) {
            return SetState.ABORTED;
        }
        boolean created =
                engine.copies().stream().anyMatch(copy -> copy.setId().equals(id) && Attributes.isOfVss(copy));
        return created ? SetState.CREATED : SetState.UNKNOWN;
    }

    private void to(VssSet set, SetState state) {
        set.state = state;
        set.sinceNanos = clock.nanoTime();
    }

    /** Takes the current set out of reach, and ends the waiting for its call; {@link SetWork#settle} must follow outside the mutex. */
    private VssSet leave(Fate fate, String reason) {
        VssSet set = Objects.requireNonNull(current);
        set.fate = fate;
        set.reason = reason;
        if (fate == Fate.DISCARDED) {
            forget(set);
        } else {
            current = null;
        }
        if (set.pending != null) {
            set.pending.giveUp();
        }
        return set;
    }

    /** Notes that there is no such set any more, and that there will be none. */
    private void forget(VssSet set) {
        current = current == set ? null : current; // another one may have come
        end(set.id);
    }

    private void end(UUID id) {
        if (ended.size() >= MOST_ENDED) {
            ended.remove(ended.keySet().iterator().next());
        }
        ended.put(id, true);
    }

    // ---- what ends sets besides their calls

    /** Notes that a copy was deleted. */
    void deleted(UUID setId, UUID copy) {
        mutex.lock();
        try {
            VssSet set = currentOf(setId);
            if (set != null) {
                set.members.values().removeIf(member -> member.copy().equals(copy));
            }
            if (engine.copies().stream().noneMatch(each -> each.setId().equals(setId))) {
                if (set != null) {
                    set.fate = Fate.DISCARDED;
                    set.reason = "all its copies were deleted";
                    forget(set);
                }
                end(setId);
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Takes the set out of reach that a process began and that does not exist; with {@code finish} also one that does. */
    @Nullable
    VssSet leaveOf(Peer peer, boolean finish, String reason) {
        mutex.lock();
        try {
            return current != null && current.owner == peer && (finish || !current.state.exists())
                    ? leave(reason)
                    : null;
        } finally {
            mutex.unlock();
        }
    }

    /** Takes the set out of reach if it is too old. */
    @Nullable
    VssSet leaveOld(String reason) {
        mutex.lock();
        try {
            if (current == null) {
                return null;
            }
            long since = current.state.exists() ? current.sinceNanos : current.begunNanos;
            return clock.nanoTime() - since >= EXPIRY_NANOS ? leave(reason) : null;
        } finally {
            mutex.unlock();
        }
    }

    /** Takes the set out of reach, and lets no other begin. */
    @Nullable
    VssSet close(String reason) {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
            return current == null ? null : leave(reason);
        } finally {
            mutex.unlock();
        }
    }

    private VssSet leave(String reason) {
        boolean exists = Objects.requireNonNull(current).state.exists();
        return leave(exists ? Fate.FINISHED : Fate.DISCARDED, reason);
    }

    /** Waits until something may have to be done at a time of its own; returns false when there is nothing to do any more. */
    boolean awaitExpiry() {
        mutex.lock();
        try {
            if (!closing) {
                changed.await(current == null ? EXPIRY_NANOS : LOOK_NANOS);
            }
            return !closing;
        } finally {
            mutex.unlock();
        }
    }

    // ---- questions

    /** Returns what becomes of a set. */
    Fate fateOf(VssSet set) {
        mutex.lock();
        try {
            return set.fate;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns why a set does not go on, in a sentence. */
    String reasonOf(VssSet set) {
        mutex.lock();
        try {
            return "snapshot set " + set.id + " was given up: " + set.reason;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the copies of a set, as they are now. */
    List<VssSet.Member> membersOf(VssSet set) {
        mutex.lock();
        try {
            return List.copyOf(set.members.values());
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the state of a set. */
    SetState stateOf(UUID id) {
        mutex.lock();
        try {
            VssSet set = currentOf(id);
            return set == null ? elsewhere(id) : set.state;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether copies of that set, which are in the catalog, exist for VSS. */
    boolean isVisible(UUID setId) {
        mutex.lock();
        try {
            VssSet set = currentOf(setId);
            return !ended.containsKey(setId) && (set == null || set.state.exists());
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether a copy of that set will be made visible by a call that is to come. */
    boolean isBeforePreFinal(UUID setId) {
        mutex.lock();
        try {
            VssSet set = currentOf(setId);
            return set != null && (set.state == SetState.POSTCOMMITTED || set.state.isProcessing());
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether that provider object's context must not change: between EndPrepare and PostCommit (1.8). */
    boolean freezesContext(Peer peer, long object) {
        mutex.lock();
        try {
            return current != null
                    && current.preparer == peer
                    && current.preparerObject == object
                    && current.state.isBetweenEndPrepareAndPostCommit();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether a set of that process is between EndPrepare and PostCommit. */
    boolean isBusy(Peer peer) {
        mutex.lock();
        try {
            return current != null && current.owner == peer && current.state.isBetweenEndPrepareAndPostCommit();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether a cut is being made, or about to be. */
    boolean isCutting() {
        mutex.lock();
        try {
            return current != null
                    && current.state.isBetweenEndPrepareAndPostCommit()
                    && current.state != SetState.PROCESSING_PREPARE
                    && current.state != SetState.PREPARED;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns all that is known, for tests. */
    String describe() {
        mutex.lock();
        try {
            VssSet set = current;
            return ended.keySet()
                    + (set == null
                            ? ""
                            : " " + set.id + " " + set.state + " " + set.owner.name + set.members.keySet()
                                    + (set.preparer == null ? "" : set.preparer.name + set.preparerObject));
        } finally {
            mutex.unlock();
        }
    }
}
