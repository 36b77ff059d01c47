/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.vss.SetTable.Action;
import dev.gnomon.vss.VssSet.Fate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Moves snapshot sets from call to call as {@link SetTable} says (provider contract 1.7, 1.8, 2.3, 2.5). Thread-safe. What a call
 * does is in {@link SetWork}; here is which call may do it, and what becomes of a set that fails, is late, or is given up.
 *
 * <p>VSS makes one set at a time, so at most one is on its way; what is CREATED is in the engine's catalog alone. <b>Invariants:</b>
 * the mutex is held over memory operations only; a call that is on its way finds out from the {@link Fate} of its set whether that
 * is still wanted; a set that fails is out of reach before the call returns.
 */
final class SetMachine {
    /** A set that nobody goes on with for so long is discarded, or finished if it exists (1.7, 2.5). */
    static final long EXPIRY_NANOS = 15 * 60 * 1_000_000_000L;

    /** How often a set that is on its way is looked at. */
    private static final long LOOK_NANOS = 5_000_000_000L;

    /** How many discarded or deleted sets are remembered, so that their ids are not used again. */
    private static final int MOST_ENDED = 1024;

    /** The most volumes of a set, as VSS has it (2.2). */
    private static final int MOST_VOLUMES = 64;

    private final SetWork work;
    private final VssEngine engine;
    private final VssEvents events;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private @Nullable VssSet current;
    private final Map<UUID, Boolean> ended = new LinkedHashMap<>();
    private boolean closing;

    SetMachine(SetWork work, VssEngine engine, VssEvents events, Clock clock, Scheduler scheduler) {
        this.work = work;
        this.engine = engine;
        this.events = events;
        this.clock = clock;
        this.scheduler = scheduler;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    // ---- BeginPrepareSnapshot

    /** Adds a volume to a set, or begins one with it. */
    ProviderAnswer begin(Peer peer, ProviderCall.BeginPrepareSnapshot call, VolumeLocator.Ours volume) {
        VssSet.Member member = new VssSet.Member(call.snapshotId(), volume.volume(), volume.guidPath());
        VssSet leaving = null;
        ProviderAnswer answer = ProviderAnswer.ok();
        mutex.lock();
        try {
            VssSet set = currentOf(call.setId());
            Action action = SetTable.of(set == null ? elsewhere(call.setId()) : set.state, SetCall.BEGIN);
            if (action == Action.START && current != null) {
                action = SetTable.of(current.state, SetCall.BEGIN_OTHER);
            }
            if (closing) {
                return ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, "the service stops");
            }
            switch (action) {
                case ADD -> answer = add(Objects.requireNonNull(set), call.context(), member);
                case START -> start(peer, call, member);
                case REPLACE, SUCCEED -> {
                    leaving = leave(
                            action == Action.REPLACE ? Fate.DISCARDED : Fate.FINISHED,
                            "another set was begun: " + call.setId());
                    start(peer, call, member);
                }
                case DROP -> {
                    answer = outOfOrder(SetCall.BEGIN, set);
                    leaving = leave(Fate.DISCARDED, answer.reason());
                }
                default -> answer = outOfOrder(SetCall.BEGIN, set);
            }
        } finally {
            mutex.unlock();
        }
        events.thaw(); // whatever stood still for a set before does so no more
        if (leaving != null) {
            settle(leaving);
        }
        return answer;
    }

    private void start(Peer peer, ProviderCall.BeginPrepareSnapshot call, VssSet.Member member) {
        VssSet set = new VssSet(call.setId(), call.context(), peer, clock.nanoTime());
        set.members.put(member.volume(), member);
        current = set;
        changed.signalAll();
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

    // ---- the other calls of the creation sequence

    ProviderAnswer endPrepare(Peer peer, long object, UUID id, long deadlineNanos) {
        return call(id, SetCall.END_PREPARE, set -> {
            frozenContextOf(set, peer, object);
            SetDraft draft = work.draft(set);
            set.draft = draft;
            return await(set, SetCall.END_PREPARE, deadlineNanos, draft::prepare);
        });
    }

    private void frozenContextOf(VssSet set, Peer peer, long object) {
        mutex.lock();
        try {
            set.preparer = peer;
            set.preparerObject = object;
        } finally {
            mutex.unlock();
        }
    }

    ProviderAnswer preCommit(UUID id, long deadlineNanos) {
        return call(id, SetCall.PRE_COMMIT, set -> {
            events.freeze();
            long until = earlier(deadlineNanos, SetWork.PRE_COMMIT_NANOS);
            SetDraft draft = Objects.requireNonNull(set.draft);
            return await(set, SetCall.PRE_COMMIT, until, () -> draft.arm(until - clock.nanoTime()));
        });
    }

    /** In memory only, on the calling thread: no event, no log, no file, no other task. */
    ProviderAnswer commit(UUID id, long deadlineNanos) {
        long begun = clock.nanoTime();
        return call(id, SetCall.COMMIT, set -> {
            long until = begun + Math.min(deadlineNanos - begun, SetWork.COMMIT_NANOS);
            Objects.requireNonNull(set.draft).commit(until);
            set.commitNanos = clock.nanoTime() - begun;
            if (clock.nanoTime() - until > 0) {
                return fail(set, Hresult.VSS_E_PROVIDER_VETO, SetWork.late(SetCall.COMMIT), false);
            }
            return succeed(set, SetCall.COMMIT.after());
        });
    }

    ProviderAnswer postCommit(UUID id, int count, long commitMillis, long deadlineNanos) {
        ProviderAnswer answer = call(id, SetCall.POST_COMMIT, set -> {
            ProviderAnswer refusal = work.refusal(set, count, commitMillis);
            if (refusal != null) {
                return fail(set, refusal.hresult(), refusal.reason(), false);
            }
            long until = earlier(deadlineNanos, SetWork.POST_COMMIT_NANOS);
            ProviderAnswer recorded = await(set, SetCall.POST_COMMIT, until, () -> work.record(set, count));
            if (recorded.hresult() == Hresult.S_OK) {
                work.tellCreated(set);
            }
            return recorded;
        });
        events.thaw();
        return answer;
    }

    ProviderAnswer preFinal(UUID id, long deadlineNanos) {
        return call(id, SetCall.PRE_FINAL, set -> {
            long until = earlier(deadlineNanos, CopySurface.MOST_NANOS);
            List<VssSet.Member> members = membersOf(set);
            return await(set, SetCall.PRE_FINAL, until, () -> work.makeWritable(members, until));
        });
    }

    ProviderAnswer postFinal(UUID id, long deadlineNanos) {
        return call(id, SetCall.POST_FINAL, set -> {
            long until = earlier(deadlineNanos, CopySurface.MOST_NANOS);
            List<VssSet.Member> members = membersOf(set);
            return await(set, SetCall.POST_FINAL, until, () -> work.makeReadOnly(members, until));
        });
    }

    ProviderAnswer abort(UUID id) {
        ProviderAnswer answer = call(id, SetCall.ABORT, set -> ProviderAnswer.ok());
        events.thaw();
        return answer;
    }

    // ---- around the calls

    private interface Run {
        ProviderAnswer of(VssSet set) throws EngineException;
    }

    /** Does what the table says; {@code run} if it says RUN. */
    private ProviderAnswer call(UUID id, SetCall call, Run run) {
        VssSet set;
        VssSet leaving = null;
        ProviderAnswer answer;
        mutex.lock();
        try {
            set = currentOf(id);
            Action action = SetTable.of(set == null ? elsewhere(id) : set.state, call);
            answer = switch (action) {
                case DONE, DISCARD, CANCEL -> ProviderAnswer.ok();
                case ABSENT -> ProviderAnswer.failed(Hresult.VSS_E_OBJECT_NOT_FOUND, "there is no snapshot set " + id);
                default -> outOfOrder(call, set);
            };
            switch (action) {
                case RUN -> to(Objects.requireNonNull(set), call.during());
                case DROP -> leaving = leave(Fate.DISCARDED, answer.reason());
                case DISCARD, CANCEL -> leaving = leave(Fate.DISCARDED, "AbortSnapshots came");
                default -> set = null;
            }
        } finally {
            mutex.unlock();
        }
        if (leaving != null) {
            settle(leaving);
        } else if (set != null) {
            try {
                return run.of(set);
            } catch (EngineException e) {
                return fail(set, SetWork.code(call, e), String.valueOf(e.getMessage()), false);
            }
        }
        return answer;
    }

    private static ProviderAnswer outOfOrder(SetCall call, @Nullable VssSet set) {
        return ProviderAnswer.failed(
                Hresult.VSS_E_PROVIDER_VETO,
                call + " came out of order" + (set == null ? "" : ": snapshot set " + set.id + " is " + set.state));
    }

    /** Has something done on a task of its own, and takes the set on when it is done in time and still wanted. */
    private ProviderAnswer await(VssSet set, SetCall call, long deadlineNanos, Pending.Body body) {
        Pending pending = Pending.start(scheduler, clock, body, () -> undo(set));
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
        return switch (pending.await(deadlineNanos)) {
            case LATE -> fail(set, Hresult.VSS_E_PROVIDER_VETO, SetWork.late(call), true);
            case GIVEN_UP -> fail(set, Hresult.VSS_E_PROVIDER_VETO, reasonOf(set), true);
            case ENDED -> {
                Throwable failure = pending.failure();
                yield failure == null
                        ? succeed(set, after(set, call))
                        : fail(set, SetWork.code(call, failure), String.valueOf(failure.getMessage()), false);
            }
        };
    }

    private static SetState after(VssSet set, SetCall call) {
        return call == SetCall.POST_COMMIT && Contexts.isReadOnlyAtOnce(set.context) ? SetState.CREATED : call.after();
    }

    private ProviderAnswer succeed(VssSet set, SetState to) {
        boolean wanted;
        mutex.lock();
        try {
            set.pending = null;
            wanted = set.fate == Fate.GOES_ON;
            if (wanted) {
                to(set, to);
                current = to == SetState.CREATED ? null : current;
            }
        } finally {
            mutex.unlock();
        }
        if (!wanted) {
            work.settle(set, fateOf(set));
            return ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, reasonOf(set));
        }
        return ProviderAnswer.ok();
    }

    /** Ends a set whose call failed; if the call was {@code abandoned}, the work that goes on undoes itself. */
    private ProviderAnswer fail(VssSet set, int hresult, String reason, boolean abandoned) {
        boolean wanted;
        mutex.lock();
        try {
            set.pending = null;
            wanted = set.fate == Fate.GOES_ON;
            if (wanted) {
                set.fate = Fate.DISCARDED;
                set.reason = reason;
                forget(set);
            }
        } finally {
            mutex.unlock();
        }
        if (abandoned) {
            work.giveUp(set);
        } else {
            work.settle(set, fateOf(set));
        }
        return ProviderAnswer.failed(wanted ? hresult : Hresult.VSS_E_PROVIDER_VETO, wanted ? reason : reasonOf(set));
    }

    /** Takes back what work did that nobody waited for any more. */
    private void undo(VssSet set) {
        work.settle(set, fateOf(set) == Fate.FINISHED ? Fate.FINISHED : Fate.DISCARDED);
    }

    /** Does what is left to do for a set that has left; a call that is on its way does it itself. */
    private void settle(VssSet set) {
        if (!set.state.isProcessing()) {
            work.settle(set, fateOf(set));
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

    /** Takes the current set out of reach, and ends the waiting for its call; {@link #settle} must follow outside the mutex. */
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

    // ---- questions

    private Fate fateOf(VssSet set) {
        mutex.lock();
        try {
            return set.fate;
        } finally {
            mutex.unlock();
        }
    }

    private String reasonOf(VssSet set) {
        mutex.lock();
        try {
            return "snapshot set " + set.id + " was given up: " + set.reason;
        } finally {
            mutex.unlock();
        }
    }

    private List<VssSet.Member> membersOf(VssSet set) {
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

    private long earlier(long deadlineNanos, long mostNanos) {
        long now = clock.nanoTime();
        return now + Math.min(deadlineNanos - now, mostNanos);
    }

    /** Returns all that the machine knows, for tests. */
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

    /** A host process is gone: what it began and does not exist is discarded. */
    void disconnected(Peer peer) {
        leaveIf(peer, false, "the process that began it is gone");
    }

    /** OnUnload(TRUE): as {@link #disconnected}, and what exists is finished. */
    void unloaded(Peer peer) {
        leaveIf(peer, true, "the provider was unloaded");
    }

    private void leaveIf(Peer peer, boolean finish, String reason) {
        VssSet leaving = null;
        mutex.lock();
        try {
            if (current != null && current.owner == peer && (finish || !current.state.exists())) {
                leaving = leave(current.state.exists() ? Fate.FINISHED : Fate.DISCARDED, reason);
            }
        } finally {
            mutex.unlock();
        }
        left(leaving);
    }

    /** Discards or finishes a set that nobody went on with for 15 minutes. */
    void expire() {
        VssSet leaving = null;
        mutex.lock();
        try {
            if (current != null) {
                long since = current.state.exists() ? current.sinceNanos : current.begunNanos;
                if (clock.nanoTime() - since >= EXPIRY_NANOS) {
                    leaving = leave(
                            current.state.exists() ? Fate.FINISHED : Fate.DISCARDED,
                            "nobody went on with it for 15 minutes");
                }
            }
        } finally {
            mutex.unlock();
        }
        left(leaving);
        events.tellWaiting();
    }

    private void left(@Nullable VssSet leaving) {
        if (leaving != null) {
            if (leaving.fate == Fate.DISCARDED) {
                events.tell(EventId.VSS_SET_DISCARDED, leaving.id.toString(), leaving.reason);
            }
            settle(leaving);
        }
    }

    /** Takes no more sets; that which is on its way is discarded, or finished. Idempotent. */
    void close() {
        VssSet leaving = null;
        mutex.lock();
        try {
            closing = true;
            if (current != null) {
                leaving = leave(current.state.exists() ? Fate.FINISHED : Fate.DISCARDED, "the service stops");
            }
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        left(leaving);
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
}
