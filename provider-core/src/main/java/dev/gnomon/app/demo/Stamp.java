/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of a record, all of them derived from run, chain and number: header, filler, checksum. Little-endian.
 *
 * <pre>
 *   0 magic (8)   8 run (8)   16 chain (4)   20 volume (4)   24 number (8)   32 offset (8)   40 filler   4092 CRC32C (4)
 * </pre>
 */
final class Stamp {
    /** A place that holds no record, only zeros. */
    static final long NONE = 0;
    /** A place that holds neither zeros nor a whole record that belongs there. */
    static final long BROKEN = -1;

    private static final long MAGIC = 0x314F_4D45_444D_4E47L;
    private static final int RUN = 8;
    private static final int CHAIN = 16;
    private static final int VOLUME = 20;
    private static final int NUMBER = 24;
    private static final int OFFSET = 32;
    private static final int FILLER = 40;
    private static final int CHECKSUM = Layout.RECORD_BYTES - Integer.BYTES;
    private static final ByteBuffer ZEROS =
            ByteBuffer.allocate(Layout.RECORD_BYTES).asReadOnlyBuffer();

    private Stamp() {}

    /** Makes a buffer that holds one record. */
    static ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(Layout.RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Fills a buffer of {@link #newBuffer} with a record. */
    static void write(Layout layout, int chain, long k, ByteBuffer target) {
        target.clear();
        target.putLong(0, MAGIC);
        target.putLong(RUN, layout.runId());
        target.putInt(CHAIN, chain);
        target.putInt(VOLUME, layout.volume(chain, k));
        target.putLong(NUMBER, k);
        target.putLong(OFFSET, layout.offset(chain, k));
        long random = layout.runId() ^ (k << Byte.SIZE) ^ chain;
        for (int at = FILLER; at < CHECKSUM; at += Integer.BYTES) {
            // A linear congruential generator (Knuth): cheap, and no sector of any two records is alike.
            random = random * 6364136223846793005L + 1442695040888963407L;
            target.putInt(at, (int) (random >>> Integer.SIZE));
        }
        target.putInt(CHECKSUM, checksum(target));
    }

    /**
     * Tells what a slot holds.
     *
     * @param piece {@link Layout#RECORD_BYTES} bytes from its position on, which stays
     * @return the number of the record, {@link #NONE} or {@link #BROKEN}
     */
    static long read(Layout layout, int volume, int chain, int slot, ByteBuffer piece) {
        ByteBuffer bytes = piece.slice(piece.position(), Layout.RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (isZero(bytes)) {
            return NONE;
        }
        long k = bytes.getLong(NUMBER);
        boolean belongs = k > 0
                && bytes.getLong(0) == MAGIC
                && bytes.getLong(RUN) == layout.runId()
                && bytes.getInt(CHAIN) == chain
                && bytes.getInt(VOLUME) == volume
                && layout.volume(chain, k) == volume
                && layout.slot(k) == slot
                && bytes.getLong(OFFSET) == layout.slotOffset(chain, slot)
                && bytes.getInt(CHECKSUM) == checksum(bytes);
        return belongs ? k : BROKEN;
    }

    /** Returns whether the piece at the position is all zeros. */
    static boolean isZero(ByteBuffer piece) {
        return piece.slice(piece.position(), Layout.RECORD_BYTES).mismatch(ZEROS.duplicate()) < 0;
    }

    private static int checksum(ByteBuffer record) {
        CRC32C crc = new CRC32C();
        crc.update(record.slice(0, CHECKSUM));
        return (int) crc.getValue();
    }
}
