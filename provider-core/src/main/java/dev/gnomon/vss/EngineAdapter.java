/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.DraftRequest;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The engine as the provider needs it. */
final class EngineAdapter implements VssEngine {
    private final Engine engine;

    EngineAdapter(Engine engine) {
        this.engine = engine;
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
