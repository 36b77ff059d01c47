/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
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

/** Compares the payload of a batch with the checksums in its entries. Confined to one task. */
final class PayloadCheck implements BatchReader.Visitor {
    private final StorageFile file;
    private final long payloadOffset;
    private final int piecesPerChunk;
    private final boolean aroundCache;
    private final ByteBuffer piece =
            Arena.ofAuto().allocate(Preserve.PIECE_BYTES, 4096).asByteBuffer();
    private long damaged;
    private long checked;

    PayloadCheck(StorageFile file, long payloadOffset, int piecesPerChunk, boolean aroundCache) {
        this.file = file;
        this.payloadOffset = payloadOffset;
        this.piecesPerChunk = piecesPerChunk;
        this.aroundCache = aroundCache;
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
        piece.clear();
        try {
            while (piece.hasRemaining()) {
                int read = aroundCache && piece.position() == 0
                        ? file.readAroundCache(piece, at)
                        : file.read(piece, at + piece.position());
                if (read <= 0) {
                    return false;
                }
            }
        } catch (IOException e) {
            throw new DeviceException("reading " + file.path() + " at offset " + at, e);
        }
        return Prologue.crc(piece, 0, Preserve.PIECE_BYTES) == crc;
    }

    @Override
    public void catalog(CatalogEntry entry) {
        // Catalog entries lie in the head, which has a checksum of its own.
    }

    long damaged() {
        return damaged;
    }

    long checked() {
        return checked;
    }
}
