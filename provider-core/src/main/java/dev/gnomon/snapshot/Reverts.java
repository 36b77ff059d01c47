/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Turn;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.RevertWork;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.StoreException;
import java.util.ArrayList;
import java.util.List;

/** The reverts of volumes to their copies: what may begin, and their list. Changes run under the engine's {@link Turn}. */
final class Reverts {
    private final Store store;
    private final Volumes volumes;
    private final Copies copies;
    private final CatalogChanges changes;

    Reverts(Store store, Volumes volumes, Copies copies, CatalogChanges changes) {
        this.store = store;
        this.volumes = volumes;
        this.copies = copies;
        this.changes = changes;
    }

    /** A revert that may begin, but for clients. */
    private record Admitted(LiveVolume volume, Catalog.VolumeEntry entry, Catalog.CopyEntry copy, String copyName) {}

    RevertProgress begin(String reference, boolean force) throws EngineException {
        changes.requireWritable();
        Admitted admitted = admit(reference);
        LiveVolume volume = admitted.volume;
        if (!force && volume.clients() > 0) {
            throw new EngineException(
                    Kind.REFUSED,
                    "volume " + volume.name() + " has " + volume.clients()
                            + " clients connected; what they know of it would be wrong. Disconnect them, or force it");
        }
        volume.cutOffClients();
        try {
            volume.revert().begin(admitted.entry, volume.origin(), admitted.copy);
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
        RevertProgress progress = volume.revert().progress(store.catalog());
        return progress == null ? new RevertProgress(volume.name(), admitted.copyName, 0, 0, 0, "") : progress;
    }

    RevertProgress plan(String reference) throws EngineException {
        Admitted admitted = admit(reference);
        LiveVolume volume = admitted.volume;
        try {
            RevertWork work = VolumeRevert.work(
                    store,
                    admitted.entry,
                    volume.origin(),
                    admitted.copy,
                    volume.gate().liveEpoch() + 1);
            return new RevertProgress(volume.name(), admitted.copyName, work.pieces(), 0, volume.clients(), "");
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
    }

    private Admitted admit(String reference) throws EngineException {
        CopyInfo info = copies.find(reference);
        VolumeInfo state = volumes.find(info.volume());
        LiveVolume volume = volumes.live(info.volume());
        if (volume == null || state.state() != VolumeInfo.State.ONLINE) {
            throw new EngineException(
                    Kind.WRONG_STATE, "volume " + info.volume() + " is " + state.state() + ": " + state.stateReason());
        }
        if (volume.revert().progress(store.catalog()) != null) {
            throw new EngineException(Kind.WRONG_STATE, "volume " + info.volume() + " is " + state.stateReason());
        }
        if (store.recovered().suspectCopies().contains(info.id())) {
            throw new EngineException(Kind.DAMAGED, "shadow copy " + info.exportName() + " is damaged");
        }
        if (info.suspect()) {
            throw new EngineException(
                    Kind.WRONG_STATE, "shadow copy " + info.exportName() + " cannot be read: " + info.whyUnreadable());
        }
        Catalog.VolumeEntry entry = store.catalog().volume(volume.number());
        Catalog.CopyEntry copy = entry == null ? null : entry.copy(info.id());
        if (entry == null || copy == null) {
            throw new EngineException(Kind.NOT_FOUND, "no shadow copy \"" + Names.shorten(reference) + "\"");
        }
        return new Admitted(volume, entry, copy, info.exportName());
    }

    /** Returns the reverts that are going on. */
    List<RevertProgress> list() {
        List<RevertProgress> list = new ArrayList<>();
        for (LiveVolume volume : volumes.live()) {
            RevertProgress progress = volume.revert().progress(store.catalog());
            if (progress != null) {
                list.add(progress);
            }
        }
        return list;
    }
}
