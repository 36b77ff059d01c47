/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Where the scrub of a store stands: a block of 4096 bytes, of which a file has two. Behind the {@link Prologue} (56 bytes):
 *
 * <pre>
 *  56    8  generation; the newer intact block counts
 *  64    4  1 running, 2 stopped by somebody, 3 done
 *  68    4  number of the volume that it goes on in
 *  72    8  piece, and
 *  80    8  epoch of the last preserved piece that was compared there; -1 for none
 *  88    8  when it began, in milliseconds since 1970 UTC
 *  96    8  when it was stopped or done, likewise; 0 while it runs
 * 104    8  bytes compared
 * 112    8  bytes that there were to compare when it began
 * 120    8  damaged places found
 * </pre>
 *
 * @param phase {@link #RUNNING}, {@link #STOPPED} or {@link #DONE}
 */
public record ScrubBlock(
        long generation,
        int phase,
        int volume,
        long piece,
        long epoch,
        long begunMillis,
        long endedMillis,
        long checkedBytes,
        long totalBytes,
        long damaged) {
    /** Bytes of the block. */
    public static final int BYTES = 4096;

    /** It goes on, after a restart too. */
    public static final int RUNNING = 1;

    /** Somebody stopped it. */
    public static final int STOPPED = 2;

    /** It has seen everything. */
    public static final int DONE = 3;

    private static final long MAGIC = Prologue.magic("GNOMONSC");
    private static final int GENERATION = 56;
    private static final int PHASE = 64;
    private static final int VOLUME = 68;
    private static final int PIECE = 72;
    private static final int EPOCH = 80;
    private static final int BEGUN = 88;
    private static final int ENDED = 96;
    private static final int CHECKED = 104;
    private static final int TOTAL = 112;
    private static final int DAMAGED = 120;

    /** Returns where in the file the block of this generation lies. */
    public long offsetBytes() {
        return generation % 2 * BYTES;
    }

    /** Writes the block at the start of the buffer. */
    public void encode(ByteBuffer block, UUID store) {
        Prologue.ordered(block);
        for (int i = 0; i < BYTES; i += Long.BYTES) {
            block.putLong(i, 0);
        }
        Prologue.write(block, 0, MAGIC, store);
        block.putLong(GENERATION, generation).putInt(PHASE, phase).putInt(VOLUME, volume);
        block.putLong(PIECE, piece).putLong(EPOCH, epoch);
        block.putLong(BEGUN, begunMillis).putLong(ENDED, endedMillis);
        block.putLong(CHECKED, checkedBytes).putLong(TOTAL, totalBytes).putLong(DAMAGED, damaged);
        Prologue.seal(block, 0, BYTES);
    }

    /** Returns whether the buffer begins with an intact block of that store, in a version that can be read. */
    public static boolean intact(ByteBuffer block, String file, UUID store) {
        Prologue.ordered(block);
        if (!Prologue.hasMagic(block, 0, MAGIC)
                || !Prologue.intact(block, 0, BYTES)
                || !Prologue.store(block, 0).equals(store)) {
            return false;
        }
        try {
            Prologue.requireReadable(block, 0, file, 0);
            return block.getInt(PHASE) >= RUNNING && block.getInt(PHASE) <= DONE;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Reads an intact block from the start of the buffer. */
    public static ScrubBlock decode(ByteBuffer block) {
        return new ScrubBlock(
                block.getLong(GENERATION),
                block.getInt(PHASE),
                block.getInt(VOLUME),
                block.getLong(PIECE),
                block.getLong(EPOCH),
                block.getLong(BEGUN),
                block.getLong(ENDED),
                block.getLong(CHECKED),
                block.getLong(TOTAL),
                block.getLong(DAMAGED));
    }
}
