/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Reads the entries of an intact head. Stateless apart from the visitor. */
public final class BatchReader {
    private BatchReader() {}

    /** Receives the entries of a batch in order. */
    public interface Visitor {
        /** Takes a preserve or moved entry that starts at {@code entry}; read it with {@link Preserve}. */
        void preserve(ByteBuffer head, int entry) throws StoreException;

        /** Takes a catalog entry. */
        void catalog(CatalogEntry entry) throws StoreException;

        /** Takes an entry of new data that starts at {@code entry}; read it with {@link NewData}. */
        default void newData(ByteBuffer head, int entry) throws StoreException {}

        /** Takes a settled mark that starts at {@code entry}; read it with {@link Settled}. */
        default void settled(ByteBuffer head, int entry) throws StoreException {}
    }

    /**
     * Walks the entries of a head whose checksum is right.
     *
     * @param start of the head in the buffer
     * @param file and {@code offsetBytes}: the place of the head, for messages
     */
    public static void visit(
            ByteBuffer head, int start, int headBytes, int piecesPerChunk, String file, long offsetBytes, Visitor to)
            throws StoreException {
        int entry = start + BatchHeader.BYTES;
        int end = start + headBytes;
        long payloadPieces = BatchHeader.payloadBytes(head, start) / Preserve.PIECE_BYTES;
        for (int left = BatchHeader.entryCount(head, start); left > 0; left--) {
            EntryHeader.require(head, entry, end, file, offsetBytes - start);
            int type = EntryHeader.type(head, entry);
            if (type == EntryHeader.PRESERVE || type == EntryHeader.MOVED) {
                Preserve.require(head, entry, piecesPerChunk, payloadPieces, file, offsetBytes - start);
                to.preserve(head, entry);
            } else if (type == EntryHeader.NEW_DATA) {
                NewData.require(head, entry, payloadPieces, file, offsetBytes - start);
                to.newData(head, entry);
            } else if (type == EntryHeader.SETTLED) {
                Settled.require(head, entry, file, offsetBytes - start);
                to.settled(head, entry);
            } else if (EntryHeader.isCatalog(type)) {
                to.catalog(CatalogCodec.decode(head, entry, file, offsetBytes - start));
            }
            entry += EntryHeader.entryBytes(head, entry);
        }
    }

    /** Returns the hash that the next batch must carry. */
    public static byte[] hash(ByteBuffer head, int start, int headBytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(head.duplicate().limit(start + headBytes).position(start));
            return Arrays.copyOf(digest.digest(), BatchHeader.HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
