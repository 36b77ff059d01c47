/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The root of a store, kept in two slots of one file that are written in turn; of the intact ones the higher generation
 * counts.
 *
 * <pre>
 *  offset size
 *     0   56  prologue, magic "GNOMONSB"
 *    56    8  generation, rises by one with each write
 *    64    4  chunk size in bytes
 *    68    4  piece size in bytes, 4096
 *    72    8  segment size in bytes
 *    80    8  durable through: highest batch sequence known durable when this was written
 *    88    4  flags: 1 stopped clean, 2 a force of the store failed and nobody was told yet
 *    92    4  length of the boot id in bytes
 *    96   64  boot id of the system that last opened the store, UTF-8, zero-padded
 *   160    8  count of segments that were ready for batches when this was written, those given up since included
 *   168    8  number of the checkpoint that the log is read from, 0 for none: from its first batch
 *   176 2048  where the segments are, see {@link SegmentDirectories}
 *  2224 1872  zero
 * </pre>
 *
 * <p>A slot takes one 4 KiB block; the two lie 64 KiB apart so that one torn or misdirected write leaves the other.
 *
 * @param segments so many files were made; it is raised, durably, before the first batch goes into a new one
 * @param checkpoint number of a checkpoint that was durable when this was written, 0 for none
 * @param directories where the segments are
 * @param failed a force failed: what was acknowledged since the last good one may be lost
 * @param readOnlyFeatures of the prologue; with any the store must not be written to. Never written by this release
 */
public record Superblock(
        UUID store,
        long generation,
        int chunkBytes,
        long segmentBytes,
        long durableThrough,
        long segments,
        boolean clean,
        boolean failed,
        String bootId,
        long checkpoint,
        long readOnlyFeatures,
        SegmentDirectories directories) {
    /** Bytes of a slot. */
    public static final int SLOT_BYTES = 4096;

    /** Distance between the two slots. */
    public static final int SLOT_STRIDE_BYTES = 64 << 10;

    /** Bytes of the file. */
    public static final int FILE_BYTES = 2 * SLOT_STRIDE_BYTES;

    private static final long MAGIC = Prologue.magic("GNOMONSB");
    private static final int GENERATION = 56;
    private static final int CHUNK_BYTES = 64;
    private static final int PIECE_BYTES = 68;
    private static final int SEGMENT_BYTES = 72;
    private static final int DURABLE_THROUGH = 80;
    private static final int FLAGS = 88;
    private static final int BOOT_ID_LENGTH = 92;
    private static final int BOOT_ID = 96;
    private static final int BOOT_ID_MAX = 64;
    private static final int SEGMENTS = 160;
    private static final int CHECKPOINT = 168;
    private static final int FLAG_CLEAN = 1;
    private static final int FLAG_FAILED = 2;

    /** Returns the next generation of this superblock; what is claimed never goes back. */
    public Superblock next(
            long newDurableThrough, long newSegments, boolean newClean, boolean newFailed, String newBootId) {
        return new Superblock(
                store,
                generation + 1,
                chunkBytes,
                segmentBytes,
                Math.max(durableThrough, newDurableThrough),
                Math.max(segments, newSegments),
                newClean,
                newFailed,
                newBootId,
                checkpoint,
                0,
                directories);
    }

    /** Returns this superblock with another checkpoint. */
    public Superblock naming(long newCheckpoint) {
        return new Superblock(
                store,
                generation,
                chunkBytes,
                segmentBytes,
                durableThrough,
                segments,
                clean,
                failed,
                bootId,
                newCheckpoint,
                readOnlyFeatures,
                directories);
    }

    /** Returns this superblock with segments elsewhere. */
    public Superblock placing(SegmentDirectories newDirectories) {
        return new Superblock(
                store,
                generation,
                chunkBytes,
                segmentBytes,
                durableThrough,
                segments,
                clean,
                failed,
                bootId,
                checkpoint,
                readOnlyFeatures,
                newDirectories);
    }

    /** Returns the offset in the file of the slot that this generation is written to. */
    public long slotOffset() {
        return (generation & 1) * (long) SLOT_STRIDE_BYTES;
    }

    /** Writes a whole slot at the start of the buffer. */
    public void encode(ByteBuffer slot) {
        Prologue.ordered(slot);
        for (int i = 0; i < SLOT_BYTES; i += 8) {
            slot.putLong(i, 0);
        }
        Prologue.write(slot, 0, MAGIC, store);
        slot.putLong(GENERATION, generation);
        slot.putInt(CHUNK_BYTES, chunkBytes);
        slot.putInt(PIECE_BYTES, Preserve.PIECE_BYTES);
        slot.putLong(SEGMENT_BYTES, segmentBytes);
        slot.putLong(DURABLE_THROUGH, durableThrough);
        slot.putInt(FLAGS, (clean ? FLAG_CLEAN : 0) | (failed ? FLAG_FAILED : 0));
        byte[] boot = bootId.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(boot.length, BOOT_ID_MAX);
        slot.putInt(BOOT_ID_LENGTH, length);
        slot.put(BOOT_ID, boot, 0, length);
        slot.putLong(SEGMENTS, segments);
        slot.putLong(CHECKPOINT, checkpoint);
        directories.encode(slot);
        Prologue.seal(slot, 0, SLOT_BYTES);
    }

    /**
     * Reads a slot from the start of the buffer.
     *
     * @throws CorruptionException if the magic, checksum or a field is wrong
     * @throws FormatTooNewException if it is intact and of a newer format
     */
    public static Superblock decode(ByteBuffer slot, String file, long offsetBytes) throws StoreException {
        Prologue.ordered(slot);
        if (!Prologue.hasMagic(slot, 0, MAGIC)) {
            throw new CorruptionException(
                    file, offsetBytes, "magic of the superblock", "GNOMONSB", Long.toHexString(slot.getLong(0)));
        }
        if (!Prologue.intact(slot, 0, SLOT_BYTES)) {
            throw new CorruptionException(
                    file, offsetBytes, "checksum of the superblock", "CRC32C of its 4096 bytes", "another");
        }
        Prologue.requireReadable(slot, 0, file, offsetBytes);
        int chunkBytes = slot.getInt(CHUNK_BYTES);
        if (Integer.bitCount(chunkBytes) != 1
                || chunkBytes < Preserve.PIECE_BYTES
                || chunkBytes > Preserve.MAX_CHUNK_BYTES) {
            throw new CorruptionException(
                    file, offsetBytes + CHUNK_BYTES, "chunk size", "a power of two from 4096 to 1048576", chunkBytes);
        }
        if (slot.getInt(PIECE_BYTES) != Preserve.PIECE_BYTES) {
            throw new CorruptionException(
                    file, offsetBytes + PIECE_BYTES, "piece size", Preserve.PIECE_BYTES, slot.getInt(PIECE_BYTES));
        }
        int flags = slot.getInt(FLAGS);
        byte[] boot = new byte[Math.clamp(slot.getInt(BOOT_ID_LENGTH), 0, BOOT_ID_MAX)];
        slot.get(BOOT_ID, boot);
        return new Superblock(
                Prologue.store(slot, 0),
                slot.getLong(GENERATION),
                chunkBytes,
                slot.getLong(SEGMENT_BYTES),
                slot.getLong(DURABLE_THROUGH),
                slot.getLong(SEGMENTS),
                (flags & FLAG_CLEAN) != 0,
                (flags & FLAG_FAILED) != 0,
                new String(boot, StandardCharsets.UTF_8),
                slot.getLong(CHECKPOINT),
                Prologue.readOnlyFeatures(slot, 0),
                SegmentDirectories.decode(slot, file, offsetBytes));
    }
}
