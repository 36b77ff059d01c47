/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Observer;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.vss.VolumeLocator.Foreign;
import dev.gnomon.vss.VolumeLocator.Missing;
import dev.gnomon.vss.VolumeLocator.Ours;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * The VSS provider over the engine. Thread-safe.
 *
 * <p>It checks arguments, keeps the contexts of provider objects, and hands calls on: sets to {@link SetMachine}, copies to
 * {@link VssCopies}, volumes to {@link VssVolumes}, reverts to {@link VssReverts}. Whatever happens in there, only HRESULTs leave
 * that the method documents ({@link MethodCodes}). Between the request and the answer of CommitSnapshots it writes nothing and
 * starts nothing.
 */
public final class VssProvider implements Provider, AutoCloseable {
    private static final UUID NOBODY = new UUID(0, 0);

    private final CurrentSet sets;
    private final SetMachine machine;
    private final VssCopies copies;
    private final VssVolumes volumes;
    private final VssReverts reverts;
    private final VssEvents events;
    private final Mutex mutex;

    /** What the provider is given from outside. */
    public record Ports(
            VolumeLocator locator,
            CopySurface surface,
            Dismounts dismounts,
            ToIntFunction<UUID> readers,
            VssHost host,
            Clock clock,
            Scheduler scheduler,
            RandomSource random,
            Observer observer) {}

    VssProvider(VssEngine engine, Ports ports) {
        Clock clock = ports.clock;
        Scheduler scheduler = ports.scheduler;
        events = new VssEvents(ports.observer.events(), clock, scheduler);
        CopyIdentity identity = new CopyIdentity(engine, ports.random, events, scheduler);
        Surfacing surfacing = new Surfacing(ports.surface, identity, clock, scheduler);
        SetWork work = new SetWork(engine, surfacing, ports.host, events, clock, scheduler);
        sets = new CurrentSet(engine, clock, scheduler);
        machine = new SetMachine(sets, work, events, clock, scheduler);
        copies = new VssCopies(engine, sets, surfacing, ports.host, ports.readers);
        volumes = new VssVolumes(engine, ports.locator, surfacing, copies);
        reverts = new VssReverts(engine, sets, copies, volumes, ports.dismounts, events, clock, scheduler);
        mutex = scheduler.newMutex();
        new Leftovers(engine, identity, ports.host, events).clear();
        events.tellWaiting();
    }

    /**
     * Opens the provider: deletes copies that do not outlive a start of the operating system, and finishes sets that an earlier
     * process left. To be closed before the engine.
     */
    public static VssProvider open(Engine engine, Ports ports) {
        VssProvider provider = new VssProvider(new EngineAdapter(engine, ports.scheduler), ports);
        ports.scheduler.start("gnomon-vss-expiry", provider::expire);
        return provider;
    }

    private void expire() {
        while (sets.awaitExpiry()) {
            machine.expire();
        }
    }

    /** Returns the state of sets, for tests. */
    CurrentSet sets() {
        return sets;
    }

    /** Returns the machine of sets, for tests that move the time. */
    SetMachine machine() {
        return machine;
    }

    /** Discards a set that is on its way, or finishes it. Idempotent; connections go on, and begin no more sets. */
    @Override
    public void close() {
        machine.close();
        events.thaw();
    }

    // ---- connections

    @Override
    public Connection connect(String peer) {
        return new Host(new Peer(peer));
    }

    private final class Host implements Connection {
        private final Peer peer;

        Host(Peer peer) {
            this.peer = peer;
        }

        @Override
        public ProviderAnswer call(long object, int context, ProviderCall call, long deadlineNanos) {
            ProviderAnswer answer = checked(call, answer(object, context, call, deadlineNanos));
            if (answer.hresult() == Hresult.VSS_E_PROVIDER_VETO) {
                events.tell(EventId.VSS_VETO, "", call.getClass().getSimpleName() + ": " + answer.reason());
            }
            if (!(call instanceof ProviderCall.CommitSnapshots)) {
                events.tellWaiting();
            }
            return answer;
        }

        private ProviderAnswer answer(long object, int context, ProviderCall call, long deadlineNanos) {
            try {
                return mayCall(object, context)
                        ? dispatch(object, call, deadlineNanos)
                        : ProviderAnswer.failed(MethodCodes.failure(call), "the connection has no such object");
            } catch (OutOfMemoryError e) {
                return ProviderAnswer.failed(Hresult.E_OUTOFMEMORY, "the service has too little memory");
            } catch (RuntimeException e) {
                return ProviderAnswer.failed(MethodCodes.failure(call), "a defect in the service: " + e);
            }
        }

        /** Makes an object known; returns whether it may call. */
        private boolean mayCall(long object, int context) {
            mutex.lock();
            try {
                if (!peer.contexts.containsKey(object) && peer.contexts.size() >= Peer.MOST_OBJECTS) {
                    return false;
                }
                peer.contexts.putIfAbsent(object, context);
                return !peer.closed;
            } finally {
                mutex.unlock();
            }
        }

        private ProviderAnswer dispatch(long object, ProviderCall call, long deadline) {
            return switch (call) {
                case ProviderCall.SetContext c -> setContext(object, c.context());
                case ProviderCall.GetSnapshotProperties c -> copies.properties(c.snapshotId(), deadline);
                case ProviderCall.Query c -> copies.query(c, contextOf(object));
                case ProviderCall.DeleteSnapshots c -> copies.delete(c, deadline);
                case ProviderCall.BeginPrepareSnapshot c -> begin(c);
                case ProviderCall.IsVolumeSupported c -> volumes.isSupported(c.volumeName(), contextOf(object));
                case ProviderCall.IsVolumeSnapshotted c -> volumes.isSnapshotted(c.volumeName());
                case ProviderCall.SetSnapshotProperty c -> copies.setProperty(c);
                case ProviderCall.RevertToSnapshot c -> reverts.begin(c.snapshotId(), deadline);
                case ProviderCall.QueryRevertStatus c -> reverts.status(c.volumeName());
                case ProviderCall.RevertProgress c -> reverts.progress(c.revertId(), c.waitMillis());
                case ProviderCall.EndPrepareSnapshots c
                when isSet(c.setId()) -> machine.endPrepare(peer, object, c.setId(), deadline);
                case ProviderCall.PreCommitSnapshots c when isSet(c.setId()) -> machine.preCommit(c.setId(), deadline);
                case ProviderCall.CommitSnapshots c when isSet(c.setId()) -> machine.commit(c.setId(), deadline);
                case ProviderCall.PostCommitSnapshots c
                when isSet(c.setId()) -> machine.postCommit(c.setId(), c.snapshotsCount(), c.commitMillis(), deadline);
                case ProviderCall.PreFinalCommitSnapshots c
                when isSet(c.setId()) -> machine.preFinal(c.setId(), deadline);
                case ProviderCall.PostFinalCommitSnapshots c
                when isSet(c.setId()) -> machine.postFinal(c.setId(), deadline);
                case ProviderCall.AbortSnapshots c when isSet(c.setId()) -> machine.abort(c.setId());
                case ProviderCall.EndPrepareSnapshots _,
                        ProviderCall.PreCommitSnapshots _,
                        ProviderCall.CommitSnapshots _,
                        ProviderCall.PostCommitSnapshots _,
                        ProviderCall.PreFinalCommitSnapshots _,
                        ProviderCall.PostFinalCommitSnapshots _,
                        ProviderCall.AbortSnapshots _ -> nullGuid();
                case ProviderCall.OnLoad _, ProviderCall.Probe _ -> ProviderAnswer.ok();
                case ProviderCall.OnUnload c -> unload(c.force());
                case ProviderCall.Release _ -> release(object);
            };
        }

        private ProviderAnswer setContext(long object, int context) {
            if (context != contextOf(object) && sets.freezesContext(peer, object)) {
                return ProviderAnswer.failed(
                        Hresult.VSS_E_BAD_STATE, "the context cannot change between EndPrepare and PostCommit");
            }
            mutex.lock();
            try {
                peer.contexts.put(object, context);
            } finally {
                mutex.unlock();
            }
            return ProviderAnswer.ok();
        }

        private int contextOf(long object) {
            mutex.lock();
            try {
                return peer.contexts.getOrDefault(object, 0);
            } finally {
                mutex.unlock();
            }
        }

        private ProviderAnswer begin(ProviderCall.BeginPrepareSnapshot call) {
            if (!isSet(call.setId()) || !isSet(call.snapshotId())) {
                return nullGuid();
            }
            VolumeLocator.Located located = volumes.locate(call.volumeName());
            if (located == null) {
                return VssVolumes.malformed();
            }
            if (!Contexts.isSupported(call.context())) {
                return ProviderAnswer.failed(
                        Hresult.VSS_E_UNSUPPORTED_CONTEXT, "context " + Hresult.text(call.context()));
            }
            if (copies.isTaken(call.snapshotId())) {
                return ProviderAnswer.failed(Hresult.E_INVALIDARG, "there is a snapshot " + call.snapshotId());
            }
            return switch (located) {
                case Missing _ -> VssVolumes.missing(call.volumeName());
                case Foreign _ ->
                    ProviderAnswer.failed(
                            Hresult.VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER,
                            "volume " + call.volumeName() + " is not Gnomon's");
                case Ours ours -> {
                    ProviderAnswer refusal = volumes.refusalNow(ours);
                    yield refusal == null ? machine.begin(peer, call, ours) : refusal;
                }
            };
        }

        private ProviderAnswer unload(boolean force) {
            if (!force) {
                return sets.isBusy(peer)
                        ? ProviderAnswer.failed(Hresult.S_FALSE, "a snapshot set is being made")
                        : ProviderAnswer.ok();
            }
            machine.unloaded(peer);
            return ProviderAnswer.ok();
        }

        /**
         * Forgets an object. Sets are left alone: the process may have objects that have not called yet, and when it has none
         * any more the shim ends the connection.
         */
        private ProviderAnswer release(long object) {
            mutex.lock();
            try {
                peer.contexts.remove(object);
            } finally {
                mutex.unlock();
            }
            return ProviderAnswer.ok();
        }

        @Override
        public void close() {
            mutex.lock();
            try {
                if (peer.closed) {
                    return;
                }
                peer.closed = true;
            } finally {
                mutex.unlock();
            }
            machine.disconnected(peer);
            events.tellWaiting();
        }
    }

    private static boolean isSet(UUID id) {
        return !id.equals(NOBODY);
    }

    private static ProviderAnswer nullGuid() {
        return ProviderAnswer.failed(Hresult.E_INVALIDARG, "the id of the set or snapshot is the null GUID");
    }

    /** Lets no HRESULT out that the method does not document. */
    private static ProviderAnswer checked(ProviderCall call, ProviderAnswer answer) {
        return MethodCodes.isDocumented(call, answer.hresult())
                ? answer
                : new ProviderAnswer(
                        MethodCodes.failure(call),
                        answer.result(),
                        Hresult.text(answer.hresult()) + ": " + answer.reason());
    }
}
