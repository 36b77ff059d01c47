/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.Observer;
import dev.gnomon.observe.Timed;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The snapshot sets: their making and their list. {@link #create} runs under the engine's {@link Turn}. */
final class Sets {
    private final Store store;
    private final Volumes volumes;
    private final RoomKeeper keeper;
    private final Copies copies;
    private final Clock clock;
    private final Scheduler scheduler;
    private final RandomSource random;
    private final Observer observer;

    Sets(
            Store store,
            Volumes volumes,
            RoomKeeper keeper,
            Copies copies,
            Clock clock,
            Scheduler scheduler,
            RandomSource random,
            Observer observer) {
        this.store = store;
        this.volumes = volumes;
        this.keeper = keeper;
        this.copies = copies;
        this.clock = clock;
        this.scheduler = scheduler;
        this.random = random;
        this.observer = observer;
    }

    /** Makes a set; {@code begun} is when it was asked for, in nanoseconds of the clock. */
    SetCreated create(SetRequest request, long begun) throws EngineException {
        try {
            List<LiveVolume> members = membersOf(request);
            SetCut cut = new SetCut(store, clock, scheduler, members);
            List<UUID> ids =
                    request.volumes().stream().map(v -> random.nextUuid()).toList();
            UUID setId = random.nextUuid();
            long held = make(cut, setId, ids, request);
            members.forEach(copies::show);
            return new SetCreated(find(setId.toString()), held, clock.nanoTime() - begun);
        } catch (SetCut.FlushFailed e) {
            throw new EngineException(Kind.FAILED, "no snapshot set was created: " + e.getMessage(), e);
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
    }

    /** Makes the cut while all background work and the writing of events stand still; returns for how many nanoseconds writes were held. */
    private long make(SetCut cut, UUID setId, List<UUID> ids, SetRequest request)
            throws SetCut.FlushFailed, StoreException {
        store.pause();
        observer.events().pause();
        try {
            cut.prepare();
            long held = cut.commit();
            observer.latencies().record(Timed.CUT_HOLD, held);
            try {
                cut.record(new CatalogEntry.SetCreated(
                        setId, clock.now().toEpochMilli(), request.name(), request.attributes(), cut.copies(ids)));
            } finally {
                cut.end();
            }
            return held;
        } finally {
            observer.events().resume();
            store.resume();
        }
    }

    private List<LiveVolume> membersOf(SetRequest request) throws EngineException {
        if (!request.name().isEmpty()) {
            for (Catalog.SetEntry other : store.catalog().sets()) {
                if (other.name().equals(request.name())) {
                    throw new EngineException(
                            Kind.WRONG_STATE,
                            "snapshot set " + request.name() + " exists already, perhaps as bookmarks");
                }
            }
        }
        List<LiveVolume> members = new ArrayList<>();
        for (String name : request.volumes()) {
            VolumeInfo info = volumes.find(name);
            LiveVolume served = volumes.live(name);
            if (served == null || info.state() != VolumeInfo.State.ONLINE) {
                throw new EngineException(
                        Kind.WRONG_STATE, "volume " + name + " is " + info.state() + ": " + info.stateReason());
            }
            if (info.copies() >= Names.MAX_COPIES_OF_VOLUME) {
                throw new EngineException(
                        Kind.REFUSED,
                        "volume " + name + " has " + info.copies() + " shadow copies: at most "
                                + Names.MAX_COPIES_OF_VOLUME);
            }
            RevertProgress revert = served.revert().progress(store.catalog());
            if (revert != null) {
                throw new EngineException(
                        Kind.WRONG_STATE,
                        "volume " + name + " is being reverted to " + revert.copy() + ": " + revert.piecesDone()
                                + " of " + revert.pieces()
                                + " pieces are done; it takes no shadow copy before all are");
            }
            if (keeper.whenFull(served) == WhenFull.REFUSE && store.nearlyFull()) {
                throw new EngineException(
                        Kind.DIFF_AREA_FULL,
                        "no new shadow copy of volume " + name + ": its diff area is nearly full (" + keeper.fill()
                                + "), and its --when-full is refuse");
            }
            members.add(served);
        }
        return members;
    }

    List<SetInfo> list() {
        Catalog catalog = store.catalog();
        return catalog.sets().stream()
                .map(entry -> CopyInfos.set(catalog, entry))
                .filter(set -> !set.copies().isEmpty()) // else there are bookmarks only
                .toList();
    }

    SetInfo find(String nameOrId) throws EngineException {
        for (SetInfo set : list()) {
            if (set.id().toString().equalsIgnoreCase(nameOrId)
                    || (!nameOrId.isEmpty() && set.name().equals(nameOrId))) {
                return set;
            }
        }
        throw new EngineException(Kind.NOT_FOUND, "no snapshot set \"" + Names.shorten(nameOrId) + "\"");
    }
}
