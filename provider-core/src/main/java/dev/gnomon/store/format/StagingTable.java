/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The root of the staging chain, kept in two slots of one file that are written in turn; of the intact ones the higher
 * generation counts. It says which staging files hold new data that may not be settled, and where their batches start.
 *
 * <pre>
 *  offset size
 *     0   56  prologue, magic "GNOMONST"
 *    56    8  generation, rises by one with each write
 *    64    8  durable through: highest sequence of the staging chain known durable when this was written
 *    72    8  size of each staging file in bytes
 *    80    4  count of files n, at most 32
 *    84    4  count of marks m, at most 400
 *    88  40n  per file: ordinal (8, 0: holds nothing that counts), first sequence (8), sequence behind the last batch (8,
 *             0 for the file that is written to now), hash of the batch before the first (16)
 *     …  12m  per mark: number of the volume (4), settled through (8)
 *     …       zeros up to 8192
 * </pre>
 *
 * @param files by number, as in their names
 * @param marks settled through, by volume number
 */
public record StagingTable(
        UUID store,
        long generation,
        long durableThrough,
        long fileBytes,
        List<FileState> files,
        SortedMap<Integer, Long> marks) {
    /** Bytes of a slot. */
    public static final int SLOT_BYTES = 8192;

    /** Distance between the two slots. */
    public static final int SLOT_STRIDE_BYTES = 64 << 10;

    /** Bytes of the file. */
    public static final int TABLE_BYTES = SLOT_STRIDE_BYTES + SLOT_BYTES;

    /** Most files. */
    public static final int MAX_FILES = 32;

    /** Most marks, more than there may be volumes. */
    public static final int MAX_MARKS = 400;

    private static final long MAGIC = Prologue.magic("GNOMONST");
    private static final int GENERATION = 56;
    private static final int DURABLE_THROUGH = 64;
    private static final int FILE_BYTES = 72;
    private static final int FILE_COUNT = 80;
    private static final int MARK_COUNT = 84;
    private static final int FILES = 88;
    private static final int FILE_STATE_BYTES = 40;
    private static final int MARK_BYTES = 12;

    /** Copies the collections. */
    public StagingTable {
        files = List.copyOf(files);
        marks = new TreeMap<>(marks);
    }

    /**
     * What one file holds.
     *
     * @param ordinal rises with each use of any file; 0 if the file holds nothing that counts
     * @param firstSequence of the batch at offset 0
     * @param endSequence behind the last batch, 0 for the file that is written to
     * @param previousHash of the batch before the first
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; copied where it leaves
    public record FileState(long ordinal, long firstSequence, long endSequence, byte[] previousHash) {
        /** Of a file that holds nothing that counts. */
        public static FileState unused() {
            return new FileState(0, 0, 0, new byte[BatchHeader.HASH_BYTES]);
        }
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
        slot.putLong(DURABLE_THROUGH, durableThrough);
        slot.putLong(FILE_BYTES, fileBytes);
        slot.putInt(FILE_COUNT, files.size());
        slot.putInt(MARK_COUNT, marks.size());
        int at = FILES;
        for (FileState file : files) {
            slot.putLong(at, file.ordinal);
            slot.putLong(at + 8, file.firstSequence);
            slot.putLong(at + 16, file.endSequence);
            slot.put(at + 24, file.previousHash);
            at += FILE_STATE_BYTES;
        }
        for (var mark : marks.entrySet()) {
            slot.putInt(at, mark.getKey());
            slot.putLong(at + 4, mark.getValue());
            at += MARK_BYTES;
        }
        Prologue.seal(slot, 0, SLOT_BYTES);
    }

    /**
     * Reads a slot from the start of the buffer.
     *
     * @throws CorruptionException if the magic, checksum or a field is wrong
     * @throws FormatTooNewException if it is intact and of a newer format
     */
    public static StagingTable decode(ByteBuffer slot, UUID store, String file, long offset) throws StoreException {
        Prologue.ordered(slot);
        if (!Prologue.hasMagic(slot, 0, MAGIC)) {
            throw new CorruptionException(
                    file, offset, "magic of the staging table", "GNOMONST", Long.toHexString(slot.getLong(0)));
        }
        if (!Prologue.intact(slot, 0, SLOT_BYTES)) {
            throw new CorruptionException(file, offset, "checksum of the staging table", "CRC32C of it", "another");
        }
        Prologue.requireReadable(slot, 0, file, offset);
        if (!Prologue.store(slot, 0).equals(store)) {
            throw new CorruptionException(file, offset, "store of the staging table", store, Prologue.store(slot, 0));
        }
        int fileCount = slot.getInt(FILE_COUNT);
        int markCount = slot.getInt(MARK_COUNT);
        if (fileCount < 0 || fileCount > MAX_FILES || markCount < 0 || markCount > MAX_MARKS) {
            throw new CorruptionException(
                    file,
                    offset + FILE_COUNT,
                    "counts of files and marks",
                    "at most " + MAX_FILES + " and " + MAX_MARKS,
                    fileCount + " and " + markCount);
        }
        List<FileState> files = new ArrayList<>();
        int at = FILES;
        for (int i = 0; i < fileCount; i++, at += FILE_STATE_BYTES) {
            byte[] hash = new byte[BatchHeader.HASH_BYTES];
            slot.get(at + 24, hash);
            files.add(new FileState(slot.getLong(at), slot.getLong(at + 8), slot.getLong(at + 16), hash));
        }
        SortedMap<Integer, Long> marks = new TreeMap<>();
        for (int i = 0; i < markCount; i++, at += MARK_BYTES) {
            marks.put(slot.getInt(at), slot.getLong(at + 4));
        }
        return new StagingTable(
                store, slot.getLong(GENERATION), slot.getLong(DURABLE_THROUGH), slot.getLong(FILE_BYTES), files, marks);
    }
}
