/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Observer;
import dev.gnomon.store.Store;
import dev.gnomon.store.StoreOpener;
import dev.gnomon.store.format.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The engine: the live volumes ({@link Volumes}), snapshot sets ({@link Sets}) and shadow copies ({@link Copies}) of one
 * store.
 *
 * <p>Operations that change the catalog take the {@link Turn} and so run one at a time; requests of clients never wait
 * for them, but for the moment of a cut.
 */
public final class CopyOnWriteEngine implements Engine {
    private final Store store;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Turn turn;
    private final AtomicBoolean durably = new AtomicBoolean();
    private final LiveVolume.Counters counters = new LiveVolume.Counters();
    private final StagedWrites stagedWrites;
    private final RoomKeeper keeper;
    private final SpaceWatch watch;
    private final Volumes volumes;
    private final VolumeChanges volumeChanges;
    private final Copies copies;
    private final CopyOverlays overlays;
    private final Sets sets;
    private final Diffs diffs;
    private final Reverts reverts;
    private final Resizing resizing;
    private final DiffAreaSpace space;
    private final Scrubs scrubs;
    private boolean closed;

    private CopyOnWriteEngine(
            EngineConfig config,
            Store store,
            Storage storage,
            Clock clock,
            Scheduler scheduler,
            RandomSource random,
            Observer observer) {
        this.store = store;
        this.clock = clock;
        this.scheduler = scheduler;
        this.turn = new Turn(scheduler);
        CatalogChanges changes = new CatalogChanges(store);
        Map<Integer, LiveVolume> live = new ConcurrentSkipListMap<>();
        this.overlays = new CopyOverlays(store, changes, scheduler, observer.events());
        this.copies = new Copies(store, changes, live.values(), overlays, observer.events());
        this.watch = new SpaceWatch(store, clock, scheduler, observer.events());
        this.keeper = new RoomKeeper(store, clock, scheduler, turn, copies, config.whenFull(), observer.events());
        this.stagedWrites = new StagedWrites(
                store,
                clock,
                scheduler,
                () -> live.values().forEach(volume -> volume.settler().hurry()),
                observer.events());
        LiveVolume.Parts parts = new LiveVolume.Parts(
                store,
                stagedWrites,
                keeper,
                watch,
                clock,
                scheduler,
                config.store().groupPayloadBytes(),
                counters,
                durably,
                observer.events());
        VolumeOpener opener = new VolumeOpener(storage);
        this.volumes = new Volumes(
                live,
                config.store().directory(),
                store,
                changes,
                copies,
                opener,
                (entry, origin) -> new LiveVolume(entry, origin, parts),
                config.whenFull(),
                observer.events());
        this.volumeChanges = new VolumeChanges(config.store().directory(), store, changes, volumes, opener, random);
        this.sets = new Sets(store, volumes, keeper, copies, changes, turn, clock, scheduler, random, observer);
        this.reverts = new Reverts(store, volumes, copies, changes);
        this.diffs = new Diffs(store, volumes, copies, observer.events());
        this.resizing = new Resizing(store, changes, volumes, scheduler);
        this.space = new DiffAreaSpace(config.store().directory().toString(), store, storage, volumes, watch);
        this.scrubs = new Scrubs(store);
    }

    /** Opens a store as {@link #open(EngineConfig, Storage, Clock, Scheduler, RandomSource, Observer)}, events logged. */
    public static CopyOnWriteEngine open(
            EngineConfig config, Storage storage, Clock clock, Scheduler scheduler, RandomSource random)
            throws StoreException {
        return open(config, storage, clock, scheduler, random, Observer.logging());
    }

    /**
     * Opens or creates a store, recovers it, and brings its volumes online.
     *
     * @param observer told of events, and of how long things take
     * @throws StoreException if the store cannot be opened; a volume whose origin cannot be is listed as OFFLINE instead
     */
    public static CopyOnWriteEngine open(
            EngineConfig config,
            Storage storage,
            Clock clock,
            Scheduler scheduler,
            RandomSource random,
            Observer observer)
            throws StoreException {
        try (EarlyOrigins early = new EarlyOrigins(new VolumeOpener(storage), scheduler)) {
            Store store = new StoreOpener(config.store(), storage, clock, scheduler, random).open(early::begin);
            store.whenTold(observer.events()::tell);
            store.state().whenFailed(reason -> observer.events().tell(Event.of(EventId.STORE_FAILED, reason)));
            return new CopyOnWriteEngine(config, store, storage, clock, scheduler, random, observer).opened(early);
        }
    }

    /** Brings all online, and begins what is done in the background; on a failure the engine is closed. */
    private CopyOnWriteEngine opened(EarlyOrigins early) throws StoreException {
        store.giveWayTo(counters::requests);
        boolean opened = false;
        try {
            volumes.bringAllOnline(early);
            store.scrubber().start();
            store.mover().start();
            opened = true;
            return this;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /** An administrative operation. */
    private interface Change<T> {
        T make() throws EngineException;
    }

    private <T> T inTurn(Change<T> change) throws EngineException {
        turn.take();
        try {
            return change.make();
        } finally {
            turn.release();
        }
    }

    // ---- volumes

    @Override
    public VolumeInfo createVolume(String name, Path origin, long sizeBytes, Allocation allocation)
            throws EngineException {
        return inTurn(() -> volumeChanges.create(name, origin, sizeBytes, allocation));
    }

    @Override
    public VolumeInfo addVolume(String name, Path origin) throws EngineException {
        return inTurn(() -> volumeChanges.add(name, origin));
    }

    @Override
    public void removeVolume(String name) throws EngineException {
        turn.take();
        try {
            volumeChanges.remove(name);
        } finally {
            turn.release();
        }
    }

    @Override
    public VolumeInfo clearFailure(String name) throws EngineException {
        return inTurn(() -> volumeChanges.clearFailure(name));
    }

    @Override
    public VolumeInfo acceptChanged(String name) throws EngineException {
        return inTurn(() -> volumes.acceptChanged(name));
    }

    @Override
    public VolumeInfo setProperties(String name, Map<String, String> properties) throws EngineException {
        return inTurn(() -> volumeChanges.set(name, properties));
    }

    @Override
    public VolumeInfo resizeVolume(String name, long sizeBytes, Allocation allocation) throws EngineException {
        return inTurn(() -> resizing.resize(name, sizeBytes, allocation));
    }

    @Override
    public List<VolumeInfo> volumes() {
        return volumes.list();
    }

    @Override
    public VolumeInfo volume(String name) throws EngineException {
        return volumes.find(name);
    }

    // ---- snapshot sets

    @Override
    public SetCreated createSet(SetRequest request) throws EngineException {
        long begun = clock.nanoTime();
        Names.require(request);
        return sets.create(request, begun);
    }

    @Override
    public SetDraft draftSet(DraftRequest request) throws EngineException {
        Names.require(new SetRequest(List.copyOf(request.copies().keySet()), "", Map.of()));
        return sets.draft(request);
    }

    @Override
    public SetInfo changeAttributes(String set, Map<String, String> attributes) throws EngineException {
        return inTurn(() -> sets.change(set, attributes));
    }

    @Override
    public List<SetInfo> sets() {
        return sets.list();
    }

    @Override
    public SetInfo set(String nameOrId) throws EngineException {
        return sets.find(nameOrId);
    }

    @Override
    public SetInfo deleteSet(String nameOrId) throws EngineException {
        return inTurn(() -> {
            SetInfo set = sets.find(nameOrId);
            copies.delete(set.copies());
            return set;
        });
    }

    // ---- shadow copies

    @Override
    public List<CopyInfo> copies() {
        return copies.list();
    }

    @Override
    public CopyInfo copy(String reference) throws EngineException {
        return copies.find(reference);
    }

    @Override
    public CopyInfo deleteCopy(String reference) throws EngineException {
        return inTurn(() -> {
            CopyInfo copy = copies.findAny(reference);
            copies.delete(List.of(copy));
            return copy;
        });
    }

    @Override
    public List<CopyInfo> bookmarks() {
        return copies.listBookmarks();
    }

    @Override
    public CopyInfo bookmarkCopy(String reference) throws EngineException {
        return inTurn(() -> {
            CopyInfo copy = copies.find(reference);
            copies.bookmark(copy);
            return copy;
        });
    }

    @Override
    public CopyInfo holdCopy(String reference, String reason) throws EngineException {
        Names.requireReason(reason);
        return inTurn(() -> copies.mark(reference, true, reason));
    }

    @Override
    public CopyInfo releaseCopy(String reference) throws EngineException {
        return inTurn(() -> copies.mark(reference, false, ""));
    }

    @Override
    public CopyInfo createOverlay(String reference) throws EngineException {
        return inTurn(() -> {
            CopyInfo copy = copies.find(reference);
            overlays.create(copy, copies.readable(copy.id()));
            return copies.find(reference);
        });
    }

    @Override
    public DiffPage diff(DiffRequest request) throws EngineException {
        return diffs.page(request);
    }

    @Override
    public VerifyPage verify(String copy, long offsetBytes) throws EngineException {
        return diffs.verify(copy, offsetBytes);
    }

    @Override
    public CopyInfo sealOverlay(String reference) throws EngineException {
        return inTurn(() -> {
            overlays.seal(copies.find(reference));
            return copies.find(reference);
        });
    }

    @Override
    public CopyInfo dropOverlay(String reference) throws EngineException {
        return inTurn(() -> {
            CopyInfo copy = copies.find(reference);
            overlays.drop(copy, copies.readable(copy.id()));
            return copies.find(reference);
        });
    }

    @Override
    public RevertProgress revert(String reference, boolean force) throws EngineException {
        return inTurn(() -> reverts.begin(reference, force));
    }

    @Override
    public RevertProgress planRevert(String reference) throws EngineException {
        return inTurn(() -> reverts.plan(reference));
    }

    @Override
    public List<RevertProgress> reverts() {
        return reverts.list();
    }

    // ---- for exports

    /** Compares two copies of a volume, in whatever order they are named. */
    public CopyDiff diff(CopyInfo one, CopyInfo other) throws EngineException {
        return diffs.between(one, other);
    }

    /** Compares a copy with its live volume. */
    public CopyDiff diffSince(CopyInfo copy) throws EngineException {
        return diffs.since(copy);
    }

    /** Returns the live volume of that name, or null if there is none online. */
    public @Nullable LiveVolume liveVolume(String name) {
        return volumes.live(name);
    }

    /** Returns the shadow copy of that id, or null if it cannot be read. */
    public @Nullable ShadowCopy shadowCopy(UUID id) {
        return copies.readable(id);
    }

    // ---- the store

    @Override
    public DiffAreaInfo diffArea() {
        return space.info();
    }

    @Override
    public DiffAreaInfo resizeDiffArea(long limitBytes) throws EngineException {
        return inTurn(() -> space.limit(limitBytes));
    }

    @Override
    public DiffAreaInfo moveDiffArea(Path to) throws EngineException {
        return inTurn(() -> space.move(to));
    }

    @Override
    public MovePlanInfo planMove(Path to) throws EngineException {
        return inTurn(() -> space.planMove(to));
    }

    @Override
    public ScrubInfo startScrub() throws EngineException {
        return inTurn(scrubs::start);
    }

    @Override
    public ScrubInfo stopScrub() throws EngineException {
        return inTurn(scrubs::stop);
    }

    @Override
    public ScrubInfo scrub() {
        return scrubs.info();
    }

    @Override
    public @Nullable CopyReader copyReader(UUID id) {
        return overlays.reader(id, copies.readable(id));
    }

    @Override
    public @Nullable Overlay overlay(UUID id) {
        return overlays.open(id);
    }

    @Override
    public EngineStats stats() {
        long preserved = 0;
        for (LiveVolume volume : volumes.live()) {
            preserved += volume.preservedBytes();
        }
        return EngineStats.of(store, counters, watch.outlook(), preserved);
    }

    @Override
    public List<String> serveDurably() {
        durably.set(true);
        LastFlush flush = new LastFlush(scheduler);
        volumes.live().forEach(volume -> flush.begin(volume.name(), volume::flush));
        copies.list().forEach(copy -> {
            Overlay overlay = overlays.open(copy.id());
            if (overlay != null) {
                flush.begin(copy.exportName() + "+rw", overlay::flush);
            }
        });
        return flush.await();
    }

    @Override
    public void close() {
        sets.close(); // a draft may have the turn, and its owner not come back
        keeper.close();
        turn.take();
        try {
            if (closed) {
                return;
            }
            closed = true;
            overlays.close();
            copies.hideAll();
            volumes.closeAll();
            stagedWrites.close();
            store.close();
        } finally {
            turn.release();
        }
    }
}
