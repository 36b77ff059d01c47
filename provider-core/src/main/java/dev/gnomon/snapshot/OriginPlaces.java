/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Storage;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an origin must not be: in the store, on another volume, or be the origin of one. A store or an origin on a volume that
 * Gnomon serves would wait for itself. Sees as far as {@link Storage#identity} and {@link Storage#foundations} do, and looks at
 * the store and at each origin once: for one question, or for all volumes when they are opened. Not thread-safe.
 */
final class OriginPlaces {
    private final Storage storage;
    private final Path storeDirectory;
    private final Map<String, String> idsOfOrigins = new HashMap<>();
    private @Nullable Set<String> idsOfStore;

    OriginPlaces(Storage storage, Path storeDirectory) {
        this.storage = storage;
        this.storeDirectory = storeDirectory;
    }

    /**
     * Refuses an origin in a place where it must not be.
     *
     * @param others the other volumes
     */
    void require(Path origin, Collection<Catalog.VolumeEntry> others) throws EngineException {
        try {
            boolean there = storage.exists(origin);
            Path parent = origin.getParent();
            Path place = there || parent == null ? origin : parent;
            if (!storage.exists(place)) {
                return; // Opening it says so.
            }
            requireOutsideStore(origin, place, there);
            Map<String, String> origins = ids(others);
            String id = there ? storage.identity(origin).id() : "";
            refuse(origin, "is the same file as the origin of volume", origins.get(id));
            for (String below : storage.foundations(place)) {
                if (!below.equals(id)) {
                    refuse(origin, "lies on the origin of volume", origins.get(below));
                }
            }
            requireStoreNotOn(origin, id);
        } catch (IOException e) {
            throw VolumeOpener.explain("finding out where it lies:", origin, e);
        }
    }

    private void requireOutsideStore(Path origin, Path place, boolean there) throws IOException, EngineException {
        Set<String> store = idsOfStore();
        Path parent = place.getParent();
        boolean inside = store.contains(storage.identity(place).id())
                || (there
                        && parent != null
                        && store.contains(storage.identity(parent).id()));
        if (inside) {
            throw new EngineException(
                    Kind.REFUSED, "origin " + origin + " lies in the store " + storeDirectory + ", under another name");
        }
    }

    private Set<String> idsOfStore() throws IOException {
        Set<String> known = idsOfStore;
        if (known != null) {
            return known;
        }
        Set<String> ids = new HashSet<>();
        ids.add(storage.identity(storeDirectory).id());
        for (String name : storage.list(storeDirectory)) {
            ids.add(idOfStoreFile(storeDirectory.resolve(name)));
        }
        ids.remove("");
        idsOfStore = ids;
        return ids;
    }

    /** Files of the store come and go meanwhile; one that is gone is no origin. */
    private String idOfStoreFile(Path file) throws IOException {
        try {
            return storage.identity(file).id();
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    private Map<String, String> ids(Collection<Catalog.VolumeEntry> volumes) throws IOException {
        Map<String, String> ids = new HashMap<>();
        for (Catalog.VolumeEntry volume : volumes) {
            String id = idsOfOrigins.get(volume.origin());
            if (id == null) {
                Path path = Path.of(volume.origin());
                id = storage.exists(path) ? storage.identity(path).id() : "";
                idsOfOrigins.put(volume.origin(), id);
            }
            if (!id.isEmpty()) {
                ids.put(id, volume.name());
            }
        }
        return ids;
    }

    private static void refuse(Path origin, String why, @Nullable String volume) throws EngineException {
        if (volume != null) {
            throw new EngineException(Kind.REFUSED, "origin " + origin + " " + why + " " + volume);
        }
    }

    private void requireStoreNotOn(Path origin, String id) throws IOException, EngineException {
        if (!id.isEmpty() && storage.foundations(storeDirectory).contains(id)) {
            throw new EngineException(
                    Kind.REFUSED, "the store " + storeDirectory + " lies on origin " + origin + " itself");
        }
    }
}
