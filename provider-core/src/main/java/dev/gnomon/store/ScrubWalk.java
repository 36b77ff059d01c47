/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.RunBlock;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One way through all that a store holds for its volumes: of each volume what is staged, then the tails of its index, then
 * the runs in order of piece and epoch, then the overlays of its copies ({@link OverlayScrub}); at last the checkpoint. Confined to
 * the scrubbing task.
 *
 * <p>What is in a tail when its turn comes is compared there, and perhaps once more in the run that it becomes, so nothing
 * slips through between the two. Places are compared around the page cache, which would hide what the device lost; but for
 * staged pieces, which may be in the cache alone.
 *
 * <p><b>Invariant:</b> a place is told to be damaged only if the index still names it for a shadow copy after it was read
 * (I5): what was moved, reaped or settled meanwhile is looked up again or passed over.
 */
final class ScrubWalk {
    /** Entries of the index that are taken at a time, from each run, and compared in the order of their places. */
    private static final int BATCH = 256;

    /** Pieces that are read before a pause is noticed. */
    private static final int PART = 16;

    /** How often one piece is looked up again before it is left to the next scrub: each time somebody has moved it. */
    private static final int MAX_MOVES = 8;

    private final Store store;
    private final Segments segments;
    private final Throttle throttle;
    private final Host host;
    private final OverlayScrub overlays;
    private final Lookup lookup = new Lookup();
    private final ByteBuffer piece = buffer(Preserve.PIECE_BYTES);
    private final ByteBuffer block = buffer(RunBlock.BYTES);
    private final Set<String> toldBlocks = new HashSet<>();

    ScrubWalk(Store store, Segments segments, Throttle throttle, Host host) {
        this.store = store;
        this.segments = segments;
        this.throttle = throttle;
        this.host = host;
        this.overlays = new OverlayScrub(store, throttle, host);
    }

    /** The piece of a position that is behind all records of a volume. */
    static final long OVERLAYS = Long.MAX_VALUE;

    /** Who the walk is for. */
    interface Host {
        /** Returns whether it is to go on. */
        boolean goesOn();

        /** Takes note of bytes that were compared. */
        void checked(long bytes);

        /**
         * Takes note of how far it has come: behind the record of a piece and an epoch, or with {@link #OVERLAYS} for the
         * piece behind all records, and behind the overlays of copies through the epoch.
         */
        void at(int volume, long piece, long epoch);

        /** Takes note of a damaged place. */
        void damaged(String place);
    }

    /** A record that the index names. */
    record Entry(long piece, long epoch, long location, int crc) {
        private static final Comparator<Entry> BY_KEY =
                Comparator.comparingLong(Entry::piece).thenComparingLong(Entry::epoch);
    }

    private static ByteBuffer buffer(int bytes) {
        return Arena.ofAuto().allocate(bytes, 4096).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns how many bytes there are to compare now, about. */
    long totalBytes() {
        long bytes = overlays.totalBytes();
        for (Catalog.VolumeEntry volume : store.catalog().volumes()) {
            VolumeExceptions exceptions = store.index().orNull(volume.number());
            if (exceptions != null) {
                exceptions.mutex().lock();
                bytes += exceptions.payloadBytes()
                        + (exceptions.staged().end() - exceptions.staged().first()) * Preserve.PIECE_BYTES;
                exceptions.mutex().unlock();
            }
        }
        return bytes;
    }

    /** Goes from behind a key to the end; returns false if it was stopped on the way. */
    boolean run(int fromVolume, long fromPiece, long fromEpoch) {
        toldBlocks.clear();
        for (Catalog.VolumeEntry volume : store.catalog().volumes()) {
            VolumeExceptions exceptions = store.index().orNull(volume.number());
            if (volume.number() < fromVolume || exceptions == null) {
                continue;
            }
            boolean inside = volume.number() == fromVolume;
            OfVolume walk = new OfVolume(volume, exceptions);
            walk.staged();
            walk.tails();
            boolean behindRuns = inside && fromPiece == OVERLAYS;
            if (!behindRuns) {
                walk.runs(inside ? fromPiece : -1, inside ? fromEpoch : -1);
            }
            overlays.run(volume, behindRuns ? fromEpoch : -1);
            if (!host.goesOn()) {
                return false;
            }
        }
        checkpoint();
        return host.goesOn();
    }

    /** Returns a copy's name as people know it. */
    static String name(Catalog catalog, Catalog.VolumeEntry volume, Catalog.CopyEntry copy) {
        Catalog.SetEntry set = catalog.set(copy.set());
        String name = set == null || set.name().isEmpty() ? copy.id().toString() : set.name();
        return volume.name() + "@" + name;
    }

    private void checkpoint() {
        throttle.begin();
        try {
            store.checkCheckpoint();
        } catch (StoreException e) {
            host.damaged(e.getMessage() + "; the next start needs it: delete a shadow copy, which makes a new one");
        } finally {
            throttle.end(0);
        }
    }

    /** The part of the way that is one volume's. */
    private final class OfVolume {
        private final Catalog.VolumeEntry volume;
        private final VolumeExceptions exceptions;

        OfVolume(Catalog.VolumeEntry volume, VolumeExceptions exceptions) {
            this.volume = volume;
            this.exceptions = exceptions;
        }

        // ---- new data

        void staged() {
            StagedPieces slots = exceptions.staged();
            exceptions.mutex().lock();
            long next = slots.first();
            long end = slots.end();
            exceptions.mutex().unlock();
            while (next < end && host.goesOn()) {
                long through = Math.min(end, next + PART);
                throttle.begin();
                long bytes = 0;
                try {
                    for (; next < through; next++) {
                        bytes += checkSlot(slots, next) ? Preserve.PIECE_BYTES : 0;
                    }
                } finally {
                    throttle.end(bytes);
                }
                host.checked(bytes);
            }
        }

        private boolean checkSlot(StagedPieces slots, long id) {
            exceptions.mutex().lock();
            boolean there = slots.holds(id);
            long location = there ? slots.location(id) : StagedPieces.ZEROS;
            long of = there ? slots.piece(id) : 0;
            int crc = there ? slots.crc(id) : 0;
            exceptions.mutex().unlock();
            if (location == StagedPieces.ZEROS) {
                return false;
            }
            IoStatus status = store.staging().read(location, piece.clear());
            boolean intact = status == IoStatus.OK && Staging.isIntact(piece, 0, crc);
            if (!intact && slots.holds(id)) {
                host.damaged("staging file " + Location.segment(location) + " at offset " + Location.offset(location)
                        + ": new data of piece " + of + " of volume " + volume.name()
                        + (status == IoStatus.OK ? " does not match its checksum" : " cannot be read"));
            }
            return true;
        }

        // ---- old bytes

        void tails() {
            for (ExceptionIndex tail : exceptions.tails()) {
                int next = 0;
                int count = exceptions.countOf(tail);
                while (next < count && host.goesOn()) {
                    int through = Math.min(count, next + BATCH);
                    compare(exceptions.entriesOf(tail, next, through));
                    next = through;
                }
            }
        }

        void runs(long fromPiece, long fromEpoch) {
            Entry last = new Entry(fromPiece, fromEpoch, 0, 0);
            while (last != null && host.goesOn()) {
                List<Entry> entries = new ArrayList<>();
                Entry bound = collect(last, entries);
                compare(entries);
                last = bound;
                if (last != null && host.goesOn()) {
                    host.at(volume.number(), last.piece(), last.epoch());
                }
            }
            if (host.goesOn()) {
                host.at(volume.number(), OVERLAYS, -1);
            }
        }

        /** Takes the next entries behind a key; returns the key that they reach to, null if that is the end. */
        private @Nullable Entry collect(Entry after, List<Entry> entries) {
            RunSet pinned = exceptions.pinRuns();
            Entry bound = null;
            try {
                for (Run run : pinned.runs()) {
                    List<Entry> ofRun = new ArrayList<>();
                    if (next(run, after, ofRun)) {
                        Entry reached = ofRun.getLast();
                        bound = bound == null || Entry.BY_KEY.compare(reached, bound) < 0 ? reached : bound;
                    }
                    entries.addAll(ofRun);
                }
            } finally {
                pinned.unpin();
            }
            Entry through = bound;
            if (through != null) {
                entries.removeIf(entry -> Entry.BY_KEY.compare(entry, through) > 0);
            }
            return bound;
        }

        /** Takes entries of one run behind a key; returns whether there may be more of the volume in it. */
        private boolean next(Run run, Entry after, List<Entry> entries) {
            int number = run.firstBlock(volume.number(), after.piece(), after.epoch() + 1);
            int end = run.endBlock(volume.number());
            for (; number < end && entries.size() < BATCH; number++) {
                throttle.begin();
                try {
                    run.readBlock(number, volume.number(), block);
                    for (int i = 0; i < RunBlock.count(block, 0); i++) {
                        Entry entry = entry(i);
                        if (Entry.BY_KEY.compare(entry, after) > 0) {
                            entries.add(entry);
                        }
                    }
                } catch (StoreException e) {
                    damagedBlock(run, number, e);
                } finally {
                    throttle.end(RunBlock.BYTES);
                }
            }
            return number < end && !entries.isEmpty();
        }

        private Entry entry(int i) {
            long location = Run.location(block, 0, i);
            return new Entry(
                    RunBlock.piece(block, 0, i), RunBlock.epoch(block, 0, i), location, RunBlock.crc(block, 0, i));
        }

        private void damagedBlock(Run run, int number, StoreException why) {
            if (toldBlocks.add(run.number() + "/" + number)) {
                host.damaged(why.getMessage() + "; a part of the index of volume " + volume.name()
                        + ": its shadow copies cannot be read from piece " + run.firstPiece(number) + " on");
            }
        }

        private void compare(List<Entry> entries) {
            entries.removeIf(entry ->
                    entry.location() == VolumeExceptions.ZEROS || entry.location() == VolumeExceptions.NOT_KEPT);
            entries.sort(Comparator.comparingLong(Entry::location));
            for (int i = 0; i < entries.size() && host.goesOn(); i += PART) {
                List<Entry> part = entries.subList(i, Math.min(entries.size(), i + PART));
                long bytes = part.size() * (long) Preserve.PIECE_BYTES;
                throttle.begin();
                try {
                    part.forEach(this::compare);
                } finally {
                    throttle.end(bytes);
                }
                host.checked(bytes);
            }
        }

        /** Believes in damage only when the index still names the place after it was read, and a second read finds it too. */
        private void compare(Entry entry) {
            Entry at = entry;
            boolean again = false;
            for (int moves = 0; moves < MAX_MOVES; moves++) {
                String problem = problem(at);
                Entry now = problem.isEmpty() ? null : lookUp(entry);
                if (now == null) {
                    return; // Intact, or nobody reads it any more.
                }
                boolean same = now.location() == at.location() && now.crc() == at.crc();
                if (same && again) {
                    tell(at, problem);
                    return;
                }
                again = same;
                at = now;
            }
        }

        /** Returns what is wrong at the place of a record, empty for nothing; to be believed only if it is still named. */
        private String problem(Entry entry) {
            if (entry.location() == VolumeExceptions.ZEROS) {
                return "";
            }
            StorageFile file = segments.fileOrNull(Location.segment(entry.location()));
            if (file == null) {
                return "the segment is not there";
            }
            try {
                piece.clear();
                file.readAroundCache(piece, Location.offset(entry.location()));
            } catch (IOException e) {
                return "cannot be read: " + e.getMessage();
            }
            if (piece.hasRemaining()) {
                return "the file ends before it";
            }
            int actual = Prologue.crc(piece, 0, Preserve.PIECE_BYTES);
            return actual == entry.crc()
                    ? ""
                    : "checksum: expected " + Integer.toHexString(entry.crc()) + ", found "
                            + Integer.toHexString(actual);
        }

        /** Returns where the index says now that the record is, null if it names none of that piece and epoch. */
        private @Nullable Entry lookUp(Entry entry) {
            try {
                exceptions.lookup(entry.piece(), 1, entry.epoch() - 1, lookup);
            } catch (StoreException e) {
                return entry; // That part of the index is damaged, too, and told for itself.
            }
            return lookup.found(0) && lookup.epoch(0) == entry.epoch()
                    ? new Entry(entry.piece(), entry.epoch(), lookup.location(0), lookup.crc(0))
                    : null;
        }

        private void tell(Entry entry, String problem) {
            List<String> copies = concerned(entry);
            if (copies.isEmpty() || store.index().orNull(volume.number()) != exceptions) {
                return; // What no copy reads is no damage to anybody; it is left out of the next checkpoint.
            }
            host.damaged(Segments.name(Location.segment(entry.location())) + " at offset "
                    + Location.offset(entry.location()) + ": old bytes of piece " + entry.piece() + " of volume "
                    + volume.name() + ": " + problem + "; shadow copies concerned: " + String.join(", ", copies));
        }

        private List<String> concerned(Entry entry) {
            List<String> names = new ArrayList<>();
            Catalog catalog = store.catalog();
            Catalog.VolumeEntry now = catalog.volume(volume.number());
            if (now == null) {
                return names;
            }
            for (Catalog.CopyEntry copy : now.copies()) {
                if (copy.epoch() < entry.epoch() && reads(copy, entry)) {
                    names.add(name(catalog, now, copy));
                }
            }
            return names;
        }

        private boolean reads(Catalog.CopyEntry copy, Entry entry) {
            try {
                exceptions.lookup(entry.piece(), 1, copy.epoch(), lookup);
                return lookup.found(0) && lookup.epoch(0) == entry.epoch();
            } catch (StoreException e) {
                return true;
            }
        }
    }
}
