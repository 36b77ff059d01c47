/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.OverlayHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks the file of an overlay and finds its end. Confined to one task.
 *
 * <p>A batch counts if its head is intact, of this chain, its sequence is the next and it carries the hash of the one
 * before; and, unless a later batch or the seal claims that it was durable, if its payload is intact too. Where this stops
 * it is the torn tail, unless something behind it, or the seal, claims that the missing batch was durable: then it is damage.
 */
final class OverlayScan {
    private static final int PIECES_PER_CHUNK = 1; // of preserves, which are none of an overlay's entries

    private final StorageFile file;
    private final OverlayHeader header;
    private final long fileBytes;
    private final SegmentReader reader;
    private final PayloadCheck payload;
    private final Pace pace;
    private long claim;
    private long position;
    private long sequence;
    private byte[] hash;
    private boolean stopped;

    /** Says when the next batch may be read: one that waits lets others go first. */
    interface Pace {
        /** Reads without a pause. */
        Pace NONE = new Pace() {
            @Override
            public boolean begin() {
                return true;
            }

            @Override
            public void end(long bytes) {
                // Nobody waits for it.
            }
        };

        /** Waits until a part may be read, which {@link #end} follows; false if nothing is to be read any more. */
        boolean begin();

        /** Takes note of the bytes of the part. */
        void end(long bytes);
    }

    /** Receives the entries of what counts. */
    interface Visitor {
        /** Takes pieces in a row; {@code place} is that of the first in the file, in pieces, or {@link OverlayMap#ZEROS}. */
        void pieces(ByteBuffer head, int entry, long first, int count, long place) throws StoreException;
    }

    /** Scans at the pace of the device. */
    OverlayScan(StorageFile file, OverlayHeader header, byte[] headerHash, boolean aroundCache) throws IOException {
        this(file, header, headerHash, aroundCache, Pace.NONE);
    }

    OverlayScan(StorageFile file, OverlayHeader header, byte[] headerHash, boolean aroundCache, Pace pace)
            throws IOException {
        this.file = file;
        this.pace = pace;
        this.header = header;
        this.fileBytes = file.sizeBytes();
        this.payload = new PayloadCheck(PIECES_PER_CHUNK, aroundCache);
        this.reader = new SegmentReader(header.store(), fileBytes, file, aroundCache);
        this.hash = headerHash.clone();
        start(headerHash);
    }

    private void start(byte[] headerHash) {
        position = OverlayHeader.BYTES;
        sequence = 1;
        hash = headerHash.clone();
    }

    /**
     * Runs the scan.
     *
     * @param sealedThrough sequence that was durable when the overlay was sealed, 0 if it is not
     * @throws CorruptionException if something is missing that had been durable
     */
    OverlayChain.End run(long sealedThrough, Visitor visitor) throws StoreException, IOException {
        byte[] first = hash;
        claim = sealedThrough;
        while (step(null)) {} // First the claims: of a batch that nobody claims the payload is compared.
        seekClaims();
        start(first);
        return runKnowing(claim, visitor);
    }

    /**
     * Runs the scan where it is known what was durable when the file was opened for it.
     *
     * @param durableThrough highest sequence that was
     * @return where it ended: the end of the chain, unless {@link #stopped}
     * @throws CorruptionException if something is missing that had been durable
     */
    OverlayChain.End runKnowing(long durableThrough, Visitor visitor) throws StoreException, IOException {
        claim = durableThrough;
        while (step(visitor)) {}
        if (claim >= sequence && !stopped) {
            throw new CorruptionException(
                    file.path().toString(),
                    position,
                    "overlay",
                    "batch " + sequence + ", known to have been durable",
                    "nothing valid");
        }
        return new OverlayChain.End(position, sequence, hash);
    }

    /** Returns whether its {@link Pace} ended it before the end of the chain was found. */
    boolean stopped() {
        return stopped;
    }

    /** Takes the next batch when its turn has come. */
    private boolean step(@Nullable Visitor visitor) throws StoreException, IOException {
        if (stopped || !pace.begin()) {
            stopped = true;
            return false;
        }
        long before = position;
        try {
            return next(visitor);
        } finally {
            pace.end(position - before);
        }
    }

    /** Takes the batch at the position if it counts, and moves behind it. */
    private boolean next(@Nullable Visitor visitor) throws StoreException, IOException {
        int headBytes = reader.head(position);
        if (headBytes == 0) {
            return false;
        }
        ByteBuffer head = reader.buffer();
        int start = reader.start(position);
        if (!isNext(head, start)) {
            return false;
        }
        BatchHeader.requireReadable(head, start, file.path().toString(), position);
        long payloadBytes = BatchHeader.payloadBytes(head, start);
        if (visitor == null) {
            claim = Math.max(claim, BatchHeader.durableThrough(head, start));
        } else if (sequence > claim && !payloadIntact(head, start, headBytes)) {
            return false;
        } else {
            visit(head, start, headBytes, position, file, visitor);
        }
        hash = BatchReader.hash(head, start, headBytes);
        position += headBytes + payloadBytes;
        sequence++;
        return true;
    }

    private boolean isNext(ByteBuffer head, int start) {
        return BatchHeader.sequence(head, start) == sequence
                && BatchHeader.chain(head, start) == header.chain()
                && BatchHeader.continues(head, start, hash);
    }

    private boolean payloadIntact(ByteBuffer head, int start, int headBytes) throws StoreException {
        return payload.damaged(file, head, start, headBytes, position) == 0;
    }

    /** Takes the claims of all heads of this chain behind the end. */
    private void seekClaims() throws IOException {
        for (long at = position; at < fileBytes && pace.begin(); at += BatchHeader.ALIGNMENT_BYTES) {
            pace.end(BatchHeader.ALIGNMENT_BYTES);
            if (reader.head(at) > 0 && BatchHeader.chain(reader.buffer(), reader.start(at)) == header.chain()) {
                claim = Math.max(claim, BatchHeader.durableThrough(reader.buffer(), reader.start(at)));
            }
        }
    }

    /**
     * Returns whether the chain goes on in the system's cache behind its end on the device; since the file was forced, a
     * force must have failed and dropped what was acknowledged (I7).
     */
    boolean goesOnInCache() throws StoreException, IOException {
        SegmentReader cached = new SegmentReader(header.store(), fileBytes, file, false);
        int headBytes = cached.head(position);
        if (headBytes == 0 || !isNext(cached.buffer(), cached.start(position))) {
            return false;
        }
        PayloadCheck inCache = new PayloadCheck(PIECES_PER_CHUNK, false);
        return inCache.damaged(file, cached.buffer(), cached.start(position), headBytes, position) == 0;
    }

    /** Walks the entries of an intact head at an offset of a file. */
    static void visit(ByteBuffer head, int start, int headBytes, long offset, StorageFile file, Visitor visitor)
            throws StoreException {
        String path = file.path().toString();
        long payload = (offset + headBytes) / Preserve.PIECE_BYTES;
        BatchReader.visit(head, start, headBytes, PIECES_PER_CHUNK, path, offset, new BatchReader.Visitor() {
            @Override
            public void preserve(ByteBuffer from, int entry) throws StoreException {
                throw foreign(EntryHeader.type(from, entry));
            }

            @Override
            public void catalog(CatalogEntry entry) throws StoreException {
                throw foreign(entry.getClass().getSimpleName());
            }

            @Override
            public void newData(ByteBuffer from, int entry) throws StoreException {
                boolean raw = EntryHeader.codec(from, entry) == EntryHeader.CODEC_RAW;
                visitor.pieces(
                        from,
                        entry,
                        NewData.firstPiece(from, entry),
                        NewData.pieceCount(from, entry),
                        raw ? payload + NewData.payloadPiece(from, entry) : OverlayMap.ZEROS);
            }

            private CorruptionException foreign(Object type) {
                return new CorruptionException(path, offset, "entry of an overlay", "new data", type);
            }
        });
    }
}
