/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.CopiesBookmarked;
import dev.gnomon.store.format.CatalogEntry.CopiesDeleted;
import dev.gnomon.store.format.CatalogEntry.CopyCreated;
import dev.gnomon.store.format.CatalogEntry.CopyHeld;
import dev.gnomon.store.format.CatalogEntry.DiffAreaSet;
import dev.gnomon.store.format.CatalogEntry.OriginNoted;
import dev.gnomon.store.format.CatalogEntry.OriginPrint;
import dev.gnomon.store.format.CatalogEntry.OverlayChanged;
import dev.gnomon.store.format.CatalogEntry.OverlayCreated;
import dev.gnomon.store.format.CatalogEntry.RevertDone;
import dev.gnomon.store.format.CatalogEntry.RevertStarted;
import dev.gnomon.store.format.CatalogEntry.SetAttributes;
import dev.gnomon.store.format.CatalogEntry.SetCreated;
import dev.gnomon.store.format.CatalogEntry.VolumeAdded;
import dev.gnomon.store.format.CatalogEntry.VolumeCleared;
import dev.gnomon.store.format.CatalogEntry.VolumeFailed;
import dev.gnomon.store.format.CatalogEntry.VolumeProperty;
import dev.gnomon.store.format.CatalogEntry.VolumeRemoved;
import dev.gnomon.store.format.CatalogEntry.VolumeResized;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
    /** Most ids of one entry that {@link #entries} makes. */
    private static final int IDS_OF_ENTRY = 512;

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

    private Catalog with(SortedMap<Integer, VolumeEntry> nextVolumes, Map<UUID, SetEntry> nextSets) {
        return new Catalog(nextVolumes, nextSets, highestVolumeNumber, marks);
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

        private VolumeEntry with(long epoch, String newFailure, List<CopyEntry> newCopies) {
            long highest = Math.max(highestEpoch, epoch);
            return new VolumeEntry(
                    number, id, name, origin, sizeBytes, highest, newFailure, newCopies, properties, revert, bookmarks);
        }

        private VolumeEntry with(Revert newRevert) {
            long highest = Math.max(highestEpoch, newRevert.epoch());
            return new VolumeEntry(
                    number, id, name, origin, sizeBytes, highest, failure, copies, properties, newRevert, bookmarks);
        }

        private VolumeEntry with(String key, String value) {
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

        private VolumeEntry with(List<CopyEntry> newCopies, List<CopyEntry> newBookmarks) {
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
        List<CatalogEntry> entries = new ArrayList<>();
        for (VolumeEntry volume : volumes.values()) {
            entries.add(new VolumeAdded(
                    volume.number(), volume.id(), volume.name(), volume.origin(), volume.sizeBytes(), 0));
        }
        for (SetEntry set : sets.values()) {
            List<CopyCreated> copies = new ArrayList<>();
            List<CopyEntry> all = copies();
            all.addAll(bookmarks());
            for (CopyEntry copy : all) {
                if (copy.set().equals(set.id())) {
                    copies.add(new CopyCreated(copy.id(), copy.volume(), copy.epoch(), copy.sizeBytes()));
                }
            }
            entries.add(new SetCreated(set.id(), set.createdAtMillis(), set.name(), set.attributes(), copies));
        }
        List<UUID> bookmarkIds = bookmarks().stream().map(CopyEntry::id).toList();
        for (int from = 0; from < bookmarkIds.size(); from += IDS_OF_ENTRY) {
            entries.add(
                    new CopiesBookmarked(bookmarkIds.subList(from, Math.min(from + IDS_OF_ENTRY, bookmarkIds.size()))));
        }
        for (VolumeEntry volume : volumes.values()) {
            if (!volume.failure().isEmpty()) {
                entries.add(new VolumeFailed(volume.number(), volume.failure()));
            }
            new TreeMap<>(volume.properties())
                    .forEach((key, value) -> entries.add(new VolumeProperty(volume.number(), key, value)));
            if (volume.revert().running()) {
                entries.add(new RevertStarted(
                        volume.number(), volume.revert().copy(), volume.revert().epoch()));
            }
        }
        entries.addAll(marks.entries(this));
        return entries;
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
        Catalog next = structure(entry);
        return new Catalog(next.volumes, next.sets, next.highestVolumeNumber, marks.apply(entry, this, next));
    }

    /** Returns the volumes, sets and copies after an entry. */
    private Catalog structure(CatalogEntry entry) {
        return switch (entry) {
            case VolumeAdded added -> add(added);
            case VolumeRemoved removed -> remove(removed);
            case SetCreated created -> create(created);
            case SetAttributes changed -> change(changed);
            case CopiesDeleted deleted -> delete(deleted);
            case CopiesBookmarked bookmarked -> bookmark(bookmarked);
            case VolumeFailed failed -> mark(failed.number(), failed.reason());
            case VolumeCleared cleared -> mark(cleared.number(), "");
            case VolumeProperty property -> set(property);
            case VolumeResized resized -> resize(resized);
            case CopyHeld _, OriginNoted _, DiffAreaSet _, OverlayCreated _, OverlayChanged _ -> this; // marks
            case RevertStarted started -> start(started);
            case RevertDone done -> finish(done);
        };
    }

    private Catalog resize(VolumeResized resized) {
        VolumeEntry volume = require(resized.number());
        boolean shrinks = resized.sizeBytes() < volume.sizeBytes();
        boolean compared = !volume.copies().isEmpty() || !volume.bookmarks().isEmpty();
        require(!shrinks || !compared, "a volume with shadow copies or bookmarks shrinks", volume.name());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(volume.number(), volume.resized(resized.sizeBytes()));
        return with(next, sets);
    }

    private Catalog add(VolumeAdded added) {
        require(added.number() > highestVolumeNumber, "volume number given twice", added.number());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(
                added.number(),
                new VolumeEntry(
                        added.number(),
                        added.id(),
                        added.name(),
                        added.origin(),
                        added.sizeBytes(),
                        added.firstEpoch(),
                        "",
                        List.of()));
        return new Catalog(next, sets, added.number(), marks);
    }

    private Catalog remove(VolumeRemoved removed) {
        VolumeEntry volume = require(removed.number());
        require(volume.copies().isEmpty(), "removed volume has shadow copies", volume.name());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.remove(removed.number());
        Map<UUID, SetEntry> nextSets = new LinkedHashMap<>(sets);
        for (CopyEntry bookmark : volume.bookmarks()) {
            nextSets.computeIfPresent(bookmark.set(), (id, set) -> less(set));
        }
        return with(next, nextSets);
    }

    private Catalog create(SetCreated created) {
        require(!sets.containsKey(created.id()) && !created.copies().isEmpty(), "set given twice", created.id());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        for (CopyCreated copy : created.copies()) {
            VolumeEntry volume = require(copy.volume());
            require(copy.epoch() >= volume.highestEpoch(), "epoch of a copy goes back", copy.epoch());
            List<CopyEntry> copies = new ArrayList<>(volume.copies());
            copies.add(new CopyEntry(copy.id(), created.id(), copy.volume(), copy.epoch(), copy.sizeBytes()));
            next.put(volume.number(), volume.with(copy.epoch(), volume.failure(), List.copyOf(copies)));
        }
        Map<UUID, SetEntry> nextSets = new LinkedHashMap<>(sets);
        nextSets.put(
                created.id(),
                new SetEntry(
                        created.id(),
                        created.createdAtMillis(),
                        created.name(),
                        Map.copyOf(created.attributes()),
                        created.copies().size()));
        return with(next, nextSets);
    }

    /** Of a set that there is not: no effect, as its end may have been first. */
    private Catalog change(SetAttributes changed) {
        SetEntry set = sets.get(changed.set());
        if (set == null) {
            return this;
        }
        Map<String, String> attributes = new TreeMap<>(set.attributes());
        changed.changes().forEach((key, value) -> {
            if (value.isEmpty()) {
                attributes.remove(key);
            } else {
                attributes.put(key, value);
            }
        });
        Map<UUID, SetEntry> next = new LinkedHashMap<>(sets);
        next.put(
                set.id(),
                new SetEntry(set.id(), set.createdAtMillis(), set.name(), Map.copyOf(attributes), set.copies()));
        return with(volumes, next);
    }

    private Catalog delete(CopiesDeleted deleted) {
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        Map<UUID, SetEntry> nextSets = new LinkedHashMap<>(sets);
        for (VolumeEntry volume : volumes.values()) {
            for (CopyEntry copy : volume.copies()) {
                require(
                        !deleted.ids().contains(copy.id()) || !isRevertSource(copy.id()),
                        "deleted copy that a volume is being reverted to",
                        copy.id());
            }
            List<CopyEntry> copies = without(volume.copies(), deleted.ids(), nextSets);
            List<CopyEntry> bookmarks = without(volume.bookmarks(), deleted.ids(), nextSets);
            next.put(volume.number(), volume.with(copies, bookmarks));
        }
        return with(next, nextSets);
    }

    private static List<CopyEntry> without(List<CopyEntry> copies, List<UUID> ids, Map<UUID, SetEntry> nextSets) {
        List<CopyEntry> kept = new ArrayList<>();
        for (CopyEntry copy : copies) {
            if (ids.contains(copy.id())) {
                nextSets.computeIfPresent(copy.set(), (id, set) -> less(set));
            } else {
                kept.add(copy);
            }
        }
        return kept;
    }

    private Catalog bookmark(CopiesBookmarked bookmarked) {
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        for (VolumeEntry volume : volumes.values()) {
            List<CopyEntry> copies = new ArrayList<>();
            List<CopyEntry> bookmarks = new ArrayList<>(volume.bookmarks());
            volume.copies().forEach(copy -> (bookmarked.ids().contains(copy.id()) ? bookmarks : copies).add(copy));
            bookmarks.sort(Comparator.comparingLong(CopyEntry::epoch));
            next.put(volume.number(), volume.with(copies, bookmarks));
        }
        return with(next, sets);
    }

    private static @Nullable SetEntry less(SetEntry set) {
        return set.copies() == 1
                ? null
                : new SetEntry(set.id(), set.createdAtMillis(), set.name(), set.attributes(), set.copies() - 1);
    }

    private Catalog mark(int number, String failure) {
        VolumeEntry volume = require(number);
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(number, volume.with(0, failure, volume.copies()));
        return with(next, sets);
    }

    private Catalog set(VolumeProperty property) {
        VolumeEntry volume = require(property.number());
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(property.number(), volume.with(property.key(), property.value()));
        return with(next, sets);
    }

    private Catalog start(RevertStarted started) {
        VolumeEntry volume = require(started.number());
        require(volume.copy(started.copy()) != null, "revert to a copy that is not there", started.copy());
        require(!volume.revert().running(), "second revert of a volume", volume.name());
        require(started.epoch() > volume.highestEpoch(), "epoch of a revert goes back", started.epoch());
        return with(volume.with(new Revert(started.copy(), started.epoch())));
    }

    private Catalog finish(RevertDone done) {
        VolumeEntry volume = require(done.number());
        require(volume.revert().running(), "end of a revert that is not there", volume.name());
        return with(volume.with(Revert.NONE));
    }

    private Catalog with(VolumeEntry volume) {
        SortedMap<Integer, VolumeEntry> next = new TreeMap<>(volumes);
        next.put(volume.number(), volume);
        return with(next, sets);
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

    private VolumeEntry require(int number) {
        VolumeEntry volume = volumes.get(number);
        if (volume == null) {
            throw new IllegalArgumentException("catalog entry names volume " + number + ", which there is not");
        }
        return volume;
    }

    private static void require(boolean condition, String what, Object actual) {
        if (!condition) {
            throw new IllegalArgumentException("catalog entry: " + what + ": " + actual);
        }
    }
}
