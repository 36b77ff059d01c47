/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * An entry of a GUID partition table (UEFI 2.10, 5.3.3): type GUID (0), GUID of the partition (16), first sector (32), last
 * sector (40), attributes (48), name (56). In a little-endian buffer.
 */
final class GptEntry {
    static final int GUID = 16;
    static final int ATTRIBUTES = 48;

    /** A partition with a file system of Windows, and the only type whose attributes mean what is said here. */
    static final UUID BASIC_DATA = UUID.fromString("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7");

    /** Neither letter by itself, nor to be taken for the volume that it is a copy of; HIDDEN would take its volume name too. */
    static final long OF_A_COPY = 0x8000_0000_0000_0000L | 0x2000_0000_0000_0000L; // NO_DRIVE_LETTER | SHADOW_COPY

    private GptEntry() {}

    static boolean isUsed(ByteBuffer entries, int at) {
        return entries.getLong(at) != 0 || entries.getLong(at + 8) != 0;
    }

    /** Makes an entry that of a copy: with that GUID, and attributes as a shadow copy should have (provider contract 5.3). */
    static void renew(ByteBuffer entries, int at, UUID partition) {
        if (get(entries, at).equals(BASIC_DATA)) {
            entries.putLong(at + ATTRIBUTES, entries.getLong(at + ATTRIBUTES) | OF_A_COPY);
        }
        put(entries, at + GUID, partition);
    }

    /** Puts a GUID as UEFI has it: the first three fields little endian, the rest byte by byte. */
    static void put(ByteBuffer to, int at, UUID id) {
        long high = id.getMostSignificantBits();
        to.putInt(at, (int) (high >>> 32));
        to.putShort(at + 4, (short) (high >>> 16));
        to.putShort(at + 6, (short) high);
        to.putLong(at + 8, Long.reverseBytes(id.getLeastSignificantBits()));
    }

    private static UUID get(ByteBuffer from, int at) {
        long high = Integer.toUnsignedLong(from.getInt(at)) << 32
                | Short.toUnsignedLong(from.getShort(at + 4)) << 16
                | Short.toUnsignedLong(from.getShort(at + 6));
        return new UUID(high, Long.reverseBytes(from.getLong(at + 8)));
    }
}
