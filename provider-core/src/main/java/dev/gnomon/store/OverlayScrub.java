/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.OverlayHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a scrub that is the overlays of a volume's copies, which may be written to and compacted meanwhile. Confined to
 * the scrubbing task.
 *
 * <p>A file is read from its start around the page cache, batch by batch: the heads, because the next opening needs them, and
 * of their pieces those that count. What is not durable yet may be in the cache alone and is left to the next scrub. When a
 * compaction has put another file in the place of the one that was being read, that one is read from its start.
 *
 * <p><b>Invariant:</b> a place is told to be damaged only if it was read twice, and the overlay still needs it after that.
 */
final class OverlayScrub {
    private static final int PIECE = Preserve.PIECE_BYTES;

    /** How many files of one overlay are read before it is left to the next scrub: compactions compare what they copy, too. */
    private static final int MAX_FILES = 4;

    private final Store store;
    private final Throttle throttle;
    private final ScrubWalk.Host host;
    private final ByteBuffer piece = Arena.ofAuto().allocate(PIECE, PIECE).asByteBuffer();
    private final ByteBuffer block =
            Arena.ofAuto().allocate(OverlayHeader.BYTES, PIECE).asByteBuffer();

    OverlayScrub(Store store, Throttle throttle, ScrubWalk.Host host) {
        this.store = store;
        this.throttle = throttle;
        this.host = host;
    }

    /** Returns how many bytes there are to compare now, about. */
    long totalBytes() {
        long bytes = 0;
        for (Catalog.OverlayEntry overlay : store.catalog().overlays()) {
            StoredOverlay served = store.overlays().served(overlay);
            bytes += served == null ? store.overlays().bytesOf(overlay.number()) : served.payloadBytes();
        }
        return bytes;
    }

    /** Goes through the overlays of copies whose epoch is above one, in order of their epochs. */
    void run(Catalog.VolumeEntry volume, long afterEpoch) {
        Catalog.VolumeEntry now = store.catalog().volume(volume.number());
        List<Catalog.CopyEntry> copies = now == null ? List.of() : now.copies();
        for (Catalog.CopyEntry copy : copies.stream()
                .filter(each -> each.epoch() > afterEpoch)
                .sorted(Comparator.comparingLong(Catalog.CopyEntry::epoch))
                .toList()) {
            check(volume, copy);
            if (!host.goesOn()) {
                return;
            }
            host.at(volume.number(), ScrubWalk.OVERLAYS, copy.epoch());
        }
    }

    private void check(Catalog.VolumeEntry volume, Catalog.CopyEntry copy) {
        boolean again = true;
        for (int files = 0; again && files < MAX_FILES && host.goesOn(); files++) {
            Catalog.OverlayEntry entry = store.catalog().overlay(copy.id());
            if (entry == null) {
                return;
            }
            String of = "the overlay of " + ScrubWalk.name(store.catalog(), volume, copy);
            StoredOverlay served = store.overlays().served(entry);
            again = served == null ? closed(entry, copy, of) : new OfFile(entry, copy, of, served).run();
        }
    }

    /** Reads the file of an overlay that nobody has open, as after a start that could not serve its copy. */
    private boolean closed(Catalog.OverlayEntry entry, Catalog.CopyEntry copy, String of) {
        try (StorageFile file = store.overlays().openForReading(entry.number())) {
            return new OfFile(entry, copy, of, file).run();
        } catch (IOException e) {
            if (store.overlays().served(entry) != null) {
                return true;
            }
            if (entry.equals(store.catalog().overlay(copy.id()))) {
                host.damaged(
                        OverlayFiles.name(entry.number()) + ": cannot be opened: " + e.getMessage() + "; it is " + of);
            }
            return false;
        }
    }

    /** The way through one file. */
    private final class OfFile implements OverlayScan.Pace {
        private final Catalog.OverlayEntry entry;
        private final Catalog.CopyEntry copy;
        private final String of;
        private final @Nullable StoredOverlay served;
        private final @Nullable OverlayChain chain;
        private final StorageFile file;
        private long comparedThrough = -1; // the place of the last piece, in pieces of the file
        private long bytes;

        OfFile(Catalog.OverlayEntry entry, Catalog.CopyEntry copy, String of, StoredOverlay served) {
            this.entry = entry;
            this.copy = copy;
            this.of = of;
            this.served = served;
            this.chain = served.chain();
            this.file = chain.file();
        }

        OfFile(Catalog.OverlayEntry entry, Catalog.CopyEntry copy, String of, StorageFile file) {
            this.entry = entry;
            this.copy = copy;
            this.of = of;
            this.served = null;
            this.chain = null;
            this.file = file;
        }

        /** Compares the file; returns whether the overlay lies elsewhere by now, so that it has to be read there. */
        boolean run() {
            String problem = scan();
            if (!problem.isEmpty() && isCurrent()) {
                problem = scan();
            }
            if (!isCurrent()) {
                return true;
            }
            if (!problem.isEmpty()) {
                host.damaged(problem + "; without it the next start cannot show " + of
                        + ": copy what is needed of it before that, and drop it");
            }
            return false;
        }

        /** Goes on behind what was compared; returns why it came to no end, or nothing. */
        private String scan() {
            try {
                long durableThrough = chain == null ? 0 : chain.durableThrough(); // before the file's size is taken
                OverlayHeader header = OverlayFiles.header(file, block.clear());
                header.require(
                        store.overlays().store(),
                        entry.number(),
                        copy.id(),
                        copy.sizeBytes(),
                        file.path().toString());
                byte[] hash = BatchReader.hash(block, 0, OverlayHeader.BYTES);
                OverlayScan scan = new OverlayScan(file, header, hash, true, this);
                if (chain == null) {
                    scan.run(entry.sealedThrough(), this::compare);
                } else {
                    scan.runKnowing(durableThrough, this::compare);
                }
                return "";
            } catch (StoreException e) {
                return String.valueOf(e.getMessage());
            } catch (IOException e) {
                return OverlayFiles.name(entry.number()) + ": cannot be read: " + e.getMessage();
            }
        }

        @Override
        public boolean begin() {
            if (!host.goesOn()) {
                return false;
            }
            throttle.begin();
            bytes = 0;
            return true;
        }

        @Override
        public void end(long read) {
            throttle.end(Math.max(read, bytes));
            host.checked(bytes);
        }

        /** Returns whether the overlay still is in this file. */
        @SuppressWarnings("ReferenceEquality") // Another chain of the same name is another file.
        private boolean isCurrent() {
            StoredOverlay now = store.overlays().served(entry);
            return now == served && (now == null || now.chain() == chain);
        }

        private boolean counts(long number, long place) {
            return served == null || served.counts(number, place);
        }

        private void compare(ByteBuffer head, int at, long first, int count, long place) {
            for (int rank = 0; rank < count && place >= 0; rank++) {
                long in = place + rank;
                if (in > comparedThrough && counts(first + rank, in)) {
                    compare(first + rank, in, NewData.crc(head, at, rank));
                    bytes += PIECE;
                }
                comparedThrough = Math.max(comparedThrough, in);
            }
        }

        private void compare(long number, long place, int crc) {
            String problem = problem(place, crc);
            if (!problem.isEmpty()) {
                problem = problem(place, crc);
            }
            if (!problem.isEmpty() && isCurrent() && counts(number, place)) {
                host.damaged(OverlayFiles.name(entry.number()) + " at offset " + place * PIECE + ": piece " + number
                        + " of " + of + ": " + problem);
            }
        }

        /** Returns what is wrong at a place, empty for nothing. */
        private String problem(long place, int crc) {
            try {
                file.readAroundCache(piece.clear(), place * PIECE);
            } catch (IOException e) {
                return "cannot be read: " + e.getMessage();
            }
            if (piece.hasRemaining()) {
                return "the file ends before it";
            }
            int actual = Prologue.crc(piece, 0, PIECE);
            return actual == crc
                    ? ""
                    : "checksum: expected " + Integer.toHexString(crc) + ", found " + Integer.toHexString(actual);
        }
    }
}
