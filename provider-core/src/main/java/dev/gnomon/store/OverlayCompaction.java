/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.OverlayHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Copies what counts in the file of an overlay to a new one, and puts that in its place. Confined to one task at a time.
 *
 * <p>The old file is read from its start, batch by batch; what the map does not mean any more is left out. What is
 * written meanwhile is appended to the old file and comes last, so that a piece that was copied and then written again is
 * copied again, behind.
 *
 * <p><b>Invariant:</b> at every moment a whole file is under the name of the overlay: the new one takes it when all that
 * it holds was forced, and before anything is appended to it; it is flushed to only when the name is durable.
 */
public final class OverlayCompaction {
    private static final int PIECE = Preserve.PIECE_BYTES;
    private static final int MAX_ENTRIES = NewData.MAX_PIECES;
    private static final int HEAD_BYTES = 16 << 10; // 256 entries of 48 bytes, 256 checksums

    /** So much may be left for the moment when nobody appends. */
    private static final long LAST_PART_BYTES = 256 << 10;

    private final Storage storage;
    private final Throttle throttle;
    private final StoredOverlay overlay;
    private final OverlayChain from;
    private final OverlayChain to;
    private final Path name;
    private final int volume;
    private final long epoch;
    private final OverlayMap places;
    private final SegmentReader reader;
    private final BatchWriter batch = new BatchWriter(1, HEAD_BYTES, NewData.MAX_PIECES * PIECE);
    private final ByteBuffer buffer =
            Arena.ofAuto().allocate(NewData.MAX_PIECES * PIECE, PIECE).asByteBuffer();
    private long position = OverlayHeader.BYTES;
    private boolean renaming;
    private boolean done;

    // What is in the batch that is not appended yet.
    private final long[] firsts = new long[MAX_ENTRIES];
    private final int[] lengths = new int[MAX_ENTRIES];
    private final int[] offsets = new int[MAX_ENTRIES];
    private final int[] handles = new int[MAX_ENTRIES];
    private int count;
    private int payloadPieces;

    OverlayCompaction(
            Storage storage,
            Throttle throttle,
            StoredOverlay overlay,
            OverlayChain to,
            Path name,
            int volume,
            long epoch) {
        this.storage = storage;
        this.throttle = throttle;
        this.overlay = overlay;
        this.from = overlay.chain();
        this.to = to;
        this.name = name;
        this.reader = new SegmentReader(from.header().store(), Long.MAX_VALUE, from.file(), false);
        this.volume = volume;
        this.epoch = epoch;
        this.places = new OverlayMap(overlay.memory());
    }

    /** Copies about a mebibyte; returns whether there is so much left that it should be called again. */
    public boolean copySome() throws IOException, StoreException {
        throttle.begin();
        long before = position;
        try {
            long end = from.position();
            copyUntil(Math.min(end, position + (1 << 20)));
            return from.position() - position > LAST_PART_BYTES;
        } finally {
            throttle.end(2 * (position - before));
        }
    }

    /**
     * Copies the rest while nobody appends, and puts the new file in the place of the old. Not to be called while the
     * overlay is forced.
     *
     * @throws IOException if it failed; see {@link #isInDoubt}
     */
    public void finish() throws IOException, StoreException {
        to.force(); // so that little is left to be forced while nobody can append
        overlay.withoutAppends(this::takeName);
        storage.syncDirectory(OverlayFiles.directoryOf(name));
        overlay.named();
        renaming = false;
    }

    private void takeName() throws IOException, StoreException {
        copyUntil(from.position());
        to.force();
        renaming = true;
        storage.rename(to.file().path(), name);
        OverlayFiles.closeQuietly(overlay.replace(to, places));
        done = true;
    }

    /** Returns whether it failed when it may not be known any more which file is under the name. */
    public boolean isInDoubt() {
        return renaming;
    }

    /** Gives up, if it did not come to its end, and removes the new file. */
    public void close() {
        if (done) {
            return;
        }
        places.release();
        overlay.compactionFailed();
        OverlayFiles.closeQuietly(to.file());
        if (!renaming) {
            OverlayFiles.deleteQuietly(storage, to.file().path());
        }
    }

    /** Copies batches of the old file that start before an offset. */
    private void copyUntil(long end) throws IOException, StoreException {
        if (position >= end) {
            return;
        }
        reader.open(from.file()); // It may have seen a batch that was being appended.
        while (position < end) {
            int headBytes = reader.head(position);
            if (headBytes == 0) {
                throw new CorruptionException(
                        from.file().path().toString(), position, "batch of the overlay", "an intact head", "none");
            }
            int start = reader.start(position);
            long bytes = headBytes + BatchHeader.payloadBytes(reader.buffer(), start);
            OverlayScan.visit(reader.buffer(), start, headBytes, position, from.file(), this::copy);
            position += bytes;
        }
        flush();
    }

    private void copy(ByteBuffer head, int entry, long first, int count, long place) throws StoreException {
        for (int rank = 0; rank < count; ) {
            int run = liveRun(first + rank, count - rank, place < 0 ? place : place + rank);
            if (run > 0) {
                add(head, entry, first, rank, run, place);
            }
            rank += Math.max(1, run);
        }
    }

    /** Returns how many pieces in a row still count as they lie there. */
    private int liveRun(long piece, int most, long place) {
        int run = 0;
        while (run < most && overlay.counts(piece + run, place < 0 ? place : place + run)) {
            run++;
        }
        return run;
    }

    private void add(ByteBuffer head, int entry, long first, int rank, int run, long place) throws StoreException {
        try {
            int payload = place < 0 ? 0 : run;
            if (count == MAX_ENTRIES || payloadPieces + payload > NewData.MAX_PIECES) {
                flush();
            }
            firsts[count] = first + rank;
            lengths[count] = run;
            offsets[count] = place < 0 ? -1 : payloadPieces;
            if (place < 0) {
                batch.addNewZeros(volume, first + rank, run, epoch, false);
            } else {
                handles[count] = batch.addNewData(volume, first + rank, epoch, read(head, entry, rank, run, place));
            }
            payloadPieces += payload;
            count++;
        } catch (IOException e) {
            throw new DeviceException("compacting " + name, e);
        }
    }

    /** Reads pieces of the old file and compares them with the checksums in their entry. */
    private ByteBuffer read(ByteBuffer head, int entry, int rank, int run, long place)
            throws IOException, CorruptionException {
        buffer.clear().limit(run * PIECE);
        long offset = (place + rank) * PIECE;
        from.file().read(buffer, offset);
        for (int i = 0; i < run; i++) {
            if (buffer.hasRemaining() || Prologue.crc(buffer, i * PIECE, PIECE) != NewData.crc(head, entry, rank + i)) {
                throw new CorruptionException(
                        from.file().path().toString(),
                        offset + i * (long) PIECE,
                        "checksum of a piece of the overlay",
                        Integer.toHexString(NewData.crc(head, entry, rank + i)),
                        "another");
            }
        }
        return buffer.flip();
    }

    /** Appends what was added to the new file, and notes where it lies there. */
    private void flush() throws IOException {
        if (count == 0) {
            return;
        }
        int pieces = 0;
        for (int i = 0; i < count; i++) {
            pieces += lengths[i];
        }
        if (!places.reserve(pieces)) {
            throw new IOException("no memory for the index of a compacted overlay: all of "
                    + overlay.memory().limitBytes() + " bytes are used");
        }
        long place = to.append(batch);
        for (int i = 0; i < count; i++) {
            for (int rank = 0; rank < lengths[i]; rank++) {
                if (offsets[i] < 0) {
                    places.put(firsts[i] + rank, OverlayMap.ZEROS, 0);
                } else {
                    places.put(firsts[i] + rank, place + offsets[i] + rank, batch.newDataCrc(handles[i], rank));
                }
            }
        }
        batch.clear();
        count = 0;
        payloadPieces = 0;
    }
}
