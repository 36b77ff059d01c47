/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.OverlayHeader;
import dev.gnomon.store.format.Preserve;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The batches of one file of an overlay, appended one behind the other. One task at a time appends, one at a time forces;
 * both at once is fine.
 *
 * <p><b>Invariants:</b> sequences rise by one from 1 and each batch carries the hash of what is before it; a batch that
 * could not be written whole does not count, and the next one is written over it; what a batch claims to be durable was
 * forced before that batch was written.
 */
final class OverlayChain {
    private final StorageFile file;
    private final OverlayHeader header;
    private final long opening;
    private byte[] previousHash;
    private volatile long position;
    private volatile long lastSequence;
    private volatile long durableThrough;

    /** Where a chain ends. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record End(long position, long nextSequence, byte[] hash) {}

    /** Goes on behind an end up to which everything is durable. */
    OverlayChain(StorageFile file, OverlayHeader header, long opening, End end) {
        this.file = file;
        this.header = header;
        this.opening = opening;
        this.position = end.position();
        this.lastSequence = end.nextSequence() - 1;
        this.durableThrough = lastSequence;
        this.previousHash = end.hash().clone();
    }

    StorageFile file() {
        return file;
    }

    OverlayHeader header() {
        return header;
    }

    /** Returns where the next batch goes, in bytes. */
    long position() {
        return position;
    }

    /** Returns the sequence of the last batch, 0 if there is none. */
    long lastSequence() {
        return lastSequence;
    }

    /** Returns the highest sequence that is known to be durable. */
    long durableThrough() {
        return durableThrough;
    }

    /**
     * Appends a batch; it survives a kill of the process on return, a power cut after {@link #force}.
     *
     * @return the place of its first payload, in pieces of the file
     */
    long append(BatchWriter batch) throws IOException {
        long at = position;
        long payload = (at + batch.headBytes()) / Preserve.PIECE_BYTES;
        int bytes = batch.totalBytes();
        long sequence = lastSequence + 1;
        byte[] hash = previousHash.clone();
        ByteBuffer sealed = batch.seal(header.store(), sequence, durableThrough, opening, header.chain(), hash);
        file.write(sealed, at);
        previousHash = hash;
        position = at + bytes;
        lastSequence = sequence;
        return payload;
    }

    /** Makes every batch durable that was appended before this call. */
    void force() throws IOException {
        long through = lastSequence;
        file.force();
        durableThrough = through;
    }
}
