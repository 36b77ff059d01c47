/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The header of a batch. A batch is a head (this header and the entries, padded with zeros to a multiple of 4 KiB) and
 * behind it the payload (4 KiB pieces); it lies inside one segment at a multiple of 4 KiB.
 *
 * <pre>
 *  offset size
 *     0   56  prologue, magic "GNOMONBT"; its checksum covers the head
 *    56    8  sequence, 1 for the first batch of a store, rising by one
 *    64    8  durable through: highest sequence known durable when this batch was written
 *    72   16  first 16 bytes of the SHA-256 of the head of the batch before; zeros in batch 1
 *    88    4  bytes of the head
 *    92    4  count of entries
 *    96    8  bytes of the payload
 *   104    8  opening: generation of the superblock that the writing process began with
 *   112    8  in the log: highest sequence of the staging chain known durable when this batch was written; in an
 *             overlay: the chain that its file belongs to, see {@link OverlayHeader}
 *   120    8  zero
 *   128       entries
 * </pre>
 *
 * <p>The opening makes every batch of a process unlike any of an earlier one. Without it a batch that is lost in a crash
 * and then written again, byte for byte, would be continued by the lost one's successor, which nobody waits for any more.
 *
 * <p>Data and index are in one structure, so a batch is there or it is not: one flush, no separate commit block. The
 * payload is covered by the checksums in the entries.
 */
public final class BatchHeader {
    /** Bytes of the header; entries start behind it. */
    public static final int BYTES = 128;

    /** Heads, payloads and places of batches are multiples of this many bytes. */
    public static final int ALIGNMENT_BYTES = 4096;

    /** Longest head that is written or read: bounds what a damaged length can make a reader do. */
    public static final int MAX_HEAD_BYTES = 1 << 20;

    /** Bytes of the hash of the batch before. */
    public static final int HASH_BYTES = 16;

    private static final long MAGIC = Prologue.magic("GNOMONBT");
    private static final int SEQUENCE = 56;
    private static final int DURABLE_THROUGH = 64;
    private static final int PREVIOUS_HASH = 72;
    private static final int HEAD_BYTES = 88;
    private static final int ENTRY_COUNT = 92;
    private static final int PAYLOAD_BYTES = 96;
    private static final int OPENING = 104;
    private static final int STAGING_DURABLE_THROUGH = 112;

    private BatchHeader() {}

    /** Completes a head whose entries are in place: writes the header at {@code start} and seals the head. */
    static void seal(
            ByteBuffer head,
            int start,
            UUID store,
            long sequence,
            long durableThrough,
            long opening,
            long stagingDurableThrough,
            byte[] previousHash,
            int headBytes,
            int entryCount,
            long payloadBytes) {
        for (int i = 0; i < BYTES; i += 8) {
            head.putLong(start + i, 0);
        }
        Prologue.write(head, start, MAGIC, store);
        head.putLong(start + SEQUENCE, sequence);
        head.putLong(start + DURABLE_THROUGH, durableThrough);
        head.put(start + PREVIOUS_HASH, previousHash);
        head.putInt(start + HEAD_BYTES, headBytes);
        head.putInt(start + ENTRY_COUNT, entryCount);
        head.putLong(start + PAYLOAD_BYTES, payloadBytes);
        head.putLong(start + OPENING, opening);
        head.putLong(start + STAGING_DURABLE_THROUGH, stagingDurableThrough);
        Prologue.seal(head, start, headBytes);
    }

    /**
     * Returns how many bytes of head a reader must have to check it, judged by the first 128; 0 if these cannot be the
     * start of a batch of that store.
     *
     * @param available bytes left in the segment
     */
    public static int plausibleHeadBytes(ByteBuffer head, int start, UUID store, long available) {
        if (!Prologue.hasMagic(head, start, MAGIC)
                || !Prologue.store(head, start).equals(store)) {
            return 0;
        }
        int headBytes = head.getInt(start + HEAD_BYTES);
        long payloadBytes = head.getLong(start + PAYLOAD_BYTES);
        boolean plausible = headBytes >= ALIGNMENT_BYTES
                && headBytes <= MAX_HEAD_BYTES
                && headBytes % ALIGNMENT_BYTES == 0
                && payloadBytes >= 0
                && payloadBytes % ALIGNMENT_BYTES == 0
                && payloadBytes <= available - headBytes;
        return plausible ? headBytes : 0;
    }

    /** Returns whether the checksum of a whole head is right. */
    public static boolean intact(ByteBuffer head, int start, int headBytes) {
        return Prologue.intact(head, start, headBytes);
    }

    /** Refuses an intact head of a newer format. */
    public static void requireReadable(ByteBuffer head, int start, String file, long offsetBytes)
            throws StoreException {
        Prologue.requireReadable(head, start, file, offsetBytes);
    }

    /** Returns the read-only compatible features; this program knows none. */
    public static long readOnlyFeatures(ByteBuffer head, int start) {
        return Prologue.readOnlyFeatures(head, start);
    }

    /** Returns the sequence. */
    public static long sequence(ByteBuffer head, int start) {
        return head.getLong(start + SEQUENCE);
    }

    /** Returns the highest sequence that was known durable. */
    public static long durableThrough(ByteBuffer head, int start) {
        return head.getLong(start + DURABLE_THROUGH);
    }

    /** Returns the highest sequence of the staging chain that was known durable. */
    public static long stagingDurableThrough(ByteBuffer head, int start) {
        return head.getLong(start + STAGING_DURABLE_THROUGH);
    }

    /** Returns the chain of a batch of an overlay; see {@link OverlayHeader}. */
    public static long chain(ByteBuffer head, int start) {
        return head.getLong(start + STAGING_DURABLE_THROUGH);
    }

    /** Returns whether the head continues the batch of that hash. */
    public static boolean continues(ByteBuffer head, int start, byte[] hash) {
        for (int i = 0; i < HASH_BYTES; i++) {
            if (head.get(start + PREVIOUS_HASH + i) != hash[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the hash of the batch before that a head carries. */
    public static byte[] previousHash(ByteBuffer head, int start) {
        byte[] hash = new byte[HASH_BYTES];
        head.get(start + PREVIOUS_HASH, hash);
        return hash;
    }

    /** Returns the count of entries. */
    public static int entryCount(ByteBuffer head, int start) {
        return head.getInt(start + ENTRY_COUNT);
    }

    /** Returns the bytes of the payload. */
    public static long payloadBytes(ByteBuffer head, int start) {
        return head.getLong(start + PAYLOAD_BYTES);
    }
}
