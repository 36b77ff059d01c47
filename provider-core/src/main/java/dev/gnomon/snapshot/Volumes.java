/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Turn;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of one store: those that are served, and why the others are not. What changes them runs under the engine's
 * {@link Turn}; look-ups are thread-safe.
 *
 * <p><b>Invariants:</b> what is listed is what the catalog says; a volume is served only after its origin was locked,
 * forced and its cache dropped (I7); a failure of an earlier life is told before anything is written.
 */
final class Volumes {
    private final Path storeDirectory;
    private final Store store;
    private final Copies copies;
    private final VolumeOpener opener;
    private final Starter starter;
    private final WhenFull whenFull;
    private final Events events;
    private final OriginWatch watch;
    private final Map<Integer, LiveVolume> live;
    private final Map<Integer, String> offline = new ConcurrentSkipListMap<>();

    /** Starts to serve a volume. */
    interface Starter {
        LiveVolume start(Catalog.VolumeEntry volume, Origin origin) throws StoreException;
    }

    /** Makes an empty table; it alone changes {@code live}, the volumes that are served by their numbers. */
    Volumes(
            Map<Integer, LiveVolume> live,
            Path storeDirectory,
            Store store,
            CatalogChanges changes,
            Copies copies,
            VolumeOpener opener,
            Starter starter,
            WhenFull whenFull,
            Events events) {
        this.live = live;
        this.storeDirectory = storeDirectory;
        this.store = store;
        this.copies = copies;
        this.opener = opener;
        this.starter = starter;
        this.whenFull = whenFull;
        this.events = events;
        this.watch = new OriginWatch(store, changes, events);
    }

    // ---- opening

    /**
     * Serves every volume of the catalog that can be; the others are listed as OFFLINE.
     *
     * @param early what may be open already
     */
    void bringAllOnline(EarlyOrigins early) throws StoreException {
        early.keepOnly(store.catalog());
        for (String damage : store.recovered().damage()) {
            events.tell(Event.of(EventId.STORE_READ_ONLY, "the store is read-only: " + damage));
        }
        String lost = store.recovered().failed() ? "a force of the store failed; acknowledged writes may be lost" : "";
        boolean told = true;
        OriginPlaces places = opener.places(storeDirectory);
        for (Catalog.VolumeEntry volume : List.copyOf(store.catalog().volumes())) {
            told &= lost.isEmpty() || noteFailure(volume, lost);
            bringOnline(volume, lost, places, early.take(volume));
        }
        if (store.recovered().failed() && store.writable() && told) {
            store.state().failureTold();
        }
    }

    /** Serves a volume of the catalog anew, with a failure if there is one to tell; or lists it as OFFLINE. */
    void bringOnline(Catalog.VolumeEntry volume, String failure) {
        live.remove(volume.number());
        bringOnline(volume, failure, opener.places(storeDirectory), null);
    }

    /**
     * Serves a volume of the catalog, with a failure if there is one to tell; or lists it as OFFLINE.
     *
     * @param early its origin if it is open already
     */
    private void bringOnline(Catalog.VolumeEntry volume, String failure, OriginPlaces places, @Nullable Origin early) {
        try {
            Origin origin = openToServe(volume, places, early);
            String reason = failure.isEmpty() ? volume.failure() : failure;
            try {
                VolumeOpener.settle(origin);
            } catch (IOException e) {
                // What an earlier life acknowledged may be lost, and the next force may not say so again.
                reason = "forcing the origin " + volume.origin() + " at the start failed: " + e.getMessage();
                if (!noteFailure(volume, reason)) {
                    store.fail("a flush of volume " + volume.name() + " failed and could not be logged");
                }
            }
            arrive(volume, origin);
            serve(volume.failed(reason), origin);
            offline.remove(volume.number());
        } catch (EngineException e) {
            offline.put(volume.number(), e.getMessage());
            tell(EventId.VOLUME_OFFLINE, volume, "is offline: " + e.getMessage());
        }
    }

    /** Returns the origin of a volume if it may be served; else closes it. */
    private Origin openToServe(Catalog.VolumeEntry volume, OriginPlaces places, @Nullable Origin early)
            throws EngineException {
        boolean fit = false;
        try {
            if (store.recovered().newDataLost()) {
                throw new EngineException(
                        Kind.DAMAGED,
                        "new data that was acknowledged may be lost: "
                                + store.recovered().damage().getLast());
            }
            List<Catalog.VolumeEntry> others = new ArrayList<>(store.catalog().volumes());
            others.removeIf(other -> other.number() == volume.number());
            places.require(Path.of(volume.origin()), others);
            fit = true;
        } finally {
            if (!fit && early != null) {
                VolumeOpener.closeQuietly(early);
            }
        }
        return early == null ? opener.open(Path.of(volume.origin()), volume.sizeBytes()) : early;
    }

    private void arrive(Catalog.VolumeEntry volume, Origin origin) throws EngineException {
        boolean done = false;
        try {
            watch.arrive(volume, origin);
            done = true;
        } finally {
            if (!done) {
                VolumeOpener.closeQuietly(origin);
            }
        }
    }

    /** Lets copies that a change of the origin made suspect be read. */
    VolumeInfo acceptChanged(String name) throws EngineException {
        Catalog.VolumeEntry entry = entry(name);
        LiveVolume served = served(entry);
        if (watch.accept(entry) && served != null) {
            copies.show(served);
        }
        return find(name);
    }

    /** Closes all volumes and notes how their origins are left. */
    void closeAll() {
        for (LiveVolume volume : live.values()) {
            volume.close(origin -> watch.leave(volume, origin));
        }
    }

    /** Writes down that acknowledged writes of a volume may be lost; returns whether that is durable. */
    private boolean noteFailure(Catalog.VolumeEntry volume, String reason) {
        tell(EventId.VOLUME_FAILED, volume, "writes are refused until cleared: " + reason);
        try {
            store.change(new CatalogEntry.VolumeFailed(volume.number(), reason));
            return true;
        } catch (StoreException e) {
            tell(EventId.FAILURE_NOT_LOGGED, volume, "the failure could not be written to the log: " + e.getMessage());
            return false;
        }
    }

    private void tell(EventId id, Catalog.VolumeEntry volume, String message) {
        events.tell(Event.ofVolume(id, volume.name(), message));
    }

    /** Serves a volume of the catalog; closes its origin if that is not possible. */
    void serve(Catalog.VolumeEntry volume, Origin origin) throws EngineException {
        LiveVolume served;
        try {
            served = starter.start(volume, origin);
        } catch (StoreException e) {
            VolumeOpener.closeQuietly(origin);
            throw new EngineException(
                    Kind.DAMAGED,
                    "what a revert of volume " + volume.name() + " has done cannot be looked up: " + e.getMessage(),
                    e);
        }
        live.put(volume.number(), served);
        copies.show(served);
    }

    /** Closes a volume for as long as an action takes that needs nobody on it, and serves it again as it is then. */
    void closedFor(Catalog.VolumeEntry entry, LiveVolume served, CatalogChanges.Action action) throws EngineException {
        served.close();
        try {
            long unsettled = store.stagedBytes(entry.number());
            if (unsettled > 0) {
                throw unsettled(entry, unsettled);
            }
            if (!served.failure().isEmpty()) {
                throw new EngineException(
                        Kind.FAILED, "volume " + entry.name() + " could not be flushed: " + served.failure());
            }
            action.run();
        } finally {
            Catalog.VolumeEntry now = store.catalog().volume(entry.number());
            bringOnline(now == null ? entry : now, served.ownFailure());
        }
    }

    /** Says that what clients were told is written is not all in an origin, which so cannot be given up. */
    static EngineException unsettled(Catalog.VolumeEntry entry, long bytes) {
        return new EngineException(
                Kind.WRONG_STATE,
                "volume " + entry.name() + " has " + bytes + " bytes of acknowledged data that its origin "
                        + entry.origin() + " does not hold yet; make the origin writable first");
    }

    /** Lists a volume, which is closed, as OFFLINE for a reason. */
    void takeOffline(Catalog.VolumeEntry entry, String reason) {
        live.remove(entry.number());
        offline.put(entry.number(), reason);
    }

    /** Lists a volume no longer, because the catalog does not. */
    void forget(Catalog.VolumeEntry entry) {
        offline.remove(entry.number());
    }

    // ---- look-ups

    /** Returns the volumes that are served, in order of their numbers. */
    Collection<LiveVolume> live() {
        return live.values();
    }

    /** Returns the live volume of that name, or null if there is none online. */
    @Nullable
    LiveVolume live(String name) {
        for (LiveVolume volume : live.values()) {
            if (volume.name().equals(name)) {
                return volume;
            }
        }
        return null;
    }

    /** Returns that volume if it is served, else null. */
    @Nullable
    LiveVolume served(Catalog.VolumeEntry entry) {
        return live.get(entry.number());
    }

    /** Returns why a volume is not served; empty if it is. */
    String offlineReason(Catalog.VolumeEntry entry) {
        return offline.getOrDefault(entry.number(), "");
    }

    List<VolumeInfo> list() {
        List<VolumeInfo> infos = new ArrayList<>();
        for (Catalog.VolumeEntry entry : store.catalog().volumes()) {
            infos.add(info(entry));
        }
        infos.sort(Comparator.comparing(VolumeInfo::name));
        return infos;
    }

    VolumeInfo find(String name) throws EngineException {
        return info(entry(name));
    }

    private VolumeInfo info(Catalog.VolumeEntry entry) {
        LiveVolume served = live.get(entry.number());
        VolumeInfo.State state = VolumeInfo.State.ONLINE;
        String reason = "";
        if (served == null) {
            state = VolumeInfo.State.OFFLINE;
            reason = offline.getOrDefault(entry.number(), "not served");
        } else if (served.readOnly()) {
            // First of all: a failure can be cleared, this cannot.
            state = VolumeInfo.State.FAILED;
            reason = "the store is read-only: " + store.recovered().damage().getFirst()
                    + (served.failure().isEmpty() ? "" : "; " + served.failure());
        } else if (!served.failure().isEmpty()) {
            state = VolumeInfo.State.FAILED;
            reason = served.failure();
        } else if (!served.degradation().isEmpty()) {
            state = VolumeInfo.State.DEGRADED;
            reason = served.degradation() + "; what was acknowledged is kept in the staging chain and tried again";
        } else {
            reason = reverting(served);
        }
        return new VolumeInfo(
                entry.id(),
                entry.name(),
                entry.origin(),
                entry.sizeBytes(),
                state,
                reason,
                served == null ? entry.highestEpoch() + 1 : served.gate().liveEpoch(),
                entry.copies().size(),
                served == null ? 0 : served.preservedBytes(),
                store.stagedBytes(entry.number()),
                served == null ? 0 : served.clients(),
                store.catalog().originChange(entry.number()),
                VolumeProperties.effective(entry.properties(), whenFull));
    }

    private String reverting(LiveVolume served) {
        RevertProgress revert = served.revert().progress(store.catalog());
        return revert == null
                ? ""
                : "being reverted to " + revert.copy() + ": " + revert.piecesDone() + " of " + revert.pieces()
                        + " pieces are done" + (revert.waiting().isEmpty() ? "" : "; it waits: " + revert.waiting());
    }

    Catalog.VolumeEntry entry(String name) throws EngineException {
        for (Catalog.VolumeEntry entry : store.catalog().volumes()) {
            if (entry.name().equals(name)) {
                return entry;
            }
        }
        throw new EngineException(Kind.NOT_FOUND, "no volume \"" + Names.shorten(name) + "\"");
    }
}
