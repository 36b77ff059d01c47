/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What every structure on disk starts with.
 *
 * <pre>
 *  offset size
 *     0    8  magic, ASCII
 *     8    2  format version
 *    10    2  bytes of this prologue, 56
 *    12    4  CRC32C of the whole structure with this field as zero
 *    16   16  store UUID, most significant byte first
 *    32    8  compatible features: unknown ones are ignored
 *    40    8  read-only compatible features: with unknown ones the store opens read-only
 *    48    8  incompatible features: with unknown ones the store is refused
 * </pre>
 */
public final class Prologue {
    /** The format that is written. */
    public static final int VERSION = 1;

    /** The oldest format that is read: what was written before was never promised to stay. */
    private static final int OLDEST_VERSION = 1;

    /** Bytes of the prologue. */
    public static final int BYTES = 56;

    private static final int VERSION_OFFSET = 8;
    private static final int PROLOGUE_BYTES_OFFSET = 10;
    private static final int CRC_OFFSET = 12;
    private static final int UUID_OFFSET = 16;
    private static final int READ_ONLY_OFFSET = 40;
    private static final int INCOMPATIBLE_OFFSET = 48;
    private static final long KNOWN_INCOMPATIBLE = 0;

    private Prologue() {}

    /** Returns the magic of eight ASCII characters as it is read little-endian. */
    static long magic(String text) {
        if (text.length() != 8) {
            throw new IllegalArgumentException("magic of " + text.length() + " characters: " + text);
        }
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | text.charAt(i);
        }
        return value;
    }

    /** Writes the prologue at the start of a zeroed little-endian structure; {@link #seal} completes it. */
    static void write(ByteBuffer structure, int start, long magic, UUID store) {
        structure.putLong(start, magic);
        structure.putShort(start + VERSION_OFFSET, (short) VERSION);
        structure.putShort(start + PROLOGUE_BYTES_OFFSET, (short) BYTES);
        putUuid(structure, start + UUID_OFFSET, store);
    }

    /** Computes and stores the checksum of the structure's bytes. */
    static void seal(ByteBuffer structure, int start, int lengthBytes) {
        structure.putInt(start + CRC_OFFSET, 0);
        structure.putInt(start + CRC_OFFSET, crc(structure, start, lengthBytes));
    }

    /** Returns whether the checksum of a structure of that length is right. */
    static boolean intact(ByteBuffer structure, int start, int lengthBytes) {
        int stored = structure.getInt(start + CRC_OFFSET);
        structure.putInt(start + CRC_OFFSET, 0);
        int actual = crc(structure, start, lengthBytes);
        structure.putInt(start + CRC_OFFSET, stored);
        return stored == actual;
    }

    /** Returns the checksum that a sealed structure carries. */
    static int storedCrc(ByteBuffer structure, int start) {
        return structure.getInt(start + CRC_OFFSET);
    }

    /** Returns whether the bytes start with that magic. */
    static boolean hasMagic(ByteBuffer structure, int start, long magic) {
        return structure.getLong(start) == magic;
    }

    /** Returns the store that the structure belongs to. */
    static UUID store(ByteBuffer structure, int start) {
        return getUuid(structure, start + UUID_OFFSET);
    }

    /** Refuses versions and features that this program does not know; the checksum must have been found right. */
    static void requireReadable(ByteBuffer structure, int start, String file, long offsetBytes)
            throws FormatTooOldException, FormatTooNewException {
        int version = Short.toUnsignedInt(structure.getShort(start + VERSION_OFFSET));
        if (version < OLDEST_VERSION) {
            throw new FormatTooOldException(file, offsetBytes, OLDEST_VERSION, version);
        }
        if (version > VERSION) {
            throw new FormatTooNewException(file, offsetBytes, "format version", VERSION, version);
        }
        long unknown = structure.getLong(start + INCOMPATIBLE_OFFSET) & ~KNOWN_INCOMPATIBLE;
        if (unknown != 0) {
            throw new FormatTooNewException(
                    file,
                    offsetBytes,
                    "incompatible features",
                    "0x" + Long.toHexString(KNOWN_INCOMPATIBLE),
                    "0x" + Long.toHexString(unknown));
        }
    }

    /** Returns the read-only compatible features; this program knows none. */
    static long readOnlyFeatures(ByteBuffer structure, int start) {
        return structure.getLong(start + READ_ONLY_OFFSET);
    }

    static void putUuid(ByteBuffer target, int offset, UUID value) {
        target.putLong(offset, Long.reverseBytes(value.getMostSignificantBits()));
        target.putLong(offset + 8, Long.reverseBytes(value.getLeastSignificantBits()));
    }

    static UUID getUuid(ByteBuffer source, int offset) {
        return new UUID(Long.reverseBytes(source.getLong(offset)), Long.reverseBytes(source.getLong(offset + 8)));
    }

    /** Returns the CRC32C of a range; position and limit of the buffer are as before. */
    public static int crc(ByteBuffer buffer, int start, int lengthBytes) {
        int position = buffer.position();
        int limit = buffer.limit();
        CRC32C crc = new CRC32C();
        buffer.limit(start + lengthBytes).position(start);
        crc.update(buffer);
        buffer.limit(limit).position(position);
        return (int) crc.getValue();
    }

    /** Returns the buffer in the byte order of the format. */
    static ByteBuffer ordered(ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }
}
