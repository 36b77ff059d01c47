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
import dev.gnomon.snapshot.DraftRequest;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.snapshot.SetAttributes;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.vss.CopySurface.SurfaceException;
import dev.gnomon.vss.VssSet.Fate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the calls of a set do with engine and devices. Has no state but what others keep. */
final class SetWork {
    /** Deadlines of the provider contract 2.3. */
    static final long PRE_COMMIT_NANOS = 2_000_000_000L;

    static final long COMMIT_NANOS = 6_000_000_000L;
    static final long POST_COMMIT_NANOS = 2_000_000_000L;
    private static final long COMMIT_SLOW_NANOS = 3_000_000_000L;
    private static final long MOST_COMMIT_MILLIS = 6_000;

    /** How long the end of a set may keep a call that is not about it. */
    private static final long SETTLING_NANOS = 5_000_000_000L;

    /** How long whoever writes to an overlay gets to go, before it is sealed. */
    private static final long LEAVING_NANOS = 5_000_000_000L;

    private static final long LOOK_NANOS = 50_000_000L;
    private static final long FILETIME_OF_1970 = 116_444_736_000_000_000L;

    private final VssEngine engine;
    private final Surfacing surfacing;
    private final VssHost host;
    private final VssEvents events;
    private final Clock clock;
    private final Scheduler scheduler;

    SetWork(VssEngine engine, Surfacing surfacing, VssHost host, VssEvents events, Clock clock, Scheduler scheduler) {
        this.engine = engine;
        this.surfacing = surfacing;
        this.host = host;
        this.events = events;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    SetDraft draft(VssSet set) throws EngineException {
        Map<String, UUID> copies = new HashMap<>();
        set.members.forEach((volume, member) -> copies.put(volume, member.copy()));
        return engine.draft(new DraftRequest(set.id, copies));
    }

    /** Returns why PostCommit must not record the set, or null. */
    @Nullable
    ProviderAnswer refusal(VssSet set, int count, long commitMillis) {
        if (commitMillis > MOST_COMMIT_MILLIS) {
            // Windows may have let writes go meanwhile without saying so.
            return ProviderAnswer.failed(
                    Hresult.VSS_E_PROVIDER_VETO,
                    "CommitSnapshots took " + commitMillis + " ms, at most " + MOST_COMMIT_MILLIS + " are sound");
        }
        if (count < set.members.size()) {
            return ProviderAnswer.failed(
                    Hresult.E_INVALIDARG, count + " snapshots in a set with " + set.members.size() + " of Gnomon's");
        }
        return null;
    }

    void record(VssSet set, int count) throws EngineException {
        SetDraft draft = Objects.requireNonNull(set.draft);
        Map<String, String> attributes = new HashMap<>();
        attributes.put(Attributes.CONTEXT, Integer.toString(set.context));
        attributes.put(Attributes.COUNT, Integer.toString(count));
        attributes.put(Attributes.BOOT, host.bootId());
        attributes.put(Attributes.TIME, Long.toString(fileTime(draft.committedAt())));
        attributes.put(Attributes.ORIGINATING_MACHINE, host.machineName());
        attributes.put(Attributes.SERVICE_MACHINE, host.machineName());
        for (VssSet.Member member : set.members.values()) {
            attributes.put(SetAttributes.keyOf(member.copy(), Attributes.VOLUME), member.guidPath());
        }
        draft.record(attributes);
    }

    /** Returns a moment as a FILETIME: 100 ns since 1601-01-01 UTC. */
    static long fileTime(Instant moment) {
        return FILETIME_OF_1970 + moment.getEpochSecond() * 10_000_000L + moment.getNano() / 100;
    }

    void tellCreated(VssSet set) {
        String id = set.id.toString();
        events.tell(EventId.VSS_SET_CREATED, id, set.members.size() + " volumes, context " + Hresult.text(set.context));
        if (set.commitNanos > COMMIT_SLOW_NANOS) {
            events.tell(EventId.VSS_COMMIT_SLOW, id, "CommitSnapshots took " + set.commitNanos / 1_000_000 + " ms");
        }
    }

    /** Opens the window for auto-recovery: gives each copy an overlay, and makes it visible. */
    void makeWritable(List<VssSet.Member> members, long deadlineNanos) throws EngineException, SurfaceException {
        for (VssSet.Member member : members) {
            surfacing.open(member.copy(), deadlineNanos);
        }
    }

    /** Closes the window: what was written stays. */
    void makeReadOnly(List<VssSet.Member> members, long deadlineNanos) throws EngineException, SurfaceException {
        for (VssSet.Member member : members) {
            CopyInfo copy = engine.copy(member.copy());
            if (copy != null && copy.overlay().state() == OverlayInfo.State.OPEN) {
                surfacing.setReadOnly(copy, deadlineNanos);
                seal(member.copy());
            }
        }
    }

    /** Seals an overlay; whoever is still connected for writing gets a moment to go. */
    private void seal(UUID copy) throws EngineException {
        long begun = clock.nanoTime();
        while (true) {
            try {
                engine.sealOverlay(copy);
                return;
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.REFUSED || clock.nanoTime() - begun > LEAVING_NANOS) {
                    throw e;
                }
            }
            pause();
        }
    }

    private void pause() {
        Mutex mutex = scheduler.newMutex();
        Mutex.Condition never = mutex.newCondition();
        mutex.lock();
        try {
            never.await(LOOK_NANOS);
        } finally {
            mutex.unlock();
        }
    }

    // ---- ends

    /** Ends a step of the set that is going on, if it has any; waits for nothing. */
    void giveUp(VssSet set) {
        SetDraft draft = set.draft;
        if (draft != null) {
            draft.discard();
        }
    }

    /** Does what is left to do for a set that is discarded or finished; no call of it is on its way. */
    void settle(VssSet set, Fate fate) {
        SetDraft draft = set.draft;
        if (draft == null || (fate == Fate.DISCARDED && draft.discard())) {
            return;
        }
        Pending.Body body = fate == Fate.DISCARDED ? () -> delete(set) : () -> finish(set);
        Pending.start(scheduler, clock, body, () -> {}).await(clock.nanoTime() + SETTLING_NANOS);
    }

    private void delete(VssSet set) {
        long deadline = clock.nanoTime() + CopySurface.MOST_NANOS;
        try {
            for (VssSet.Member member : set.members.values()) {
                surfacing.detach(member.copy(), deadline);
            }
        } catch (SurfaceException e) {
            left(set.id, "a shadow copy could not be hidden: " + e.getMessage());
        }
        try {
            engine.deleteSet(set.id);
        } catch (EngineException e) {
            left(set.id, "it was discarded, and could not be deleted: " + e.getMessage());
        }
    }

    private void finish(VssSet set) {
        try {
            makeReadOnly(List.copyOf(set.members.values()), clock.nanoTime() + CopySurface.MOST_NANOS);
        } catch (EngineException | SurfaceException e) {
            left(set.id, "a shadow copy could not be made read-only: " + e.getMessage());
        }
    }

    private void left(UUID set, String message) {
        events.tell(EventId.VSS_LEFTOVER, set.toString(), message);
    }

    // ---- HRESULTs

    /** Returns what a call answers to a failure (provider contract 1.5). */
    static int code(SetCall call, Throwable failure) {
        if (call == SetCall.END_PREPARE && failure instanceof EngineException e) {
            return switch (e.kind()) {
                case DIFF_AREA_FULL -> Hresult.VSS_E_INSUFFICIENT_STORAGE;
                case NOT_FOUND -> Hresult.VSS_E_OBJECT_NOT_FOUND;
                default -> Hresult.VSS_E_PROVIDER_VETO;
            };
        }
        return Hresult.VSS_E_PROVIDER_VETO;
    }

    static String late(SetCall call) {
        return call + " was not done in time";
    }
}
