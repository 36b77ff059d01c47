/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Scheduler;
import dev.gnomon.store.Catalog;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Opens the origins that a checkpoint names, and empties their cache, while the log behind it is still being read: to drop
 * gigabytes takes as long as that, and neither needs the other. Nothing depends on it; whoever serves an origin settles
 * it all the same ({@link VolumeOpener#settle}), with little left to drop.
 *
 * <p>Nothing is forced here: a failure that a force told of could be forgotten if the log turns out not to be readable.
 *
 * <p>{@link #begin} comes before all else; the others are for one task, and wait until what was begun is done.
 */
final class EarlyOrigins implements AutoCloseable {
    private final VolumeOpener opener;
    private final Scheduler scheduler;
    /** By path, for a volume may have been removed and added again since the checkpoint. */
    private final Map<String, Origin> origins = new ConcurrentSkipListMap<>();

    private Scheduler.@Nullable Task task;

    EarlyOrigins(VolumeOpener opener, Scheduler scheduler) {
        this.opener = opener;
        this.scheduler = scheduler;
    }

    /** Begins with the volumes of a catalog, on a task of its own; does not wait. */
    void begin(Catalog catalog) {
        if (!catalog.volumes().isEmpty()) {
            task = scheduler.start(
                    "gnomon-early-origins", () -> catalog.volumes().forEach(this::open));
        }
    }

    private void open(Catalog.VolumeEntry volume) {
        try {
            Origin origin = opener.open(Path.of(volume.origin()), volume.sizeBytes());
            origins.put(volume.origin(), origin);
            origin.dropCache();
        } catch (EngineException | IOException e) {
            // It may have been removed since the checkpoint; if not, whoever serves it comes upon the same, and tells.
        }
    }

    /** Closes what is no origin of that size in the catalog as the log has it: it would stay locked for others. */
    void keepOnly(Catalog catalog) {
        await();
        origins.forEach((path, origin) -> {
            boolean named = catalog.volumes().stream()
                    .anyMatch(volume -> volume.origin().equals(path) && volume.sizeBytes() == origin.sizeBytes());
            if (!named) {
                discard(path);
            }
        });
    }

    /** Returns the origin of a volume, locked and the caller's to settle and close; null if it is not here. */
    @Nullable
    Origin take(Catalog.VolumeEntry volume) {
        await();
        return origins.remove(volume.origin());
    }

    private void await() {
        Scheduler.Task begun = task;
        if (begun != null) {
            begun.join();
        }
    }

    private void discard(String path) {
        Origin closed = origins.remove(path);
        if (closed != null) {
            VolumeOpener.closeQuietly(closed);
        }
    }

    /** Closes what nobody took. */
    @Override
    public void close() {
        await();
        origins.keySet().forEach(this::discard);
    }
}
