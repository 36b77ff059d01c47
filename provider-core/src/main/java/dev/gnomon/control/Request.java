/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a client may ask for. The values were checked by {@link FieldRules} when they came over the socket. A name, path
 * or text that was not given is empty.
 */
public sealed interface Request {

    /**
     * Creates an origin and registers it as a volume. An empty path leaves the place to the service.
     *
     * @param allowSystemVolume even where VSS holds writes to in nearly every backup
     */
    record VolumeCreate(String name, String path, long sizeBytes, boolean sparse, boolean allowSystemVolume)
            implements Request {
        /** Creates one where it may be. */
        public VolumeCreate(String name, String path, long sizeBytes, boolean sparse) {
            this(name, path, sizeBytes, sparse, false);
        }
    }

    /**
     * Registers an existing file or block device as a volume.
     *
     * @param allowSystemVolume even where VSS holds writes to in nearly every backup
     */
    record VolumeAdd(String name, String path, boolean allowSystemVolume) implements Request {
        /** Registers one where it may be. */
        public VolumeAdd(String name, String path) {
            this(name, path, false);
        }
    }

    /** Lists the volumes. */
    record VolumeList() implements Request {}

    /** Shows one volume. */
    record VolumeShow(String name) implements Request {}

    /** Forgets a volume; its origin stays. */
    record VolumeRemove(String name) implements Request {}

    /** Lets a volume that failed a flush accept writes again. */
    record VolumeClear(String name) implements Request {}

    /** Gives a volume another size; {@code sparse} as for creating one. */
    record VolumeResize(String name, long sizeBytes, boolean sparse) implements Request {}

    /** Lets copies be read of a volume whose origin was changed while nobody served it. */
    record VolumeAcceptChanged(String name) implements Request {}

    /** Gives properties of a volume other values. */
    record VolumeSet(String name, Map<String, String> properties) implements Request {}

    /** Takes a snapshot set. */
    record SetCreate(List<String> volumes, String name, Map<String, String> attributes) implements Request {}

    /** Lists the snapshot sets. */
    record SetList() implements Request {}

    /** Shows one set. */
    record SetShow(String reference) implements Request {}

    /** Deletes a set with all its copies. */
    record SetDelete(String reference) implements Request {}

    /** Lists the shadow copies, those of one volume if it is named. */
    record CopyList(String volume) implements Request {}

    /** Shows one shadow copy. */
    record CopyShow(String reference) implements Request {}

    /** Deletes one shadow copy. */
    record CopyDelete(String reference) implements Request {}

    /**
     * Asks for a part of what changed between two copies of a volume, or since one.
     *
     * @param other empty for the live volume
     */
    record CopyDiff(String copy, String other, long offsetBytes) implements Request {}

    /** Recomputes the checksums of what a copy reads from the store, from an offset on. */
    record CopyVerify(String copy, long offsetBytes) implements Request {}

    /** Deletes one shadow copy and keeps a bookmark of it. */
    record CopyBookmark(String reference) implements Request {}

    /** Lists the bookmarks, those of one volume if it is named. */
    record BookmarkList(String volume) implements Request {}
    /** Keeps one shadow copy from being deleted; the reason may be empty. */
    record CopyHold(String reference, String reason) implements Request {}

    /** Lets one shadow copy be deleted again. */
    record CopyRelease(String reference) implements Request {}
    /** Asks how the space of the diff area is used. */
    record DiffAreaShow() implements Request {}

    /** Sets how much space the diff area may take; 0 for no limit. */
    record DiffAreaResize(long limitBytes) implements Request {}

    /** Begins to move the segments of the diff area to another directory, or only tells what that would do. */
    record DiffAreaMove(String path, boolean dryRun) implements Request {}

    /** Makes, seals or drops the overlay of a shadow copy. */
    record Overlay(String reference, OverlayStep step) implements Request {}

    /** What is done with an overlay. */
    enum OverlayStep {
        /** It is made, empty. */
        CREATE,
        /** Nothing is written to it any more, and the copy shows what it holds. */
        SEAL,
        /** It is discarded, and the copy shows its own content. */
        DROP
    }

    /** Reverts a volume to one of its copies, or only tells what that would do. */
    record CopyRevert(String reference, boolean force, boolean dryRun) implements Request {}

    /** Lists the reverts that are going on. */
    record RevertList() implements Request {}

    /** What is asked of scrubs. */
    enum ScrubStep {
        /** Begin one. */
        START,
        /** Tell of the last one. */
        STATUS,
        /** End the one that goes on. */
        STOP
    }

    /** Begins or ends a scrub, or tells of the last one. */
    record Scrub(ScrubStep step) implements Request {}

    /** Lists events with a sequence above one, and not before a time, as far as they are kept. */
    record EventList(long afterSequence, Instant since) implements Request {}

    /** What is asked of the VSS provider. */
    sealed interface Vss extends Request {}

    /** Has calls of VSS go wrong. */
    record FaultAdd(String call, String action, int times, String volume) implements Vss {}

    /** Lists the faults in force. */
    record FaultList() implements Vss {}

    /** Ends all faults. */
    record FaultClear() implements Vss {}

    /** Lists calls of VSS with a sequence above one, as far as they are kept. */
    record TraceList(long afterSequence) implements Vss {}

    /** Forgets the calls of VSS that are kept. */
    record TraceClear() implements Vss {}

    /** Asks what the service is and does. */
    record ServiceStatus() implements Request {}

    /** Asks for everything that the service counts and measures. */
    record ServiceStats() implements Request {}

    /** Lists the clients that have an export open. */
    record ServiceClients() implements Request {}

    /**
     * Stops the service; answered when everything is durable and released.
     *
     * @param force even while this machine uses volumes
     */
    record ServiceStop(boolean force) implements Request {
        /** Stops one that is not in use. */
        public ServiceStop() {
            this(false);
        }
    }
}
