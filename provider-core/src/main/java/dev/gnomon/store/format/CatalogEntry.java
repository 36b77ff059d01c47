/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An entry of a batch that changes the catalog. Values as they are on disk; {@link CatalogCodec} has the layouts. */
public sealed interface CatalogEntry {
    /**
     * A volume is registered.
     *
     * @param number names the volume in other entries; 1 or more, never given twice
     * @param firstEpoch its live epoch then
     */
    record VolumeAdded(int number, UUID id, String name, String origin, long sizeBytes, long firstEpoch)
            implements CatalogEntry {}

    /** A volume is forgotten. */
    record VolumeRemoved(int number) implements CatalogEntry {}

    /** A snapshot set exists, whole. */
    record SetCreated(
            UUID id, long createdAtMillis, String name, Map<String, String> attributes, List<CopyCreated> copies)
            implements CatalogEntry {}

    /**
     * One copy of a set.
     *
     * @param epoch the one that its cut closed
     */
    record CopyCreated(UUID id, int volume, long epoch, long sizeBytes) {}

    /**
     * Attributes of a snapshot set have other values from now on, all at once.
     *
     * @param changes by key; an empty value takes the attribute away
     */
    record SetAttributes(UUID set, Map<String, String> changes) implements CatalogEntry {}

    /** Shadow copies are deleted. */
    record CopiesDeleted(List<UUID> ids) implements CatalogEntry {}

    /** Shadow copies can be read no more; that they were, and what changed since, stays known. */
    record CopiesBookmarked(List<UUID> ids) implements CatalogEntry {}

    /** A flush of the volume failed; it refuses writes until cleared. */
    record VolumeFailed(int number, String reason) implements CatalogEntry {}

    /** An operator was told of the failure and lets the volume go on. */
    record VolumeCleared(int number) implements CatalogEntry {}

    /**
     * A copy may not be deleted any more, or may be again.
     *
     * @param reason why it is held, for people; empty if nobody said, or if it is released
     */
    record CopyHeld(UUID copy, boolean held, String reason) implements CatalogEntry {}

    /** A property of a volume has a value from now on; an empty value takes it away. */
    record VolumeProperty(int number, String key, String value) implements CatalogEntry {}

    /**
     * How much space the diff area may take.
     *
     * @param limitBytes of all files of the store together; 0: what the file system gives
     */
    record DiffAreaSet(long limitBytes) implements CatalogEntry {}

    /**
     * A shadow copy has an overlay, whose file is there and durable.
     *
     * @param number of its file; given again only when no entry names it any more
     */
    record OverlayCreated(UUID copy, long number) implements CatalogEntry {}

    /**
     * The overlay of a shadow copy is in another state.
     *
     * @param sealedThrough last sequence in its file when it was sealed, else 0
     * @param reason why it failed, else empty
     */
    record OverlayChanged(UUID copy, OverlayChange change, long sealedThrough, String reason) implements CatalogEntry {}

    /** What becomes of an overlay. */
    enum OverlayChange {
        /** Nothing is written to it any more; the copy shows what it holds. */
        SEALED(1),
        /** What it held is gone, the copy shows its own content again. */
        DROPPED(2),
        /** A write or force of its file failed; it refuses both until it is dropped. */
        FAILED(3);

        private final int number;

        OverlayChange(int number) {
            this.number = number;
        }

        /** Returns the number that stands for it on disk. */
        int number() {
            return number;
        }

        /** Returns what a number on disk stands for. */
        static OverlayChange of(int number) {
            for (OverlayChange each : values()) {
                if (each.number == number) {
                    return each;
                }
            }
            throw new IllegalArgumentException("change of an overlay: expected 1 to 3, got " + number);
        }
    }
    /**
     * A volume goes back to one of its copies: from now on it reads as that copy, but for what is written to it.
     *
     * @param epoch the volume's live epoch then; that of no write before
     */
    record RevertStarted(int number, UUID copy, long epoch) implements CatalogEntry {}

    /** All of the copy's content is in the volume's origin, or has been written over. */
    record RevertDone(int number) implements CatalogEntry {}

    /**
     * A volume has another size from now on.
     *
     * @param largestBytes the largest size that it ever had: records of it may name pieces up to there
     */
    record VolumeResized(int number, long sizeBytes, long largestBytes) implements CatalogEntry {}

    /**
     * How the origin of a volume was left by a clean stop, or found at a start.
     *
     * @param print of the origin as a clean stop left it, or {@link OriginPrint#NONE}
     * @param suspectThrough highest epoch of copies that a change makes suspect; 0 if it was not changed
     * @param reason what was changed, for people
     */
    record OriginNoted(int number, OriginState state, OriginPrint print, long suspectThrough, String reason)
            implements CatalogEntry {}

    /** What is noted of an origin. */
    enum OriginState {
        /** It is served, so what was noted of it at a stop does not count any more. */
        SERVED(0),
        /** A clean stop left it so. */
        LEFT(1),
        /** Somebody changed it after a clean stop. */
        CHANGED(2),
        /** An operator accepts the change. */
        ACCEPTED(3);

        final int number;

        OriginState(int number) {
            this.number = number;
        }
    }

    /**
     * What an origin is known by.
     *
     * @param sizeBytes of the file or device
     * @param changedNanos when it was changed last, 0 if that is not known
     * @param fileId which file it is, empty if that is not known
     * @param hash of its first and its last MiB, hexadecimal
     */
    record OriginPrint(long sizeBytes, long changedNanos, String fileId, String hash) {
        /** Nothing is noted. */
        public static final OriginPrint NONE = new OriginPrint(0, 0, "", "");
    }
}
