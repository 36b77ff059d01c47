/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.vss.VssSet.Fate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Moves snapshot sets from call to call as {@link SetTable} says (provider contract 1.7, 1.8, 2.3, 2.5). Thread-safe. Which call may
 * do something is decided in {@link CurrentSet}, what it does is in {@link SetWork}; here is what becomes of a set that fails, is
 * late, or is given up: a call that is on its way finds out from the {@link Fate} of its set whether that is still wanted.
 */
final class SetMachine {
    private final CurrentSet sets;
    private final SetWork work;
    private final VssEvents events;
    private final Clock clock;
    private final Scheduler scheduler;

    SetMachine(CurrentSet sets, SetWork work, VssEvents events, Clock clock, Scheduler scheduler) {
        this.sets = sets;
        this.work = work;
        this.events = events;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    // ---- the calls

    /** Adds a volume to a set, or begins one with it. */
    ProviderAnswer begin(Peer peer, ProviderCall.BeginPrepareSnapshot call, VolumeLocator.Ours volume) {
        CurrentSet.Entered entered =
                sets.begin(peer, call, new VssSet.Member(call.snapshotId(), volume.volume(), volume.guidPath()));
        events.thaw(); // whatever stood still for a set before does so no more
        settle(entered.leaves());
        return entered.answer();
    }

    ProviderAnswer endPrepare(Peer peer, long object, UUID id, long deadlineNanos) {
        return call(id, SetCall.END_PREPARE, set -> {
            sets.preparedBy(set, peer, object);
            SetDraft draft = work.draft(set);
            set.draft = draft;
            return await(set, SetCall.END_PREPARE, deadlineNanos, draft::prepare);
        });
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
            List<VssSet.Member> members = sets.membersOf(set);
            return await(set, SetCall.PRE_FINAL, until, () -> work.makeWritable(members, until));
        });
    }

    ProviderAnswer postFinal(UUID id, long deadlineNanos) {
        return call(id, SetCall.POST_FINAL, set -> {
            long until = earlier(deadlineNanos, CopySurface.MOST_NANOS);
            List<VssSet.Member> members = sets.membersOf(set);
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
        CurrentSet.Entered entered = sets.enter(id, call);
        settle(entered.leaves());
        VssSet set = entered.runs();
        if (set == null) {
            return entered.answer();
        }
        try {
            return run.of(set);
        } catch (EngineException e) {
            return fail(set, SetWork.code(call, e), String.valueOf(e.getMessage()), false);
        }
    }

    /** Has something done on a task of its own, and takes the set on when it is done in time and still wanted. */
    private ProviderAnswer await(VssSet set, SetCall call, long deadlineNanos, Pending.Body body) {
        Pending pending = Pending.start(scheduler, clock, body, () -> undo(set));
        sets.waitsFor(set, pending);
        return switch (pending.await(deadlineNanos)) {
            case LATE -> fail(set, Hresult.VSS_E_PROVIDER_VETO, SetWork.late(call), true);
            case GIVEN_UP -> fail(set, Hresult.VSS_E_PROVIDER_VETO, sets.reasonOf(set), true);
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
        if (sets.succeed(set, to)) {
            return ProviderAnswer.ok();
        }
        work.settle(set, sets.fateOf(set));
        return ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, sets.reasonOf(set));
    }

    /** Ends a set whose call failed; if the call was {@code abandoned}, the work that goes on undoes itself. */
    private ProviderAnswer fail(VssSet set, int hresult, String reason, boolean abandoned) {
        boolean wanted = sets.fail(set, reason);
        if (abandoned) {
            work.giveUp(set);
        } else {
            work.settle(set, sets.fateOf(set));
        }
        return wanted
                ? ProviderAnswer.failed(hresult, reason)
                : ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, sets.reasonOf(set));
    }

    /** Takes back what work did that nobody waited for any more. */
    private void undo(VssSet set) {
        work.settle(set, sets.fateOf(set) == Fate.FINISHED ? Fate.FINISHED : Fate.DISCARDED);
    }

    /** Does what is left to do for a set that has left, if there is one; a call that is on its way does it itself. */
    private void settle(@Nullable VssSet leaving) {
        if (leaving != null && !leaving.state.isProcessing()) {
            work.settle(leaving, sets.fateOf(leaving));
        }
    }

    private long earlier(long deadlineNanos, long mostNanos) {
        long now = clock.nanoTime();
        return now + Math.min(deadlineNanos - now, mostNanos);
    }

    // ---- what ends sets besides their calls

    /** A host process is gone: what it began and does not exist is discarded. */
    void disconnected(Peer peer) {
        left(sets.leaveOf(peer, false, "the process that began it is gone"));
    }

    /** OnUnload(TRUE): as {@link #disconnected}, and what exists is finished. */
    void unloaded(Peer peer) {
        left(sets.leaveOf(peer, true, "the provider was unloaded"));
    }

    /** Discards or finishes a set that nobody went on with for 15 minutes. */
    void expire() {
        left(sets.leaveOld("nobody went on with it for 15 minutes"));
        events.tellWaiting();
    }

    /** Takes no more sets; that which is on its way is discarded, or finished. Idempotent. */
    void close() {
        left(sets.close("the service stops"));
    }

    private void left(@Nullable VssSet leaving) {
        if (leaving != null && sets.fateOf(leaving) == Fate.DISCARDED) {
            events.tell(EventId.VSS_SET_DISCARDED, leaving.id.toString(), leaving.reason);
        }
        settle(leaving);
    }
}
