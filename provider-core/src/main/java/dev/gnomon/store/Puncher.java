/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Gives space of dead payload inside segments back, of those that the {@link Cleaner} leaves: too much of them is live for
 * emptying them to be worth its writes. Heads of batches stay, so that they can still be emptied later. Confined to the
 * housekeeping task.
 *
 * <p><b>Invariants:</b> a piece is given up only when the checkpoint that no longer names it is durable, in both superblocks,
 * and nothing was moved since; readers that looked it up before look again (I5), for it is noted as given up first.
 */
final class Puncher {
    /** A hole smaller than this is not worth the extent that it takes in the file system; a 64th of a small segment. */
    private static final int LEAST_BYTES = 64 << 10;

    /** A segment is looked through when so much more of it is dead than the last time, in percent: as the cleaner does. */
    private static final int WORTH_PERCENT = 14;

    private final Store store;
    private final Segments segments;
    private final UUID uuid;
    private final Throttle throttle;
    private final int piecesPerChunk;
    private final long leastBytes;

    /** How many pieces were live in each file when it was last looked through. */
    private final Map<Integer, Seen> seen = new HashMap<>();

    private boolean impossible;

    private record Seen(StorageFile file, int live) {}

    Puncher(Store store, Segments segments, UUID uuid, Throttle throttle, int piecesPerChunk) {
        this.store = store;
        this.segments = segments;
        this.uuid = uuid;
        this.throttle = throttle;
        this.piecesPerChunk = piecesPerChunk;
        this.leastBytes = Math.clamp(segments.segmentBytes() / 64, Preserve.PIECE_BYTES, LEAST_BYTES);
    }

    /** Looks through the segments below the start of the log's rest; to be called right behind a durable checkpoint. */
    void punch(int start) {
        int[] live = store.index().runs().pieces(start);
        seen.keySet().removeIf(number -> segments.fileOrNull(number) == null);
        for (int number = 0; number < start && !impossible && store.writable(); number++) {
            StorageFile file = segments.fileOrNull(number);
            if (file != null && isWorth(number, file, live[number])) {
                seen.put(number, new Seen(file, live[number]));
                punch(number, file);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // A segment that was moved is another file, and whole.
    private boolean isWorth(int number, StorageFile file, int live) {
        long all = segments.segmentBytes() / Preserve.PIECE_BYTES;
        Seen last = seen.get(number);
        long before = last != null && last.file == file ? last.live : all;
        return (before - live) * 100 >= all * WORTH_PERCENT;
    }

    private void punch(int number, StorageFile file) {
        BitSet dead = new BitSet();
        try {
            find(number, file, dead);
        } catch (IOException | StoreException e) {
            return; // Who reads it will be told; what is not understood stays.
        }
        for (int first = dead.nextSetBit(0); first >= 0; first = dead.nextSetBit(dead.nextClearBit(first))) {
            int end = dead.nextClearBit(first);
            if ((end - first) * (long) Preserve.PIECE_BYTES < leastBytes) {
                dead.clear(first, end);
            }
        }
        dead.andNot(segments.holes().blocks(number, file));
        if (!dead.isEmpty()) {
            segments.holes().note(number, file, dead); // first: who finds zeros must find this as well
            give(number, file, dead);
        }
    }

    private void give(int number, StorageFile file, BitSet dead) {
        long given = 0;
        for (int first = dead.nextSetBit(0);
                first >= 0 && !impossible;
                first = dead.nextSetBit(dead.nextClearBit(first))) {
            long bytes = (dead.nextClearBit(first) - first) * (long) Preserve.PIECE_BYTES;
            throttle.begin();
            try {
                impossible = !file.tryPunch(first * (long) Preserve.PIECE_BYTES, bytes);
                given += impossible ? 0 : bytes;
            } catch (IOException e) {
                impossible = true; // Nothing is lost with it; the next process tries again.
            } finally {
                throttle.end(0);
            }
        }
        if (segments.holes().gained(number, given)) {
            segments.maker().gainedSpace();
        }
    }

    /** Notes which blocks of a segment are payload that the index does not name. */
    private void find(int number, StorageFile file, BitSet dead) throws IOException, StoreException {
        SegmentReader reader = new SegmentReader(uuid, segments.segmentBytes(), file, true);
        Finder finder = new Finder(number, dead);
        long sequence = 0;
        long at = SegmentHeader.BYTES;
        while (true) {
            int headBytes = head(reader, at);
            ByteBuffer head = reader.buffer();
            int start = reader.start(at);
            if (headBytes == 0 || (sequence > 0 && BatchHeader.sequence(head, start) != sequence + 1)) {
                return; // Behind it lies what is left of an earlier life of the file.
            }
            sequence = BatchHeader.sequence(head, start);
            finder.payload = at + headBytes;
            BatchReader.visit(
                    head, start, headBytes, piecesPerChunk, file.path().toString(), at, finder);
            at += headBytes + BatchHeader.payloadBytes(head, start);
        }
    }

    private int head(SegmentReader reader, long at) throws IOException {
        throttle.begin();
        try {
            return reader.head(at);
        } finally {
            throttle.end(BatchHeader.ALIGNMENT_BYTES);
        }
    }

    private boolean isNamed(VolumeExceptions exceptions, long piece, long epoch, long location, Lookup lookup)
            throws StoreException {
        exceptions.lookup(piece, 1, epoch - 1, lookup);
        return lookup.found(0) && lookup.epoch(0) == epoch && lookup.location(0) == location;
    }

    /** Notes the payload of records that the index does not name there. */
    private final class Finder implements BatchReader.Visitor {
        private final int number;
        private final BitSet dead;
        private final Lookup lookup = new Lookup();
        private long payload;

        Finder(int number, BitSet dead) {
            this.number = number;
            this.dead = dead;
        }

        @Override
        public void preserve(ByteBuffer head, int entry) throws StoreException {
            if (EntryHeader.codec(head, entry) != EntryHeader.CODEC_RAW) {
                return;
            }
            VolumeExceptions exceptions = store.index().orNull(EntryHeader.volume(head, entry));
            long epoch = Preserve.epoch(head, entry);
            long first = Preserve.chunk(head, entry) * piecesPerChunk;
            long at = payload + Preserve.payloadPiece(head, entry) * (long) Preserve.PIECE_BYTES;
            int rank = 0;
            for (int i = 0; i < piecesPerChunk; i++) {
                if (Preserve.holds(head, entry, i)) {
                    long offset = at + rank * (long) Preserve.PIECE_BYTES;
                    rank++;
                    if (exceptions == null
                            || !isNamed(exceptions, first + i, epoch, Location.of(number, offset), lookup)) {
                        dead.set((int) (offset / Preserve.PIECE_BYTES));
                    }
                }
            }
        }

        @Override
        public void catalog(CatalogEntry entry) {
            // The checkpoint has it; its head stays.
        }
    }
}
