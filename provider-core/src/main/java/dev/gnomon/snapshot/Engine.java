/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.nio.file.Path;
import java.util.List;

/**
 * The engine as the service sees it: volumes, snapshot sets and shadow copies of one store. Thread-safe.
 *
 * <p>Every method that changes something returns only when the change would survive a power cut, or throws and has
 * changed nothing.
 *
 * <p>A copy is referred to as {@code VOLUME@COPY}, COPY being its name or id, or by its id alone; a set by its name or
 * id.
 */
public interface Engine extends AutoCloseable {
    /**
     * Creates an origin file and registers it.
     *
     * @param origin absolute; must not exist
     * @param sizeBytes a multiple of 512 from 1 MiB to 64 TiB
     */
    VolumeInfo createVolume(String name, Path origin, long sizeBytes, Allocation allocation) throws EngineException;

    /** Registers an existing raw file or block device; its content becomes the volume's, untouched. */
    VolumeInfo addVolume(String name, Path origin) throws EngineException;

    /** Forgets a volume without shadow copies and without clients; its origin stays as it is, forced. */
    void removeVolume(String name) throws EngineException;

    /** Lets a volume that failed a flush accept writes again: the operator has been told of the loss. */
    VolumeInfo clearFailure(String name) throws EngineException;

    /** Returns all volumes, sorted by name. */
    List<VolumeInfo> volumes();

    /** Returns one volume. */
    VolumeInfo volume(String name) throws EngineException;

    /** Takes one shadow copy of each named volume, all at one instant: all of them or none, whatever happens. */
    SetCreated createSet(SetRequest request) throws EngineException;

    /** Returns all sets, oldest first. */
    List<SetInfo> sets();

    /** Returns one set. */
    SetInfo set(String nameOrId) throws EngineException;

    /** Deletes all copies of a set, in one step. */
    SetInfo deleteSet(String nameOrId) throws EngineException;

    /** Returns all shadow copies, oldest first. */
    List<CopyInfo> copies();

    /** Returns one shadow copy. */
    CopyInfo copy(String reference) throws EngineException;

    /** Returns all bookmarks, oldest first: what is left of copies that were deleted but for what changed since. */
    List<CopyInfo> bookmarks();

    /** Deletes one shadow copy and keeps a bookmark of it, which can be compared with, and deleted, as a copy can. */
    CopyInfo bookmarkCopy(String reference) throws EngineException;

    /** Deletes one shadow copy or bookmark. */
    CopyInfo deleteCopy(String reference) throws EngineException;

    /**
     * Returns a part of what changed between two copies, or since one; see {@link CopyDiff}.
     *
     * @throws EngineException of kind NOT_FOUND also if a copy is deleted meanwhile
     */
    DiffPage diff(DiffRequest request) throws EngineException;

    /** Recomputes the checksums of what a copy reads from the store, from an offset on; see {@link VerifyPage}. */
    VerifyPage verify(String copy, long offsetBytes) throws EngineException;

    /** Returns counters and sizes. */
    EngineStats stats();

    /** Stops taking requests, finishes what is in flight, makes everything durable and releases the locks. */
    @Override
    void close();

    /** How the space of a new origin is obtained. */
    enum Allocation {
        /** Reserved at once. */
        ALLOCATED,
        /** A sparse file: space is taken by the first write. */
        SPARSE
    }
}
