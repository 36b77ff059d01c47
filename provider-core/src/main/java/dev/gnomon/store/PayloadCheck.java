/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares the payload of a batch with the checksums in its entries, through a window: recovery may have to look at a
 * hundred thousand pieces, and each read around the cache waits for the device. Confined to one task.
 */
final class PayloadCheck implements BatchReader.Visitor {
    private static final int WINDOW_BYTES = 1 << 20;

    private final int piecesPerChunk;
    private final boolean aroundCache;
    private ByteBuffer own = ByteBuffer.allocate(0);
    /** What is compared: the own one, or the buffer of the head. */
    private ByteBuffer window = own;

    private @Nullable StorageFile file;
    private long payloadOffset;
    private long payloadEnd;
    private long windowOffset;
    private long damaged;
    private long checked;

    PayloadCheck(int piecesPerChunk, boolean aroundCache) {
        this.piecesPerChunk = piecesPerChunk;
        this.aroundCache = aroundCache;
    }

    /** Returns how many pieces of the batch whose head lies in a buffer, and in a file at an offset, are not what they were. */
    long damaged(StorageFile in, ByteBuffer head, int start, int headBytes, long offset) throws StoreException {
        window = own;
        window.limit(0);
        return compare(in, head, start, headBytes, offset);
    }

    /** As {@link #damaged}, where the payload, or its begin, follows the head in the buffer, read in the same way. */
    long damagedBehind(StorageFile in, ByteBuffer head, int start, int headBytes, long offset) throws StoreException {
        window = head;
        windowOffset = offset - start;
        return compare(in, head, start, headBytes, offset);
    }

    private long compare(StorageFile in, ByteBuffer head, int start, int headBytes, long offset) throws StoreException {
        file = in;
        payloadOffset = offset + headBytes;
        payloadEnd = payloadOffset + BatchHeader.payloadBytes(head, start);
        damaged = 0;
        checked = 0;
        BatchReader.visit(head, start, headBytes, piecesPerChunk, in.path().toString(), offset, this);
        return damaged;
    }

    /** Returns how many pieces the batch had. */
    long checked() {
        return checked;
    }

    @Override
    public void preserve(ByteBuffer head, int entry) throws StoreException {
        if (EntryHeader.codec(head, entry) != EntryHeader.CODEC_RAW) {
            return;
        }
        for (int rank = 0; rank < Preserve.pieceCount(head, entry); rank++) {
            long at = payloadOffset + (Preserve.payloadPiece(head, entry) + (long) rank) * Preserve.PIECE_BYTES;
            checked++;
            if (!matches(at, Preserve.crc(head, entry, piecesPerChunk, rank))) {
                damaged++;
            }
        }
    }

    @Override
    public void newData(ByteBuffer head, int entry) throws StoreException {
        if (EntryHeader.codec(head, entry) != EntryHeader.CODEC_RAW) {
            return;
        }
        for (int rank = 0; rank < NewData.pieceCount(head, entry); rank++) {
            long at = payloadOffset + (NewData.payloadPiece(head, entry) + (long) rank) * Preserve.PIECE_BYTES;
            checked++;
            if (!matches(at, NewData.crc(head, entry, rank))) {
                damaged++;
            }
        }
    }

    private boolean matches(long at, int crc) throws DeviceException {
        StorageFile from = Objects.requireNonNull(file);
        try {
            return load(from, at) && Prologue.crc(window, (int) (at - windowOffset), Preserve.PIECE_BYTES) == crc;
        } catch (IOException e) {
            throw new DeviceException("reading " + from.path() + " at offset " + at, e);
        }
    }

    /** Makes the window hold the piece at an offset; false if the file ends before the piece does. */
    private boolean load(StorageFile from, long at) throws IOException {
        if (at >= windowOffset && at + Preserve.PIECE_BYTES <= windowOffset + window.limit()) {
            return true;
        }
        long left = Math.max(Preserve.PIECE_BYTES, payloadEnd - at); // an entry may name what lies behind the payload
        int bytes = (int) Math.min(WINDOW_BYTES, left);
        if (own.capacity() < bytes) {
            own = Arena.ofAuto().allocate(bytes, Preserve.PIECE_BYTES).asByteBuffer();
        }
        window = own;
        windowOffset = at;
        window.clear().limit(bytes);
        while (window.hasRemaining()) {
            long next = at + window.position();
            boolean around = aroundCache && next % Preserve.PIECE_BYTES == 0;
            int read = around ? from.readAroundCache(window, next) : from.read(window, next);
            if (read <= 0) {
                break;
            }
        }
        window.flip();
        return window.limit() >= Preserve.PIECE_BYTES;
    }

    @Override
    public void catalog(CatalogEntry entry) {
        // Catalog entries lie in the head, which has a checksum of its own.
    }
}
