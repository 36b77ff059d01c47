/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.OriginNoted;
import dev.gnomon.store.format.CatalogEntry.OriginPrint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of volumes, sets and shadow copies: the fold of all catalog entries of the log. Immutable; a
 * change makes the next one.
 *
 * <p><b>Invariants:</b> a copy belongs to one set and one volume, both present; the copies of a volume rise in epoch; no
 * volume number is given twice, not even after a removal; a set has at least one copy or bookmark; the copy that a volume is
 * being reverted to is there.
 */
public final class Catalog {
    /** The catalog of an empty log. */
    public static final Catalog EMPTY = new Catalog(new TreeMap<>(), new LinkedHashMap<>(), 0, CatalogMarks.NONE);

    private final SortedMap<Integer, VolumeEntry> volumes;
    private final Map<UUID, SetEntry> sets;
    private final int highestVolumeNumber;
    private final CatalogMarks marks;

    private Catalog(
            SortedMap<Integer, VolumeEntry> volumes,
            Map<UUID, SetEntry> sets,
            int highestVolumeNumber,
            CatalogMarks marks) {
        this.volumes = volumes;
        this.sets = sets;
        this.highestVolumeNumber = highestVolumeNumber;
        this.marks = marks;
    }

    /** Returns the catalog with other volumes and sets, and the same marks. */
    Catalog with(SortedMap<Integer, VolumeEntry> nextVolumes, Map<UUID, SetEntry> nextSets, int highestNumber) {
        return new Catalog(nextVolumes, nextSets, highestNumber, marks);
    }

    /**
     * A volume.
     *
     * @param highestEpoch that any entry of the catalog ever named for it
     * @param failure why it refuses writes, empty if it does not
     * @param copies in order of epoch
     * @param properties by their keys, none with an empty value
     * @param revert that is not done yet, or {@link Revert#NONE}
     * @param bookmarks copies that were, in order of epoch: they cannot be read, but be asked what changed since
     */
    public record VolumeEntry(
            int number,
            UUID id,
            String name,
            String origin,
            long sizeBytes,
            long highestEpoch,
            String failure,
            List<CopyEntry> copies,
            Map<String, String> properties,
            Revert revert,
            List<CopyEntry> bookmarks) {
        /** A volume without properties that is not being reverted. */
        public VolumeEntry(
                int number,
                UUID id,
                String name,
                String origin,
                long sizeBytes,
                long highestEpoch,
                String failure,
                List<CopyEntry> copies) {
            this(number, id, name, origin, sizeBytes, highestEpoch, failure, copies, Map.of(), Revert.NONE, List.of());
        }

        /** Returns the entry as it is when the volume refuses writes for a reason, empty for none. */
        public VolumeEntry failed(String reason) {
            return with(0, reason, copies);
        }

        /** Returns the entry as it is with another size. */
        VolumeEntry resized(long newSizeBytes) {
            return new VolumeEntry(
                    number,
                    id,
                    name,
                    origin,
                    newSizeBytes,
                    highestEpoch,
                    failure,
                    copies,
                    properties,
                    revert,
                    bookmarks);
        }

        VolumeEntry with(long epoch, String newFailure, List<CopyEntry> newCopies) {
            long highest = Math.max(highestEpoch, epoch);
            return new VolumeEntry(
                    number, id, name, origin, sizeBytes, highest, newFailure, newCopies, properties, revert, bookmarks);
        }

        VolumeEntry with(Revert newRevert) {
            long highest = Math.max(highestEpoch, newRevert.epoch());
            return new VolumeEntry(
                    number, id, name, origin, sizeBytes, highest, failure, copies, properties, newRevert, bookmarks);
        }

        VolumeEntry with(String key, String value) {
            Map<String, String> next = new TreeMap<>(properties);
            if (value.isEmpty()) {
                next.remove(key);
            } else {
                next.put(key, value);
            }
            return new VolumeEntry(
                    number,
                    id,
                    name,
                    origin,
                    sizeBytes,
                    highestEpoch,
                    failure,
                    copies,
                    Map.copyOf(next),
                    revert,
                    bookmarks);
        }

        VolumeEntry with(List<CopyEntry> newCopies, List<CopyEntry> newBookmarks) {
            return new VolumeEntry(
                    number,
                    id,
                    name,
                    origin,
                    sizeBytes,
                    highestEpoch,
                    failure,
                    List.copyOf(newCopies),
                    properties,
                    revert,
                    List.copyOf(newBookmarks));
        }

        /** Returns the copy of that id, or null. */
        public @Nullable CopyEntry copy(UUID copyId) {
            for (CopyEntry copy : copies) {
                if (copy.id().equals(copyId)) {
                    return copy;
                }
            }
            return null;
        }
    }

    /**
     * A revert that is not done.
     *
     * @param epoch the first of the revert, 0 if there is none: what a write of it or a later one finds is the copy
     */
    public record Revert(UUID copy, long epoch) {
        /** No revert. */
        public static final Revert NONE = new Revert(new UUID(0, 0), 0);

        /** Returns whether there is one. */
        public boolean running() {
            return epoch > 0;
        }
    }

    /** A shadow copy. */
    public record CopyEntry(UUID id, UUID set, int volume, long epoch, long sizeBytes) {}

    /**
     * The overlay of a shadow copy.
     *
     * @param number of its file
     * @param sealedThrough last sequence in its file, if it is sealed
     * @param failure why it refuses writes, empty if it does not
     */
    public record OverlayEntry(UUID copy, long number, boolean isSealed, long sealedThrough, String failure) {}

    /** A snapshot set; its copies are with the volumes. */
    public record SetEntry(UUID id, long createdAtMillis, String name, Map<String, String> attributes, int copies) {}

    /** Returns the volumes in order of their numbers. */
    public Collection<VolumeEntry> volumes() {
        return volumes.values();
    }

    /** Returns the volume of that number, or null. */
    public @Nullable VolumeEntry volume(int number) {
        return volumes.get(number);
    }

    /** Returns the sets, oldest first. */
    public Collection<SetEntry> sets() {
        return sets.values();
    }

    SortedMap<Integer, VolumeEntry> volumesByNumber() {
        return volumes;
    }

    Map<UUID, SetEntry> setsById() {
        return sets;
    }

    /** Returns the set of that id, or null. */
    public @Nullable SetEntry set(UUID id) {
        return sets.get(id);
    }

    /** Returns all copies of all volumes. */
    public List<CopyEntry> copies() {
        List<CopyEntry> all = new ArrayList<>();
        volumes.values().forEach(volume -> all.addAll(volume.copies()));
        return all;
    }

    /** Returns all bookmarks of all volumes. */
    public List<CopyEntry> bookmarks() {
        List<CopyEntry> all = new ArrayList<>();
        volumes.values().forEach(volume -> all.addAll(volume.bookmarks()));
        return all;
    }

    /** Returns whether a copy may not be deleted or dropped. */
    public boolean isHeld(UUID copy) {
        return marks.holds().containsKey(copy);
    }

    /** Returns why a copy is held; empty if it is not, or if nobody said. */
    public String holdReason(UUID copy) {
        return marks.holds().getOrDefault(copy, "");
    }

    /** Returns the overlays of all copies. */
    public Collection<OverlayEntry> overlays() {
        return marks.overlays().all();
    }

    /** Returns the overlay of that copy, or null. */
    public @Nullable OverlayEntry overlay(UUID copy) {
        return marks.overlays().of(copy);
    }

    /** Returns what the origin of a volume was left like by a clean stop, null if it was served since. */
    public @Nullable OriginPrint leftOrigin(int volume) {
        OriginNoted noted = marks.left().get(volume);
        return noted == null ? null : noted.print();
    }

    /** Returns of how many volumes a clean stop noted how their origins were left. */
    public int leftOrigins() {
        return marks.left().size();
    }

    /** Returns what was changed in the origin of a volume while nobody served it, empty if nothing, or if it is accepted. */
    public String originChange(int volume) {
        OriginNoted noted = marks.changed().get(volume);
        return noted == null ? "" : noted.reason();
    }

    /** Returns whether the origin was changed behind a copy's back, so that the copy may show what was never there. */
    public boolean isSuspect(CopyEntry copy) {
        OriginNoted noted = marks.changed().get(copy.volume());
        return noted != null && copy.epoch() <= noted.suspectThrough();
    }

    /** Returns the largest size that a volume ever had: records of it may name pieces up to there. */
    public long largestBytes(VolumeEntry volume) {
        return Math.max(volume.sizeBytes(), marks.largestBytes().getOrDefault(volume.number(), 0L));
    }

    /** Returns entries that, folded in order, make this catalog but for its epochs; see {@link #restored}. */
    public List<CatalogEntry> entries() {
        return new CatalogEntries(this).all();
    }

    CatalogMarks marks() {
        return marks;
    }

    /**
     * Returns the catalog of a checkpoint.
     *
     * @param highestVolume the highest number that any volume ever had
     * @param highestEpochs that entries named, by number of the volume: none is given again, of a deleted copy neither
     * @throws IllegalArgumentException if the entries contradict each other
     */
    public static Catalog restored(List<CatalogEntry> entries, int highestVolume, Map<Integer, Long> highestEpochs) {
        Catalog catalog = EMPTY;
        for (CatalogEntry entry : entries) {
            catalog = catalog.apply(entry);
        }
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(catalog.volumes);
        next.replaceAll((number, volume) ->
                volume.with(highestEpochs.getOrDefault(number, 0L), volume.failure(), volume.copies()));
        return new Catalog(next, catalog.sets, Math.max(highestVolume, catalog.highestVolumeNumber), catalog.marks);
    }

    /** Returns the most bytes that the store's files may take together, 0 if nobody said. */
    public long limitBytes() {
        return marks.limitBytes();
    }

    /** Returns the highest number that any volume ever had. */
    public int highestVolumeNumber() {
        return highestVolumeNumber;
    }

    /** Returns a number that no volume ever had. */
    public int nextVolumeNumber() {
        return highestVolumeNumber + 1;
    }

    /**
     * Returns the catalog after an entry.
     *
     * @throws IllegalArgumentException if the entry contradicts the catalog, with the reason
     */
    public Catalog apply(CatalogEntry entry) {
        Catalog next = new CatalogStep(this).take(entry);
        return new Catalog(next.volumes, next.sets, next.highestVolumeNumber, marks.apply(entry, this, next));
    }

    /** Returns whether a volume is being reverted to that copy, which must then be neither deleted nor dropped. */
    public boolean isRevertSource(UUID copy) {
        for (VolumeEntry volume : volumes.values()) {
            if (volume.revert().running() && volume.revert().copy().equals(copy)) {
                return true;
            }
        }
        return false;
    }
}
