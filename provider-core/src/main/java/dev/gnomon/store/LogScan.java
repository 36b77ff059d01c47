/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Walks the log from a start, hands every batch that counts to a {@link Visitor}, and finds the end.
 *
 * <p>A batch counts if its head is intact, its sequence is the next and it carries the hash of the one before; and, as
 * long as no later batch and no superblock claims that it was durable, if its payload is intact too. Where this stops it
 * is the torn tail, unless something valid behind it claims that the missing batch was durable: then it is damage, and
 * the scan goes on behind it.
 */
final class LogScan {
    private final Segments segments;
    private final long segmentBytes;
    private final int piecesPerChunk;
    private final Visitor visitor;
    private final SegmentReader reader;
    private final PayloadCheck payload;
    private final Log.LogEnd start;
    private final ArrayDeque<Held> unclaimed = new ArrayDeque<>();
    private final List<Damage> damage = new ArrayList<>();
    private long claim;
    private long stagingClaim;
    private long batches;
    private long readOnlyFeatures;

    /** Receives what counts. */
    interface Visitor {
        /** Takes a batch; its entries are in the head. */
        void batch(ByteBuffer head, int start, int headBytes, String file, int segment, long offsetBytes)
                throws StoreException;

        /** Is told that batches are missing between the one before and the one after. */
        void gap(Damage damage);
    }

    /** Batches that were durable and are not there any more. */
    record Damage(String file, long offsetBytes, long firstSequence, long nextSequence) {
        String problem() {
            String before = nextSequence > 0 ? " before batch " + nextSequence : "";
            return "expected batch " + firstSequence + ", known to have been durable; found nothing valid" + before;
        }

        @Override
        public String toString() {
            return file + " at offset " + offsetBytes + ": " + problem();
        }
    }

    private record Held(ByteBuffer head, int segment, long offset, long sequence) {}

    LogScan(
            Segments segments,
            UUID store,
            long segmentBytes,
            int chunkBytes,
            long superblockClaim,
            boolean aroundCache,
            Log.LogEnd start,
            Visitor visitor) {
        this.segments = segments;
        this.segmentBytes = segmentBytes;
        this.piecesPerChunk = chunkBytes / Preserve.PIECE_BYTES;
        this.claim = superblockClaim;
        this.payload = new PayloadCheck(piecesPerChunk, aroundCache);
        this.visitor = visitor;
        this.start = start;
        this.reader = new SegmentReader(store, segmentBytes, segments.file(start.segment()), aroundCache);
    }

    /** Runs the scan; the segment of its start must be there. */
    Log.LogEnd run() throws StoreException, IOException {
        int segment = start.segment();
        long offset = start.offset();
        long sequence = start.nextSequence();
        byte[] hash = start.hash();
        while (true) {
            int headBytes = matching(offset, sequence, hash);
            if (headBytes == 0 && offset > SegmentHeader.BYTES && segment + 1 < segments.count()) {
                headBytes = matchingInNext(segment, offset, sequence, hash);
                if (headBytes > 0) {
                    segment++;
                    offset = SegmentHeader.BYTES;
                }
            }
            if (headBytes == 0) {
                Resync next = resync(segment, offset, sequence);
                if (next == null) {
                    return tail(new Log.LogEnd(segment, offset, sequence, hash));
                }
                segment = next.segment;
                offset = next.offset;
                sequence = next.sequence;
                reader.open(segments.file(segment));
                headBytes = reader.head(offset);
            }
            int start = reader.start(offset);
            requireReadable(offset);
            claim = Math.max(claim, BatchHeader.durableThrough(reader.buffer(), start));
            stagingClaim = Math.max(stagingClaim, BatchHeader.stagingDurableThrough(reader.buffer(), start));
            hash = BatchReader.hash(reader.buffer(), start, headBytes);
            hold(headBytes, segment, offset, sequence);
            offset += headBytes + payloadBytes(offset);
            sequence++;
        }
    }

    /** Returns what was lost of what had been durable. */
    List<Damage> damage() {
        return damage;
    }

    /** Returns the highest sequence of the staging chain that any batch knew durable. */
    long stagingClaim() {
        return stagingClaim;
    }

    long batches() {
        return batches;
    }

    /** Returns the read-only compatible features of all batches that counted. */
    long readOnlyFeatures() {
        return readOnlyFeatures;
    }

    /** Looks for the next batch at the start of the next segment, and leaves the reader there if it is. */
    private int matchingInNext(int segment, long offset, long sequence, byte[] hash) throws IOException {
        reader.open(segments.file(segment + 1));
        int headBytes = matching(SegmentHeader.BYTES, sequence, hash);
        if (headBytes > 0 && offset + headBytes + payloadBytes(SegmentHeader.BYTES) <= segmentBytes) {
            // It would have fitted here. Recovery may have begun anew there; or a write went astray, and then what was
            // written after it lies here and says so.
            findClaims(segment, offset);
            reader.open(segments.file(segment + 1));
            headBytes = reader.head(SegmentHeader.BYTES);
        }
        if (headBytes == 0) {
            reader.open(segments.file(segment));
        }
        return headBytes;
    }

    private long payloadBytes(long offset) {
        return BatchHeader.payloadBytes(reader.buffer(), reader.start(offset));
    }

    private int matching(long offset, long sequence, byte[] hash) throws IOException {
        int headBytes = reader.head(offset);
        if (headBytes == 0) {
            return 0;
        }
        ByteBuffer buffer = reader.buffer();
        int start = reader.start(offset);
        if (BatchHeader.sequence(buffer, start) != sequence || !BatchHeader.continues(buffer, start, hash)) {
            return 0;
        }
        return headBytes;
    }

    /** Refuses a batch of a newer format, and notes what makes the store read-only. */
    private void requireReadable(long offset) throws StoreException {
        int start = reader.start(offset);
        BatchHeader.requireReadable(reader.buffer(), start, reader.file().path().toString(), offset);
        readOnlyFeatures |= BatchHeader.readOnlyFeatures(reader.buffer(), start);
    }

    /** Keeps a batch until it is claimed durable, and passes on those before it that now are. */
    private void hold(int headBytes, int segment, long offset, long sequence) throws StoreException {
        byte[] head = new byte[headBytes];
        reader.buffer().get(reader.start(offset), head);
        unclaimed.add(new Held(ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN), segment, offset, sequence));
        while (!unclaimed.isEmpty() && unclaimed.getFirst().sequence <= claim) {
            pass(unclaimed.removeFirst());
        }
    }

    private void pass(Held held) throws StoreException {
        String file = segments.file(held.segment).path().toString();
        visitor.batch(held.head, 0, held.head.capacity(), file, held.segment, held.offset);
        batches++;
    }

    /** Decides about the batches that nobody claims: they count up to the first whose payload is not intact. */
    private Log.LogEnd tail(Log.LogEnd end) throws StoreException, IOException {
        while (!unclaimed.isEmpty()) {
            Held held = unclaimed.removeFirst();
            if (held.sequence > claim && !payloadIntact(held) && !isClaimedBehind(held)) {
                unclaimed.clear();
                byte[] before = BatchHeader.previousHash(held.head, 0);
                return new Log.LogEnd(held.segment, held.offset, held.sequence, before);
            }
            pass(held);
        }
        return end;
    }

    /**
     * Looks for a claim that a batch was durable in all intact heads behind its own, even where its payload should be: a
     * write that went astray may have put one there.
     */
    private boolean isClaimedBehind(Held held) throws IOException {
        findClaims(held.segment, held.offset + held.head.capacity());
        for (int s = held.segment + 1; s < segments.count(); s++) {
            findClaims(s, SegmentHeader.BYTES);
        }
        return held.sequence <= claim;
    }

    /** Takes the claims of all intact heads in a segment from an offset on; leaves the reader there. */
    private void findClaims(int segment, long from) throws IOException {
        reader.open(segments.file(segment));
        for (long at = from; at < segmentBytes; at += BatchHeader.ALIGNMENT_BYTES) {
            if (reader.head(at) > 0) {
                claim = Math.max(claim, BatchHeader.durableThrough(reader.buffer(), reader.start(at)));
            }
        }
    }

    private boolean payloadIntact(Held held) throws StoreException, IOException {
        StorageFile file = segments.file(held.segment);
        return payload.damaged(file, held.head, 0, held.head.capacity(), held.offset) == 0;
    }

    private record Resync(int segment, long offset, long sequence) {}

    /**
     * Looks behind a place where batch {@code sequence} should be for evidence that it was durable; null if there is
     * none. Otherwise notes the damage and returns where to go on.
     */
    private @Nullable Resync resync(int segment, long offset, long sequence) throws IOException, StoreException {
        Resync next = null;
        long evidence = claim;
        for (int s = segment; s < segments.count(); s++) {
            reader.open(segments.file(s));
            long from = s == segment ? offset : SegmentHeader.BYTES;
            for (long at = from; at < segmentBytes; at += BatchHeader.ALIGNMENT_BYTES) {
                if (reader.head(at) == 0) {
                    continue;
                }
                long found = BatchHeader.sequence(reader.buffer(), reader.start(at));
                long claimed = BatchHeader.durableThrough(reader.buffer(), reader.start(at));
                evidence = Math.max(evidence, claimed);
                if (next == null && found > sequence && claimed >= sequence) {
                    next = new Resync(s, at, found);
                }
            }
        }
        reader.open(segments.file(segment));
        if (evidence < sequence) {
            return null;
        }
        claim = Math.max(claim, sequence - 1); // what was durable before counts, and is told before the gap
        while (!unclaimed.isEmpty()) {
            pass(unclaimed.removeFirst());
        }
        Damage lost = new Damage(
                segments.file(segment).path().toString(), offset, sequence, next == null ? 0 : next.sequence);
        damage.add(lost);
        visitor.gap(lost);
        return next;
    }
}
