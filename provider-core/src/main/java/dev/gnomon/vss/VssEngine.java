/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.DraftRequest;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the provider needs of the engine; tests put a smaller one in its place. Thread-safe. Methods
 * without a word on them are those of {@link dev.gnomon.snapshot.Engine}.
 */
interface VssEngine {
    SetDraft draft(DraftRequest request) throws EngineException;

    /** Returns all copies, VSS's and others. */
    List<CopyInfo> copies();

    /** Returns the copy of that id, or null. */
    @Nullable
    CopyInfo copy(UUID id);

    /** Deletes all copies of a set, in one step; nothing happens if there is no such set. */
    void deleteSet(UUID set) throws EngineException;

    void deleteCopy(UUID copy) throws EngineException;

    void changeAttributes(UUID set, Map<String, String> changes) throws EngineException;

    void createOverlay(UUID copy) throws EngineException;

    void sealOverlay(UUID copy) throws EngineException;

    void dropOverlay(UUID copy) throws EngineException;

    /** Returns what readers of a copy see. */
    CopyReader reader(UUID copy) throws EngineException;

    /** Writes to an overlay that is open, and returns when that is durable; after a failure any part may be written. */
    void writeOverlay(UUID copy, List<DiskIdentity.Patch> patches) throws EngineException;

    /** Returns the volume of that name, or null. */
    @Nullable
    VolumeInfo volume(String name);

    List<VolumeInfo> volumes();

    List<RevertProgress> reverts();

    void revert(UUID copy, boolean cutOffClients) throws EngineException;
}
