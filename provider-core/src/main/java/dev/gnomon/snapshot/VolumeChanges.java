/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Turn;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an administrator does to volumes: makes and adds them, removes them, gives them properties, and clears what was noted of
 * them. Each change is durable when it returns, and runs under the engine's {@link Turn}.
 */
final class VolumeChanges {
    private final Path storeDirectory;
    private final Store store;
    private final CatalogChanges changes;
    private final Volumes volumes;
    private final VolumeOpener opener;
    private final RandomSource random;

    VolumeChanges(
            Path storeDirectory,
            Store store,
            CatalogChanges changes,
            Volumes volumes,
            VolumeOpener opener,
            RandomSource random) {
        this.storeDirectory = storeDirectory;
        this.store = store;
        this.changes = changes;
        this.volumes = volumes;
        this.opener = opener;
        this.random = random;
    }

    VolumeInfo create(String name, Path origin, long sizeBytes, Engine.Allocation allocation) throws EngineException {
        Names.requireSize(sizeBytes);
        requireNew(name, origin);
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
    }

    VolumeInfo add(String name, Path origin) throws EngineException {
        requireNew(name, origin);
        return register(name, origin);
    }

    private void requireNew(String name, Path origin) throws EngineException {
        changes.requireWritable();
        Names.require("volume name", name);
        if (!origin.isAbsolute() || !origin.equals(origin.normalize())) {
            throw new EngineException(Kind.INVALID, "origin " + origin + ": expected an absolute path without . or ..");
        }
        if (origin.startsWith(storeDirectory)) {
            throw new EngineException(Kind.REFUSED, "origin " + origin + " lies in the store " + storeDirectory);
        }
        Collection<Catalog.VolumeEntry> others = store.catalog().volumes();
        if (others.size() >= Names.MAX_VOLUMES) {
            throw new EngineException(
                    Kind.REFUSED, "there are " + others.size() + " volumes: at most " + Names.MAX_VOLUMES);
        }
        for (Catalog.VolumeEntry other : others) {
            if (other.name().equals(name)) {
                throw new EngineException(Kind.WRONG_STATE, "volume " + name + " exists already");
            }
            if (other.origin().equals(origin.toString())) {
                throw new EngineException(
                        Kind.WRONG_STATE, "origin " + origin + " is that of volume " + other.name() + " already");
            }
        }
        opener.places(storeDirectory).require(origin, others);
    }

    private VolumeInfo register(String name, Path path) throws EngineException {
        Origin origin = opener.open(path, 0);
        boolean done = false;
        try {
            settle(origin, path);
            int number = store.catalog().nextVolumeNumber();
            changes.make(new CatalogEntry.VolumeAdded(
                    number, random.nextUuid(), name, path.toString(), origin.sizeBytes(), 1));
            volumes.serve(volumes.entry(name), origin);
            done = true;
            return volumes.find(name);
        } finally {
            if (!done) {
                VolumeOpener.closeQuietly(origin);
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

    void remove(String name) throws EngineException {
        Catalog.VolumeEntry entry = volumes.entry(name);
        changes.requireWritable();
        if (!entry.copies().isEmpty()) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "volume " + name + " has " + entry.copies().size() + " shadow copies; delete them first");
        }
        LiveVolume served = volumes.served(entry);
        if (served != null && served.clients() > 0) {
            throw new EngineException(
                    Kind.REFUSED, "volume " + name + " has " + served.clients() + " clients connected");
        }
        if (served != null) {
            served.close();
        }
        long unsettled = store.stagedBytes(entry.number());
        if (unsettled > 0) {
            if (served != null) {
                volumes.bringOnline(entry, served.ownFailure());
            }
            throw Volumes.unsettled(entry, unsettled);
        }
        volumes.takeOffline(entry, "being removed");
        try {
            changes.make(new CatalogEntry.VolumeRemoved(entry.number()));
            volumes.forget(entry);
        } catch (EngineException e) {
            volumes.bringOnline(volumes.entry(name), served == null ? "" : served.failure());
            throw e;
        }
    }

    VolumeInfo clearFailure(String name) throws EngineException {
        Catalog.VolumeEntry entry = volumes.entry(name);
        LiveVolume served = volumes.served(entry);
        if (served == null) {
            throw new EngineException(
                    Kind.WRONG_STATE, "volume " + name + " is offline: " + volumes.offlineReason(entry));
        }
        if (!store.failure().isEmpty()) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "the store has failed (" + store.failure() + "); restart the service first, then clear");
        }
        changes.requireWritable();
        try {
            if (!served.failure().isEmpty()) {
                served.clearFailure();
            }
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        } catch (IOException e) {
            throw new EngineException(Kind.FAILED, "volume " + name + " still cannot be forced: " + e.getMessage(), e);
        }
        return volumes.find(name);
    }

    /** Gives properties other values, each durably; all are looked at before any is changed. */
    VolumeInfo set(String name, Map<String, String> properties) throws EngineException {
        Catalog.VolumeEntry entry = volumes.entry(name);
        changes.requireWritable();
        for (Map.Entry<String, String> property : properties.entrySet()) {
            VolumeProperties.require(property.getKey(), property.getValue());
        }
        for (Map.Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
            changes.make(new CatalogEntry.VolumeProperty(entry.number(), property.getKey(), property.getValue()));
        }
        LiveVolume served = volumes.served(entry);
        if (served != null) {
            served.writeThrough(
                    VolumeProperties.writeThrough(volumes.entry(name).properties()));
        }
        return volumes.find(name);
    }
}
