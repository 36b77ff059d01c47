/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    /**
     * Gives a volume another size. It grows while it is served, and what is added reads as zeros; clients that are connected
     * keep the old size until they connect again. It shrinks only without shadow copies, bookmarks and clients, and what was
     * behind the new end is gone. Shadow copies keep the size of their cut. Not while it is being reverted.
     *
     * @param sizeBytes as for {@link #createVolume}; of a block device at most what the device has
     * @param allocation how the space that is added is obtained
     */
    VolumeInfo resizeVolume(String name, long sizeBytes, Allocation allocation) throws EngineException;

    /**
     * Lets the shadow copies of a volume be read again whose origin was changed while nobody served it. Nothing happens if it
     * was not.
     */
    VolumeInfo acceptChanged(String name) throws EngineException;

    /**
     * Gives properties of a volume other values: {@code when-full} ({@link WhenFull#word}), {@code hold-seconds} (1 to
     * 3600), {@code write-through} ({@code on}: a first overwrite is acknowledged only when what it overwrites is durably
     * preserved and its bytes are in the origin; or {@code off}). An empty value is the usual one.
     */
    VolumeInfo setProperties(String name, Map<String, String> properties) throws EngineException;

    /** Returns all volumes, sorted by name. */
    List<VolumeInfo> volumes();

    /** Returns one volume. */
    VolumeInfo volume(String name) throws EngineException;

    /** Takes one shadow copy of each named volume, all at one instant: all of them or none, whatever happens. */
    SetCreated createSet(SetRequest request) throws EngineException;

    /**
     * Begins a set that is made step by step; nothing happens before its first step.
     *
     * @throws EngineException of kind WRONG_STATE if one of the ids is taken, REFUSED if too many drafts are about
     */
    SetDraft draftSet(DraftRequest request) throws EngineException;

    /**
     * Gives attributes of a set that begin with {@link SetAttributes#RESERVED} other values, all at once.
     *
     * @param changes by key; an empty value takes the attribute away
     * @throws EngineException of kind INVALID if its attributes together would be too long
     */
    SetInfo changeAttributes(String set, Map<String, String> changes) throws EngineException;

    /** Returns all sets, oldest first. */
    List<SetInfo> sets();

    /** Returns one set. */
    SetInfo set(String nameOrId) throws EngineException;

    /** Deletes all copies of a set, in one step; none if one of them is held. */
    SetInfo deleteSet(String nameOrId) throws EngineException;

    /** Returns all shadow copies, oldest first. */
    List<CopyInfo> copies();

    /** Returns one shadow copy. */
    CopyInfo copy(String reference) throws EngineException;

    /** Returns all bookmarks, oldest first: what is left of copies that were deleted but for what changed since. */
    List<CopyInfo> bookmarks();

    /** Deletes one shadow copy and keeps a bookmark of it, which can be compared with, and deleted, as a copy can. */
    CopyInfo bookmarkCopy(String reference) throws EngineException;

    /**
     * Returns a part of what changed between two copies, or since one; see {@link CopyDiff}.
     *
     * @throws EngineException of kind NOT_FOUND also if a copy is deleted meanwhile
     */
    DiffPage diff(DiffRequest request) throws EngineException;

    /** Recomputes the checksums of what a copy reads from the store, from an offset on; see {@link VerifyPage}. */
    VerifyPage verify(String copy, long offsetBytes) throws EngineException;
    /** Deletes one shadow copy, unless it is held, or one bookmark. */
    CopyInfo deleteCopy(String reference) throws EngineException;

    /**
     * Holds one shadow copy: neither it nor a set with it is deleted, and no policy drops it. Again with another reason
     * replaces the reason.
     *
     * @param reason for people, up to 1,024 characters; may be empty
     */
    CopyInfo holdCopy(String reference, String reason) throws EngineException;

    /** Ends the hold of a shadow copy; nothing happens if it is not held. */
    CopyInfo releaseCopy(String reference) throws EngineException;
    /** Returns how the space of the diff area is used. */
    DiffAreaInfo diffArea();

    /**
     * Sets how much space the diff area may take, while it is in use.
     *
     * @param limitBytes of all its files together, 0 for no limit; less than they take now keeps them from growing
     * @throws EngineException of kind REFUSED if it is less than the diff area needs to work at all
     */
    DiffAreaInfo resizeDiffArea(long limitBytes) throws EngineException;

    /**
     * Begins to move the diff area's segments to another directory, while they are in use; to where they come from means
     * back. It goes on in the background, and after a crash.
     *
     * @param directory an absolute path, new or empty
     * @throws EngineException of kind REFUSED if they cannot go there, of kind WRONG_STATE if they are on their way elsewhere
     */
    DiffAreaInfo moveDiffArea(Path directory) throws EngineException;

    /** Returns what {@link #moveDiffArea} would do now, and refuses what that refuses but for want of space; changes nothing. */
    MovePlanInfo planMove(Path directory) throws EngineException;

    /** Gives a shadow copy an overlay: an export that can be written to, while the copy shows its own content. */
    CopyInfo createOverlay(String copy) throws EngineException;

    /** Ends the writing to an overlay that nobody is connected to; from now on the copy shows what it holds. */
    CopyInfo sealOverlay(String copy) throws EngineException;

    /** Discards an overlay that nobody is connected to for writing; the copy shows its own content again. */
    CopyInfo dropOverlay(String copy) throws EngineException;

    /** Returns what readers of a copy see, or null if it cannot be read or there is none. */
    @Nullable
    CopyReader copyReader(UUID copy);

    /** Returns the overlay of a copy for those that write to it, or null if it has none that is open. */
    @Nullable
    Overlay overlay(UUID copy);

    /**
     * Begins to revert a volume to one of its copies; it reads as the copy when this returns, durably so, and becomes it in
     * the background. Refused while it is being reverted already, or has clients.
     *
     * @param force cut clients off instead of refusing
     */
    RevertProgress revert(String reference, boolean force) throws EngineException;

    /** Returns what a revert to a copy would have to do, and changes nothing. */
    RevertProgress planRevert(String reference) throws EngineException;

    /** Returns the reverts that are going on. */
    List<RevertProgress> reverts();

    /**
     * Begins a scrub: in the background, everything that copies and volumes need of the store is compared with its
     * checksums. It goes on after a restart.
     *
     * @throws EngineException of kind WRONG_STATE if one is going on
     */
    ScrubInfo startScrub() throws EngineException;

    /** Ends the scrub that is going on; of kind WRONG_STATE if none is. */
    ScrubInfo stopScrub() throws EngineException;

    /** Returns how far the last scrub has come, and what it found. */
    ScrubInfo scrub();

    /** Returns counters and sizes. */
    EngineStats stats();

    /**
     * Goes on to serve as if the power could fail at any moment: no write is acknowledged from now on unless it would survive
     * that, and what was acknowledged before does when this returns. For the end of the system; only closing ends it. Waits as
     * long as devices take, and for no administrative operation.
     *
     * @return names of volumes, and of overlays as exports, that could not be made durable; empty if all is well
     */
    List<String> serveDurably();

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
