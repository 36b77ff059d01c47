/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Observer;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The snapshot sets: their making ({@link DraftedSet}) and their list. */
final class Sets {
    /** More drafts at once are somebody's mistake: VSS makes one set at a time. */
    private static final int MAX_DRAFTS = 64;

    private final Store store;
    private final Volumes volumes;
    private final RoomKeeper keeper;
    private final CatalogChanges changes;
    private final RandomSource random;
    private final DraftedSet.Parts parts;
    private final Mutex mutex;

    // Guarded by the mutex.
    private final Set<DraftedSet> drafts = new LinkedHashSet<>();
    private boolean closing;

    Sets(
            Store store,
            Volumes volumes,
            RoomKeeper keeper,
            Copies copies,
            CatalogChanges changes,
            Turn turn,
            Clock clock,
            Scheduler scheduler,
            RandomSource random,
            Observer observer) {
        this.store = store;
        this.volumes = volumes;
        this.keeper = keeper;
        this.changes = changes;
        this.random = random;
        this.mutex = scheduler.newMutex();
        this.parts = new DraftedSet.Parts(store, this, copies, turn, clock, scheduler, observer);
    }

    /** Makes a set; {@code begun} is when it was asked for, in nanoseconds of the clock. */
    SetCreated create(SetRequest request, long begun) throws EngineException {
        DraftedSet draft = new DraftedSet(parts, request);
        draft.arm(SetCut.NO_LIMIT);
        draft.commit(SetCut.NO_LIMIT);
        return draft.record(request.attributes(), begun);
    }

    /** Begins a set that is made step by step. */
    SetDraft draft(DraftRequest request) throws EngineException {
        Catalog catalog = store.catalog();
        List<UUID> ids = new ArrayList<>(request.copies().values());
        ids.add(request.setId());
        Set<UUID> taken = new LinkedHashSet<>();
        catalog.copies().forEach(copy -> taken.add(copy.id()));
        catalog.bookmarks().forEach(copy -> taken.add(copy.id()));
        catalog.sets().forEach(set -> taken.add(set.id()));
        for (UUID id : ids) {
            if (!taken.add(id)) {
                throw new EngineException(Kind.WRONG_STATE, "id " + id + " of a new set or copy is taken");
            }
        }
        DraftedSet draft = new DraftedSet(parts, request);
        mutex.lock();
        try {
            if (drafts.size() >= MAX_DRAFTS) {
                throw new EngineException(
                        Kind.REFUSED, drafts.size() + " snapshot sets are being made: at most " + MAX_DRAFTS);
            }
            drafts.add(draft);
        } finally {
            mutex.unlock();
        }
        return draft;
    }

    /** Forgets a draft that has ended. */
    void ended(DraftedSet draft) {
        mutex.lock();
        try {
            drafts.remove(draft);
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether no more sets are to be made. */
    boolean isClosing() {
        mutex.lock();
        try {
            return closing;
        } finally {
            mutex.unlock();
        }
    }

    /** Gives up all drafts, and lets no other come to its turn. Must not be called under the {@link Turn}. */
    void close() {
        List<DraftedSet> all;
        mutex.lock();
        try {
            closing = true;
            all = List.copyOf(drafts);
        } finally {
            mutex.unlock();
        }
        all.forEach(DraftedSet::discard);
    }

    /** Draws ids for the copies of volumes. */
    Map<String, UUID> drawIds(List<String> of) {
        Map<String, UUID> ids = new HashMap<>();
        of.forEach(volume -> ids.put(volume, random.nextUuid()));
        return ids;
    }

    UUID drawId() {
        return random.nextUuid();
    }

    /** Returns the volumes of a set that may be made now; their state holds while the {@link Turn} is held. */
    List<LiveVolume> membersOf(SetRequest request) throws EngineException {
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
            members.add(member(name));
        }
        return members;
    }

    private LiveVolume member(String name) throws EngineException {
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
                    "volume " + name + " is being reverted to " + revert.copy() + ": " + revert.piecesDone() + " of "
                            + revert.pieces() + " pieces are done; it takes no shadow copy before all are");
        }
        if (keeper.whenFull(served) == WhenFull.REFUSE && served.share().nearlyUsed()) {
            throw new EngineException(
                    Kind.DIFF_AREA_FULL,
                    "no new shadow copy of volume " + name + ": its diff-limit of "
                            + served.share().limitBytes() + " bytes is nearly used, and its --when-full is refuse");
        }
        if (keeper.whenFull(served) == WhenFull.REFUSE && store.diffArea().nearlyFull()) {
            throw new EngineException(
                    Kind.DIFF_AREA_FULL,
                    "no new shadow copy of volume " + name + ": its diff area is nearly full (" + keeper.fill()
                            + "), and its --when-full is refuse");
        }
        return served;
    }

    /**
     * Promises room for what is overwritten first after a cut.
     *
     * @return how many pieces; they must be given back. None if there is no room but the oldest copies will make it
     */
    int reserve(List<LiveVolume> members, int piecesOfVolume) throws EngineException {
        int pieces = members.size() * piecesOfVolume;
        if (store.diffArea().room().take(pieces)) {
            return pieces;
        }
        for (LiveVolume member : members) {
            if (keeper.whenFull(member) != WhenFull.DROP_OLDEST) {
                throw new EngineException(
                        Kind.DIFF_AREA_FULL,
                        "no new shadow copy of volume " + member.name() + ": its diff area is full (" + keeper.fill()
                                + ")");
            }
        }
        return 0;
    }

    /** Gives attributes of a set other values. */
    SetInfo change(String nameOrId, Map<String, String> attributes) throws EngineException {
        SetInfo set = find(nameOrId);
        changes.requireWritable();
        Catalog.SetEntry entry = store.catalog().set(set.id());
        Map<String, String> after = new HashMap<>(entry == null ? Map.of() : entry.attributes());
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            if (!each.getKey().startsWith(SetAttributes.RESERVED)) {
                throw new EngineException(
                        Kind.INVALID,
                        "attribute " + each.getKey() + ": expected a key that begins with " + SetAttributes.RESERVED);
            }
            after.put(each.getKey(), each.getValue());
        }
        requireRoomForAttributes(after);
        changes.make(new CatalogEntry.SetAttributes(set.id(), attributes));
        return find(set.id().toString());
    }

    static void requireRoomForAttributes(Map<String, String> attributes) throws EngineException {
        long bytes = SetAttributes.bytes(attributes);
        if (bytes > SetAttributes.MOST_BYTES) {
            throw new EngineException(
                    Kind.INVALID,
                    "attributes of a set of " + bytes + " bytes: expected at most " + SetAttributes.MOST_BYTES);
        }
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
