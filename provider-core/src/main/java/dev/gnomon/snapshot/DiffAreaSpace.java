/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Storage;
import dev.gnomon.io.Turn;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The space of the diff area as users see it, limit it and move it. What changes it runs under the engine's {@link Turn}. */
final class DiffAreaSpace {
    private final String directory;
    private final Store store;
    private final Storage storage;
    private final Volumes volumes;
    private final SpaceWatch watch;

    DiffAreaSpace(String directory, Store store, Storage storage, Volumes volumes, SpaceWatch watch) {
        this.directory = directory;
        this.store = store;
        this.storage = storage;
        this.volumes = volumes;
        this.watch = watch;
    }

    /** Returns how the space is used. */
    DiffAreaInfo info() {
        List<DiffAreaInfo.Share> shares = volumes.list().stream()
                .map(volume -> new DiffAreaInfo.Share(
                        volume.name(),
                        volume.copies(),
                        volume.preservedBytes(),
                        volume.unsettledBytes(),
                        VolumeProperties.diffLimitBytes(volume.properties())))
                .toList();
        return DiffAreaInfo.of(
                directory,
                store.diffArea().usage(),
                watch.outlook(),
                store.mover().status(),
                shares);
    }

    /** Sets how much all files may take, 0 for as much as there is. */
    DiffAreaInfo limit(long limitBytes) throws EngineException {
        try {
            store.diffArea().limit(limitBytes);
        } catch (IllegalArgumentException e) {
            throw new EngineException(Kind.REFUSED, String.valueOf(e.getMessage()), e);
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
        return info();
    }

    /** Begins to move the segments. */
    DiffAreaInfo move(Path to) throws EngineException {
        return moving(to, () -> {
            store.mover().begin(to);
            return info();
        });
    }

    /** Returns what that would do. */
    MovePlanInfo planMove(Path to) throws EngineException {
        return moving(to, () -> MovePlanInfo.of(store.mover().plan(to)));
    }

    private interface OfMove<T> {
        T get() throws StoreException, EngineException;
    }

    private <T> T moving(Path to, OfMove<T> what) throws EngineException {
        try {
            String refusal = ServedDevices.refusal(storage, store.catalog(), to);
            if (!refusal.isEmpty()) {
                throw new EngineException(Kind.REFUSED, refusal);
            }
            return what.get();
        } catch (IllegalArgumentException e) {
            throw new EngineException(Kind.REFUSED, String.valueOf(e.getMessage()), e);
        } catch (IllegalStateException e) {
            throw new EngineException(Kind.WRONG_STATE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new EngineException(Kind.FAILED, "looking at " + to + ": " + e.getMessage(), e);
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
    }
}
