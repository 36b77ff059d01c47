/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.StorageFile;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Gives segments back in which nothing is live, and empties those in which little is, by appending their live records once
 * more. Confined to the housekeeping task.
 *
 * <p><b>Invariants:</b> a segment is given up only when the newest durable checkpoint names nothing in it and goes on behind
 * it (I5); a record is moved only if its bytes match their checksum, and stays where it is until a checkpoint names the
 * new place.
 */
final class Cleaner {
    /** A segment may be emptied when less than this part of it, in percent, is live. */
    private static final int MOST_LIVE_PERCENT = 86;

    /** Segments emptied before the next checkpoint gives them back: bounds the space that is taken twice. */
    private static final int MAX_VICTIMS = 12;

    private static final int MAX_BATCH_BYTES = 1 << 20;

    /** What a batch takes besides its payload, about. */
    private static final int HEAD_BYTES = 8 << 10;

    /** There is no room to move records to, or the store has failed. */
    private static final long REFUSED = -1;

    private final Store store;
    private final Segments segments;
    private final UUID uuid;
    private final Throttle throttle;
    private final int piecesPerChunk;
    private final int batchBytes;

    /** Segments with damaged bytes in them: what is in there stays. */
    private final Set<Integer> damaged = new HashSet<>();

    Cleaner(Store store, Segments segments, UUID uuid, Throttle throttle, int piecesPerChunk) {
        this.store = store;
        this.segments = segments;
        this.uuid = uuid;
        this.throttle = throttle;
        this.piecesPerChunk = piecesPerChunk;
        this.batchBytes = (int) Math.min(MAX_BATCH_BYTES, segments.segmentBytes() / 8 & -Preserve.PIECE_BYTES);
    }

    /** Gives up all segments below the start of the log's rest in which nothing is live. */
    void free(int start) throws IOException {
        int[] live = store.index().runs().pieces(start);
        for (int number = 0; number < start; number++) {
            if (live[number] == 0 && segments.fileOrNull(number) != null) {
                throttle.begin();
                try {
                    segments.retire(number);
                } finally {
                    throttle.end(0);
                }
            }
        }
    }

    /** Moves what is live out of a few segments; returns whether a checkpoint can give any of them back. */
    boolean clean(int start) throws IOException, StoreException {
        boolean moved = false;
        for (int victim : victims(start)) {
            long records = move(victim);
            if (records == REFUSED) {
                return moved;
            }
            moved |= records > 0;
        }
        return moved;
    }

    private List<Integer> victims(int start) {
        int[] live = store.index().runs().pieces(start);
        long most = segments.segmentBytes() / Preserve.PIECE_BYTES * MOST_LIVE_PERCENT / 100;
        List<Integer> victims = new ArrayList<>();
        for (int number = 0; number < start; number++) {
            if (live[number] > 0
                    && live[number] < most
                    && !damaged.contains(number)
                    && segments.fileOrNull(number) != null) {
                victims.add(number);
            }
        }
        victims.sort(Comparator.comparingInt(number -> live[number]));
        return gain(victims.subList(0, Math.min(MAX_VICTIMS, victims.size())), live);
    }

    /** Returns the victims if to empty them gives back a segment more than it takes; else it would never end. */
    private List<Integer> gain(List<Integer> victims, int[] live) {
        long bytes = 0;
        for (int victim : victims) {
            bytes += live[victim] * (long) Preserve.PIECE_BYTES;
        }
        long taken = bytes + bytes / batchBytes * HEAD_BYTES + victims.size() * (long) HEAD_BYTES;
        return taken + segments.segmentBytes() <= victims.size() * segments.segmentBytes() ? victims : List.of();
    }

    /** Appends the live records of a segment once more; returns how many they are, or {@link #REFUSED}. */
    private long move(int number) throws IOException, StoreException {
        StorageFile file = segments.file(number);
        SegmentReader reader = new SegmentReader(uuid, segments.segmentBytes(), file, true);
        Mover mover = new Mover(number, file);
        long sequence = 0;
        long at = SegmentHeader.BYTES;
        try {
            while (mover.status == IoStatus.OK) {
                int headBytes = head(reader, at);
                ByteBuffer head = reader.buffer();
                int start = reader.start(at);
                if (headBytes == 0 || (sequence > 0 && BatchHeader.sequence(head, start) != sequence + 1)) {
                    break; // Behind it lies what is left of an earlier life of the file.
                }
                sequence = BatchHeader.sequence(head, start);
                long payload = BatchHeader.payloadBytes(head, start);
                mover.payload = at + headBytes;
                BatchReader.visit(
                        head, start, headBytes, piecesPerChunk, file.path().toString(), at, mover);
                at += headBytes + payload;
            }
            mover.commit();
        } catch (CorruptionException e) {
            store.tell(EventId.SEGMENT_NOT_EMPTIED, Segments.name(number) + " is not emptied: " + e.getMessage());
            damaged.add(number);
        }
        if (mover.moved == 0 && mover.status == IoStatus.OK) {
            damaged.add(number); // Heads that nobody else reads any more cannot be read: it would be tried for ever.
        }
        return mover.status == IoStatus.OK ? mover.moved : REFUSED;
    }

    private int head(SegmentReader reader, long at) throws IOException {
        throttle.begin();
        try {
            return reader.head(at);
        } finally {
            throttle.end(BatchHeader.ALIGNMENT_BYTES);
        }
    }

    /** Takes the records of one segment and appends those of them that the index names there. */
    private final class Mover implements BatchReader.Visitor {
        private final int number;
        private final StorageFile file;
        private final BatchWriter batch = store.newBatch(batchBytes);
        private final Lookup lookup = new Lookup();
        private IoStatus status = IoStatus.OK;
        private long payload;
        private long moved;

        Mover(int number, StorageFile file) {
            this.number = number;
            this.file = file;
        }

        @Override
        public void preserve(ByteBuffer head, int entry) throws StoreException {
            if (EntryHeader.codec(head, entry) != EntryHeader.CODEC_RAW) {
                return; // Takes no space that could be given back, and the run has it.
            }
            int volume = EntryHeader.volume(head, entry);
            VolumeExceptions exceptions = store.index().orNull(volume);
            if (exceptions == null) {
                return;
            }
            long epoch = Preserve.epoch(head, entry);
            long first = Preserve.chunk(head, entry) * piecesPerChunk;
            long at = payload + Preserve.payloadPiece(head, entry) * (long) Preserve.PIECE_BYTES;
            int rank = 0;
            for (int i = 0; i < piecesPerChunk && status == IoStatus.OK; i++) {
                if (Preserve.holds(head, entry, i)) {
                    long offset = at + rank * (long) Preserve.PIECE_BYTES;
                    int crc = Preserve.crc(head, entry, piecesPerChunk, rank);
                    rank++;
                    exceptions.lookup(first + i, 1, epoch - 1, lookup);
                    if (lookup.found(0)
                            && lookup.epoch(0) == epoch
                            && lookup.location(0) == Location.of(number, offset)) {
                        add(volume, first + i, epoch, offset, crc);
                    }
                }
            }
        }

        private void add(int volume, long piece, long epoch, long offset, int crc) throws StoreException {
            if (!batch.hasRoomForPiece()) {
                commit();
            }
            ByteBuffer target = batch.nextPiece();
            int start = target.position();
            if (!store.readPiece(Location.of(number, offset), crc, target)) {
                throw new CorruptionException(
                        file.path().toString(), offset, "a preserved piece", "in its segment", "none");
            }
            if (Prologue.crc(target, start, Preserve.PIECE_BYTES) == crc) {
                batch.addMovedPiece(volume, piece, epoch);
                moved++;
            }
        }

        @Override
        public void catalog(CatalogEntry entry) {
            // The checkpoint has it.
        }

        private void commit() {
            if (!batch.isEmpty() && status == IoStatus.OK) {
                throttle.begin();
                try {
                    status = store.move(batch);
                } finally {
                    throttle.end(batch.totalBytes());
                }
                batch.clear();
            }
        }
    }
}
