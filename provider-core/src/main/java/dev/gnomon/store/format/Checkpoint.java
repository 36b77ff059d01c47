/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the log said up to some batch, so that nobody has to read that part of it again. A file of its own that is
 * written once, forced, and only then named by a superblock.
 *
 * <pre>
 *  offset size
 *     0   56  prologue, magic "GNOMONCP"; its checksum covers the whole structure
 *    56    8  number of the checkpoint, as in its name
 *    64    8  bytes of the structure, a multiple of 4096
 *    72    8  sequence of the first batch that is not part of it
 *    80    8  segment where that batch is to be looked for
 *    88    8  offset there
 *    96   16  hash of the batch before
 *   112    4  highest number that any volume ever had
 *   116    4  count of runs
 *   120    4  count of epochs
 *   124    4  count of catalog entries
 *   128    8  highest sequence of the staging chain that was known durable
 *   136   24  zero
 *   160       runs, oldest first: number (8), checksum of the header (4), zero (4)
 *             epochs: number of the volume (4), zero (4), highest epoch that a catalog entry named for it (8),
 *             highest epoch of any record of it (8)
 *             the catalog, as entries like those of batches: volumes, sets in order of creation, failures, marks
 * </pre>
 *
 * @param start where the log goes on
 * @param stagingClaim highest sequence of the staging chain that any batch before the start knew durable, or a higher one
 * @param epochs by number of the volume
 */
public record Checkpoint(
        UUID store,
        long number,
        Start start,
        long stagingClaim,
        int highestVolume,
        List<RunName> runs,
        SortedMap<Integer, Epochs> epochs,
        List<CatalogEntry> catalog) {
    /** A longer one is taken for damage; far above what 1024 volumes with 512 copies need. */
    public static final int MAX_BYTES = 256 << 20;

    private static final int ALIGNMENT_BYTES = 4096;
    private static final long MAGIC = Prologue.magic("GNOMONCP");
    private static final int NUMBER = 56;
    private static final int TOTAL_BYTES = 64;
    private static final int SEQUENCE = 72;
    private static final int SEGMENT = 80;
    private static final int OFFSET = 88;
    private static final int HASH = 96;
    private static final int HIGHEST_VOLUME = 112;
    private static final int RUNS = 116;
    private static final int EPOCHS = 120;
    private static final int CATALOG = 124;
    private static final int STAGING_CLAIM = 128;
    private static final int BODY = 160;

    /** Copies the lists. */
    public Checkpoint {
        runs = List.copyOf(runs);
        epochs = new TreeMap<>(epochs);
        catalog = List.copyOf(catalog);
    }

    /**
     * A place in the log.
     *
     * @param hash hexadecimal, of the head of the batch before
     */
    public record Start(long sequence, long segment, long offsetBytes, String hash) {}

    /** The highest epochs that catalog entries and records of a volume ever named; none of them is given again. */
    public record Epochs(long named, long recorded) {}

    /** A run, by its number and the checksum of its header. */
    public record RunName(long number, int headerCrc) {}

    /** Returns the whole structure, from position to limit. */
    public ByteBuffer encode() {
        for (int capacity = 64 << 10; ; capacity *= 4) {
            try {
                return encode(Prologue.ordered(ByteBuffer.allocateDirect(capacity)));
            } catch (BufferOverflowException e) {
                if (capacity >= MAX_BYTES) {
                    throw new IllegalStateException("checkpoint of more than " + MAX_BYTES + " bytes", e);
                }
            }
        }
    }

    private ByteBuffer encode(ByteBuffer to) {
        to.position(BODY);
        for (RunName run : runs) {
            to.putLong(run.number).putInt(run.headerCrc).putInt(0);
        }
        epochs.forEach((volume, highest) ->
                to.putInt(volume).putInt(0).putLong(highest.named).putLong(highest.recorded));
        catalog.forEach(entry -> CatalogCodec.encode(entry, to));
        int bytes = (to.position() + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
        to.clear().limit(bytes);
        Prologue.write(to, 0, MAGIC, store);
        to.putLong(NUMBER, number);
        to.putLong(TOTAL_BYTES, bytes);
        to.putLong(SEQUENCE, start.sequence);
        to.putLong(SEGMENT, start.segment);
        to.putLong(OFFSET, start.offsetBytes);
        to.put(HASH, java.util.HexFormat.of().parseHex(start.hash));
        to.putLong(STAGING_CLAIM, stagingClaim);
        to.putInt(HIGHEST_VOLUME, highestVolume);
        to.putInt(RUNS, runs.size());
        to.putInt(EPOCHS, epochs.size());
        to.putInt(CATALOG, catalog.size());
        Prologue.seal(to, 0, bytes);
        return to;
    }

    /** Returns how long the structure says it is, by its first 4096 bytes; at least that, at most {@link #MAX_BYTES}. */
    public static int plausibleBytes(ByteBuffer first) {
        long bytes = Prologue.ordered(first).getLong(TOTAL_BYTES);
        return bytes >= ALIGNMENT_BYTES && bytes <= MAX_BYTES && bytes % ALIGNMENT_BYTES == 0
                ? (int) bytes
                : ALIGNMENT_BYTES;
    }

    /**
     * Reads the structure that fills the buffer.
     *
     * @param number that it must have
     * @throws CorruptionException if it is damaged or another
     */
    public static Checkpoint decode(ByteBuffer from, String file, UUID store, long number) throws StoreException {
        Prologue.ordered(from);
        if (!Prologue.hasMagic(from, 0, MAGIC)) {
            throw new CorruptionException(
                    file, 0, "magic of the checkpoint", "GNOMONCP", Long.toHexString(from.getLong(0)));
        }
        if (!Prologue.intact(from, 0, from.limit())) {
            throw new CorruptionException(
                    file, 0, "checksum of the checkpoint", "CRC32C of its " + from.limit() + " bytes", "another");
        }
        Prologue.requireReadable(from, 0, file, 0);
        if (!Prologue.store(from, 0).equals(store)) {
            throw new CorruptionException(file, 0, "store UUID of the checkpoint", store, Prologue.store(from, 0));
        }
        if (from.getLong(NUMBER) != number || from.getLong(TOTAL_BYTES) != from.limit()) {
            throw new CorruptionException(
                    file,
                    NUMBER,
                    "checkpoint",
                    "number " + number + " of " + from.limit() + " bytes",
                    "number " + from.getLong(NUMBER) + " of " + from.getLong(TOTAL_BYTES) + " bytes");
        }
        try {
            return body(from, file, store, number);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new CorruptionException(
                    file, BODY, "lists of the checkpoint", "inside its " + from.limit() + " bytes", "behind them");
        }
    }

    private static Checkpoint body(ByteBuffer from, String file, UUID store, long number) throws StoreException {
        byte[] hash = new byte[BatchHeader.HASH_BYTES];
        from.get(HASH, hash);
        Start start = new Start(
                from.getLong(SEQUENCE),
                from.getLong(SEGMENT),
                from.getLong(OFFSET),
                java.util.HexFormat.of().formatHex(hash));
        from.position(BODY);
        List<RunName> runs = new ArrayList<>();
        for (int left = from.getInt(RUNS); left > 0; left--) {
            runs.add(new RunName(from.getLong(), from.getInt()));
            from.getInt();
        }
        SortedMap<Integer, Epochs> epochs = new TreeMap<>();
        for (int left = from.getInt(EPOCHS); left > 0; left--) {
            int volume = from.getInt();
            from.getInt();
            epochs.put(volume, new Epochs(from.getLong(), from.getLong()));
        }
        List<CatalogEntry> catalog = new ArrayList<>();
        int entry = from.position();
        for (int left = from.getInt(CATALOG); left > 0; left--) {
            EntryHeader.require(from, entry, from.limit(), file, 0);
            catalog.add(CatalogCodec.decode(from, entry, file, 0));
            entry += EntryHeader.entryBytes(from, entry);
        }
        return new Checkpoint(
                store, number, start, from.getLong(STAGING_CLAIM), from.getInt(HIGHEST_VOLUME), runs, epochs, catalog);
    }
}
