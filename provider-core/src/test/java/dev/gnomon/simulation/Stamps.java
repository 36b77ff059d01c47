/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** What tests write: each sector tells which write put it where, and proves that it is whole. */
final class Stamps {
    /** A sector of zeros. */
    static final long ZEROS = 0;

    /** A whole stamp that belongs to another place. */
    static final long MISPLACED = Long.MIN_VALUE;

    /** A sector that could not be read. */
    static final long UNREADABLE = Long.MIN_VALUE + 1;

    /** There is no such sector: the volume, or the copy, ends before it. */
    static final long BEYOND = Long.MIN_VALUE + 2;

    /** A copy is not shown because its origin was found changed. */
    static final long SUSPECT = Long.MIN_VALUE + 3;

    private static final long MAGIC = 0x504D_4154_534E_4D47L; // "GMNSTAMP"
    private static final int CRC_AT = Ground.SECTOR_BYTES - Integer.BYTES;

    private Stamps() {}

    /** Puts one sector into the buffer. */
    static void put(ByteBuffer target, int volume, long lba, long write) {
        byte[] bytes = new byte[Ground.SECTOR_BYTES];
        ByteBuffer sector = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        sector.putLong(MAGIC).putLong(volume).putLong(lba).putLong(write);
        long fill = write * 0x9E37_79B9_7F4A_7C15L + lba;
        while (sector.position() + Long.BYTES <= CRC_AT) {
            sector.putLong(fill);
            fill = fill * 6364136223846793005L + 1442695040888963407L;
        }
        sector.putInt(CRC_AT, crc(bytes, 0));
        target.put(bytes);
    }

    /**
     * Says what a sector holds: the number of a write, {@link #ZEROS}, {@link #MISPLACED}, or for garbage a negative
     * number that tells one garbage from another.
     */
    static long read(byte[] bytes, int start, int volume, long lba) {
        boolean zeros = true;
        for (int i = start; i < start + Ground.SECTOR_BYTES && zeros; i++) {
            zeros = bytes[i] == 0;
        }
        if (zeros) {
            return ZEROS;
        }
        ByteBuffer sector =
                ByteBuffer.wrap(bytes, start, Ground.SECTOR_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
        int crc = crc(bytes, start);
        if (sector.getLong(0) != MAGIC || sector.getInt(CRC_AT) != crc) {
            return -2L - (crc & 0xFFFF_FFFFL);
        }
        return sector.getLong(8) == volume && sector.getLong(16) == lba ? sector.getLong(24) : MISPLACED;
    }

    /** Describes a value. */
    static String name(long value) {
        if (value == ZEROS) {
            return "zeros";
        }
        if (value == MISPLACED) {
            return "a sector of another place";
        }
        if (value == UNREADABLE) {
            return "an error";
        }
        if (value == BEYOND) {
            return "beyond the end";
        }
        if (value == SUSPECT) {
            return "nothing, because its origin was found changed";
        }
        return value < 0 ? "garbage" : "write " + value;
    }

    private static int crc(byte[] bytes, int start) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, CRC_AT);
        // The engine's own sum has the same polynomial: stored as usual, it could not tell one stamp from another.
        return Integer.reverseBytes((int) crc.getValue());
    }
}
