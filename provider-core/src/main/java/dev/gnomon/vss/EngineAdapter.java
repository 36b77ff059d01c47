/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.DraftRequest;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine as the provider needs it. */
final class EngineAdapter implements VssEngine {
    private final Engine engine;
    private final Scheduler scheduler;

    EngineAdapter(Engine engine, Scheduler scheduler) {
        this.engine = engine;
        this.scheduler = scheduler;
    }

    @Override
    public SetDraft draft(DraftRequest request) throws EngineException {
        return engine.draftSet(request);
    }

    @Override
    public List<CopyInfo> copies() {
        return engine.copies();
    }

    @Override
    public @Nullable CopyInfo copy(UUID id) {
        try {
            return engine.copy(id.toString());
        } catch (EngineException notFound) {
            return null;
        }
    }

    @Override
    public void deleteSet(UUID set) throws EngineException {
        try {
            engine.deleteSet(set.toString());
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public void deleteCopy(UUID copy) throws EngineException {
        engine.deleteCopy(copy.toString());
    }

    @Override
    public void changeAttributes(UUID set, Map<String, String> changes) throws EngineException {
        engine.changeAttributes(set.toString(), changes);
    }

    @Override
    public void createOverlay(UUID copy) throws EngineException {
        engine.createOverlay(copy.toString());
    }

    @Override
    public void sealOverlay(UUID copy) throws EngineException {
        engine.sealOverlay(copy.toString());
    }

    @Override
    public void dropOverlay(UUID copy) throws EngineException {
        engine.dropOverlay(copy.toString());
    }

    @Override
    public CopyReader reader(UUID copy) throws EngineException {
        CopyReader reader = engine.copyReader(copy);
        if (reader == null) {
            throw new EngineException(EngineException.Kind.WRONG_STATE, "shadow copy " + copy + " cannot be read");
        }
        return reader;
    }

    @Override
    public void writeOverlay(UUID copy, List<DiskIdentity.Patch> patches) throws EngineException {
        Overlay overlay = engine.overlay(copy);
        if (overlay == null || !overlay.connect()) {
            throw new EngineException(
                    EngineException.Kind.WRONG_STATE, "the overlay of shadow copy " + copy + " is not open");
        }
        try {
            for (DiskIdentity.Patch patch : patches) {
                await(
                        copy,
                        done -> overlay.write(patch.offsetBytes(), patch.bytes().duplicate(), false, done));
            }
            await(copy, overlay::flush);
        } finally {
            overlay.disconnect();
        }
    }

    private void await(UUID copy, Consumer<Completion> request) throws EngineException {
        Mutex mutex = scheduler.newMutex();
        Mutex.Condition ended = mutex.newCondition();
        AtomicReference<@Nullable IoStatus> outcome = new AtomicReference<>();
        request.accept(status -> {
            mutex.lock();
            try {
                outcome.set(status);
                ended.signalAll();
            } finally {
                mutex.unlock();
            }
        });
        mutex.lock();
        try {
            while (outcome.get() == null) {
                ended.await();
            }
        } finally {
            mutex.unlock();
        }
        IoStatus status = outcome.get();
        if (status != IoStatus.OK) {
            throw new EngineException(
                    status == IoStatus.NO_SPACE ? EngineException.Kind.DIFF_AREA_FULL : EngineException.Kind.FAILED,
                    "writing to the overlay of shadow copy " + copy + " ended with " + status);
        }
    }

    @Override
    public @Nullable VolumeInfo volume(String name) {
        try {
            return engine.volume(name);
        } catch (EngineException notFound) {
            return null;
        }
    }

    @Override
    public List<VolumeInfo> volumes() {
        return engine.volumes();
    }

    @Override
    public List<RevertProgress> reverts() {
        return engine.reverts();
    }

    @Override
    public void revert(UUID copy, boolean cutOffClients) throws EngineException {
        engine.revert(copy.toString(), cutOffClients);
    }
}
