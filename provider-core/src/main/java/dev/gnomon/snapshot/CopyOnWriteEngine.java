/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.StoreOpener;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DiffAreaFullException;
import dev.gnomon.store.format.EntryTooLongException;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine: the live volumes and shadow copies of one store.
 *
 * <p>Operations that change the catalog run one at a time; requests of clients never wait for them, but for the moment
 * of a cut. <b>Invariants:</b> what is listed is what the catalog says; a shadow copy can be read from when its record
 * is durable until its delete is asked for, and is preserved for until its delete is durable.
 */
public final class CopyOnWriteEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(CopyOnWriteEngine.class);

    private final EngineConfig config;
    private final Store store;
    private final Clock clock;
    private final Scheduler scheduler;
    private final RandomSource random;
    private final VolumeOpener opener;
    private final Turn turn;
    private final LiveVolume.Counters counters = new LiveVolume.Counters();
    private final Map<Integer, LiveVolume> live = new ConcurrentSkipListMap<>();
    private final Map<Integer, String> offline = new ConcurrentSkipListMap<>();
    private final Map<UUID, ShadowCopy> readable = new ConcurrentSkipListMap<>();
    private boolean closed;

    private CopyOnWriteEngine(
            EngineConfig config, Store store, Storage storage, Clock clock, Scheduler scheduler, RandomSource random) {
        this.config = config;
        this.store = store;
        this.clock = clock;
        this.scheduler = scheduler;
        this.random = random;
        this.opener = new VolumeOpener(storage);
        this.turn = new Turn(scheduler);
    }

    /**
     * Opens or creates a store, recovers it, and brings its volumes online.
     *
     * @throws StoreException if the store cannot be opened; a volume whose origin cannot be is listed as OFFLINE instead
     */
    public static CopyOnWriteEngine open(
            EngineConfig config, Storage storage, Clock clock, Scheduler scheduler, RandomSource random)
            throws StoreException {
        Store store = new StoreOpener(config.store(), storage, clock, scheduler, random).open();
        CopyOnWriteEngine engine = new CopyOnWriteEngine(config, store, storage, clock, scheduler, random);
        boolean opened = false;
        try {
            engine.bringOnline();
            opened = true;
            return engine;
        } finally {
            if (!opened) {
                engine.close();
            }
        }
    }

    private void bringOnline() throws StoreException {
        for (String damage : store.recovered().damage()) {
            LOG.error("GNM-2004 the store is read-only: {}", damage);
        }
        String lost = store.recovered().failed() ? "a force of the store failed; acknowledged writes may be lost" : "";
        boolean told = true;
        for (Catalog.VolumeEntry volume : List.copyOf(store.catalog().volumes())) {
            told &= lost.isEmpty() || noteFailure(volume, lost);
            bringOnline(volume, lost);
        }
        if (store.recovered().failed() && store.writable() && told) {
            store.failureTold();
        }
    }

    /** Serves a volume of the catalog, with a failure if there is one to tell; or lists it as OFFLINE. */
    private void bringOnline(Catalog.VolumeEntry volume, String failure) {
        try {
            Origin origin = opener.open(Path.of(volume.origin()), volume.sizeBytes());
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
            serve(volume.failed(reason), origin);
            offline.remove(volume.number());
        } catch (EngineException e) {
            offline.put(volume.number(), e.getMessage());
            LOG.error("GNM-2005 volume={} is offline: {}", volume.name(), e.getMessage());
        }
    }

    /** Writes down that acknowledged writes of a volume may be lost; returns whether that is durable. */
    private boolean noteFailure(Catalog.VolumeEntry volume, String reason) {
        LOG.error("GNM-2001 volume={} writes are refused until cleared: {}", volume.name(), reason);
        try {
            store.change(new CatalogEntry.VolumeFailed(volume.number(), reason));
            return true;
        } catch (StoreException e) {
            LOG.error(
                    "GNM-2002 volume={} the failure could not be written to the log: {}",
                    volume.name(),
                    e.getMessage());
            return false;
        }
    }

    private void serve(Catalog.VolumeEntry volume, Origin origin) {
        LiveVolume served =
                new LiveVolume(volume, origin, store, scheduler, config.store().groupPayloadBytes(), counters);
        live.put(volume.number(), served);
        for (Catalog.CopyEntry copy : volume.copies()) {
            readable.put(copy.id(), new ShadowCopy(copy, origin, store));
        }
    }

    // ---- volumes

    @Override
    public VolumeInfo createVolume(String name, Path origin, long sizeBytes, Allocation allocation)
            throws EngineException {
        turn.take();
        try {
            Names.requireSize(sizeBytes);
            requireNewVolume(name, origin);
            opener.create(origin, sizeBytes, allocation);
            boolean done = false;
            try {
                VolumeInfo created = register(name, origin);
                done = true;
                return created;
            } finally {
                if (!done && store.failure().isEmpty()) { // else the volume may be in the log
                    opener.delete(origin);
                }
            }
        } finally {
            turn.release();
        }
    }

    @Override
    public VolumeInfo addVolume(String name, Path origin) throws EngineException {
        turn.take();
        try {
            requireNewVolume(name, origin);
            return register(name, origin);
        } finally {
            turn.release();
        }
    }

    private void requireWritable() throws EngineException {
        if (!store.recovered().damage().isEmpty()) {
            throw new EngineException(Kind.DAMAGED, store.refusal());
        }
        if (!store.writable()) {
            throw new EngineException(Kind.FAILED, store.refusal());
        }
    }

    private void requireNewVolume(String name, Path origin) throws EngineException {
        requireWritable();
        Names.require("volume name", name);
        if (!origin.isAbsolute() || !origin.equals(origin.normalize())) {
            throw new EngineException(Kind.INVALID, "origin " + origin + ": expected an absolute path without . or ..");
        }
        if (origin.startsWith(config.store().directory())) {
            throw new EngineException(
                    Kind.REFUSED,
                    "origin " + origin + " lies in the store " + config.store().directory());
        }
        if (store.catalog().volumes().size() >= Names.MAX_VOLUMES) {
            throw new EngineException(
                    Kind.REFUSED,
                    "there are " + store.catalog().volumes().size() + " volumes: at most " + Names.MAX_VOLUMES);
        }
        for (Catalog.VolumeEntry other : store.catalog().volumes()) {
            if (other.name().equals(name)) {
                throw new EngineException(Kind.WRONG_STATE, "volume " + name + " exists already");
            }
            if (other.origin().equals(origin.toString())) {
                throw new EngineException(
                        Kind.WRONG_STATE, "origin " + origin + " is that of volume " + other.name() + " already");
            }
        }
    }

    private VolumeInfo register(String name, Path path) throws EngineException {
        Origin origin = opener.open(path, 0);
        boolean done = false;
        try {
            settle(origin, path);
            int number = store.catalog().nextVolumeNumber();
            change(new CatalogEntry.VolumeAdded(
                    number, random.nextUuid(), name, path.toString(), origin.sizeBytes(), 1));
            serve(entry(name), origin);
            done = true;
            return volume(name);
        } finally {
            if (!done) {
                closeQuietly(origin);
            }
        }
    }

    private static void settle(Origin origin, Path path) throws EngineException {
        try {
            VolumeOpener.settle(origin);
        } catch (IOException e) {
            throw new EngineException(Kind.FAILED, "forcing the origin " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void removeVolume(String name) throws EngineException {
        turn.take();
        try {
            Catalog.VolumeEntry entry = entry(name);
            requireWritable();
            if (!entry.copies().isEmpty()) {
                throw new EngineException(
                        Kind.WRONG_STATE,
                        "volume " + name + " has " + entry.copies().size() + " shadow copies; delete them first");
            }
            LiveVolume served = live.get(entry.number());
            if (served != null && served.clients() > 0) {
                throw new EngineException(
                        Kind.REFUSED, "volume " + name + " has " + served.clients() + " clients connected");
            }
            if (served != null) {
                served.close();
            }
            live.remove(entry.number());
            offline.put(entry.number(), "being removed");
            try {
                change(new CatalogEntry.VolumeRemoved(entry.number()));
                offline.remove(entry.number());
            } catch (EngineException e) {
                bringOnline(entry(name), served == null ? "" : served.failure());
                throw e;
            }
        } finally {
            turn.release();
        }
    }

    @Override
    public VolumeInfo clearFailure(String name) throws EngineException {
        turn.take();
        try {
            Catalog.VolumeEntry entry = entry(name);
            LiveVolume served = live.get(entry.number());
            if (served == null) {
                throw new EngineException(
                        Kind.WRONG_STATE, "volume " + name + " is offline: " + offline.get(entry.number()));
            }
            if (!store.failure().isEmpty()) {
                throw new EngineException(
                        Kind.WRONG_STATE,
                        "the store has failed (" + store.failure() + "); restart the service first, then clear");
            }
            requireWritable();
            if (!served.failure().isEmpty()) {
                served.clearFailure();
            }
            return volume(name);
        } catch (StoreException e) {
            throw failed(e);
        } catch (IOException e) {
            throw new EngineException(Kind.FAILED, "volume " + name + " still cannot be forced: " + e.getMessage(), e);
        } finally {
            turn.release();
        }
    }

    @Override
    public List<VolumeInfo> volumes() {
        List<VolumeInfo> infos = new ArrayList<>();
        for (Catalog.VolumeEntry entry : store.catalog().volumes()) {
            infos.add(info(entry));
        }
        infos.sort(Comparator.comparing(VolumeInfo::name));
        return infos;
    }

    @Override
    public VolumeInfo volume(String name) throws EngineException {
        return info(entry(name));
    }

    private VolumeInfo info(Catalog.VolumeEntry entry) {
        LiveVolume served = live.get(entry.number());
        VolumeInfo.State state = VolumeInfo.State.ONLINE;
        String reason = "";
        if (served == null) {
            state = VolumeInfo.State.OFFLINE;
            reason = offline.getOrDefault(entry.number(), "not served");
        } else if (!served.failure().isEmpty()) {
            state = VolumeInfo.State.FAILED;
            reason = served.failure();
        } else if (served.readOnly()) {
            state = VolumeInfo.State.FAILED;
            reason = "the store is read-only: " + store.recovered().damage().getFirst();
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
                served == null ? 0 : served.clients());
    }

    private Catalog.VolumeEntry entry(String name) throws EngineException {
        for (Catalog.VolumeEntry entry : store.catalog().volumes()) {
            if (entry.name().equals(name)) {
                return entry;
            }
        }
        throw new EngineException(Kind.NOT_FOUND, "no volume \"" + Names.shorten(name) + "\"");
    }

    // ---- snapshot sets

    @Override
    public SetCreated createSet(SetRequest request) throws EngineException {
        long begun = clock.nanoTime();
        Names.require(request);
        turn.take();
        try {
            SetCut cut = new SetCut(store, clock, scheduler, membersOf(request));
            cut.prepare();
            List<UUID> ids =
                    request.volumes().stream().map(v -> random.nextUuid()).toList();
            UUID setId = random.nextUuid();
            long held = cut.commit();
            try {
                cut.record(new CatalogEntry.SetCreated(
                        setId, clock.now().toEpochMilli(), request.name(), request.attributes(), cut.copies(ids)));
            } finally {
                cut.end();
            }
            showNew();
            return new SetCreated(set(setId.toString()), held, clock.nanoTime() - begun);
        } catch (SetCut.FlushFailed e) {
            throw new EngineException(Kind.FAILED, "no snapshot set was created: " + e.getMessage(), e);
        } catch (StoreException e) {
            throw failed(e);
        } finally {
            turn.release();
        }
    }

    private List<LiveVolume> membersOf(SetRequest request) throws EngineException {
        if (!request.name().isEmpty()) {
            for (Catalog.SetEntry other : store.catalog().sets()) {
                if (other.name().equals(request.name())) {
                    throw new EngineException(Kind.WRONG_STATE, "snapshot set " + request.name() + " exists already");
                }
            }
        }
        List<LiveVolume> members = new ArrayList<>();
        for (String name : request.volumes()) {
            Catalog.VolumeEntry entry = entry(name);
            VolumeInfo info = info(entry);
            LiveVolume served = live.get(entry.number());
            if (served == null || info.state() != VolumeInfo.State.ONLINE) {
                throw new EngineException(
                        Kind.WRONG_STATE, "volume " + name + " is " + info.state() + ": " + info.stateReason());
            }
            if (entry.copies().size() >= Names.MAX_COPIES_OF_VOLUME) {
                throw new EngineException(
                        Kind.REFUSED,
                        "volume " + name + " has " + entry.copies().size() + " shadow copies: at most "
                                + Names.MAX_COPIES_OF_VOLUME);
            }
            members.add(served);
        }
        return members;
    }

    @Override
    public List<SetInfo> sets() {
        Catalog catalog = store.catalog();
        return catalog.sets().stream()
                .map(entry -> CopyInfos.set(catalog, entry))
                .toList();
    }

    @Override
    public SetInfo set(String nameOrId) throws EngineException {
        Catalog catalog = store.catalog();
        for (Catalog.SetEntry entry : catalog.sets()) {
            if (entry.id().toString().equalsIgnoreCase(nameOrId)
                    || (!nameOrId.isEmpty() && entry.name().equals(nameOrId))) {
                return CopyInfos.set(catalog, entry);
            }
        }
        throw new EngineException(Kind.NOT_FOUND, "no snapshot set \"" + Names.shorten(nameOrId) + "\"");
    }

    @Override
    public SetInfo deleteSet(String nameOrId) throws EngineException {
        turn.take();
        try {
            SetInfo set = set(nameOrId);
            delete(set.copies());
            return set;
        } finally {
            turn.release();
        }
    }

    // ---- shadow copies

    @Override
    public List<CopyInfo> copies() {
        return CopyInfos.all(store.catalog());
    }

    @Override
    public CopyInfo copy(String reference) throws EngineException {
        for (CopyInfo copy : copies()) {
            if (CopyInfos.isMeant(copy, reference)) {
                return copy;
            }
        }
        throw new EngineException(Kind.NOT_FOUND, "no shadow copy \"" + Names.shorten(reference) + "\"");
    }

    @Override
    public CopyInfo deleteCopy(String reference) throws EngineException {
        turn.take();
        try {
            CopyInfo copy = copy(reference);
            delete(List.of(copy));
            return copy;
        } finally {
            turn.release();
        }
    }

    /** Hides the copies from readers at once; the write path counts them until the delete is durable. */
    private void delete(List<CopyInfo> copies) throws EngineException {
        requireWritable();
        List<UUID> ids = copies.stream().map(CopyInfo::id).toList();
        ids.forEach(this::hide);
        try {
            change(new CatalogEntry.CopiesDeleted(ids));
        } catch (EngineException e) {
            if (store.writable()) {
                showNew(); // refused before anything was written
            }
            throw e;
        }
        for (LiveVolume volume : live.values()) {
            Catalog.VolumeEntry entry = store.catalog().volume(volume.number());
            if (entry != null) {
                volume.gate().copiesDeleted(LiveVolume.copyEpochs(entry));
            }
        }
    }

    private void showNew() {
        for (Catalog.CopyEntry copy : store.catalog().copies()) {
            LiveVolume volume = live.get(copy.volume());
            if (volume != null && !readable.containsKey(copy.id())) {
                readable.put(copy.id(), new ShadowCopy(copy, volume.origin(), store));
            }
        }
    }

    private void hide(UUID id) {
        ShadowCopy copy = readable.remove(id);
        if (copy != null) {
            copy.hide();
        }
    }

    // ---- for exports

    /** Returns the live volume of that name, or null if there is none online. */
    public @Nullable LiveVolume liveVolume(String name) {
        for (LiveVolume volume : live.values()) {
            if (volume.name().equals(name)) {
                return volume;
            }
        }
        return null;
    }

    /** Returns the shadow copy of that id, or null if it cannot be read. */
    public @Nullable ShadowCopy shadowCopy(UUID id) {
        return readable.get(id);
    }

    @Override
    public EngineStats stats() {
        Store.LogStats log = store.logStats();
        long preserved = 0;
        for (LiveVolume volume : live.values()) {
            preserved += volume.preservedBytes();
        }
        return new EngineStats(
                counters.reads().sum(),
                counters.directWrites().sum(),
                counters.firstTouches().sum(),
                counters.flushes().sum(),
                preserved,
                log.batches(),
                log.forces(),
                counters.forces().sum(),
                log.usedBytes(),
                log.allocatedBytes(),
                log.exceptions(),
                store.recovered().nanos(),
                store.recovered().batches());
    }

    private void change(CatalogEntry entry) throws EngineException {
        try {
            store.change(entry);
        } catch (StoreException e) {
            throw failed(e);
        }
    }

    private static EngineException failed(StoreException e) {
        Kind kind = switch (e) {
            case DiffAreaFullException full -> Kind.DIFF_AREA_FULL;
            case CorruptionException damaged -> Kind.DAMAGED;
            case EntryTooLongException tooLong -> Kind.INVALID;
            default -> Kind.FAILED;
        };
        return new EngineException(kind, String.valueOf(e.getMessage()), e);
    }

    private static void closeQuietly(Origin origin) {
        try {
            origin.close();
        } catch (IOException e) {
            // Nothing was written through it.
        }
    }

    @Override
    public void close() {
        turn.take();
        try {
            if (closed) {
                return;
            }
            closed = true;
            readable.values().forEach(ShadowCopy::hide);
            live.values().forEach(LiveVolume::close);
            store.close();
        } finally {
            turn.release();
        }
    }
}
