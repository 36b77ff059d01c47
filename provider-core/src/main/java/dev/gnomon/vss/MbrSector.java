/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The first sector of a disk, if that is a master boot record. A view of somebody else's bytes, any of which may be wrong.
 *
 * <pre>
 *    0                     440          444      446                                510
 *   ┌─────────────────────┬────────────┬────────┬──────────────────────────────────┬───────┐
 *   │ boot code           │ signature  │        │ 4 entries of 16 bytes            │ 55 AA │
 *   └─────────────────────┴────────────┴────────┴──────────────────────────────────┴───────┘
 *   entry: boot flag, 3 bytes, type, 3 bytes, first sector (4), sectors (4); all numbers little endian
 * </pre>
 *
 * <p>The boot sector of a file system ends with the same 55 AA: a disk without a partition table has one in this place.
 */
final class MbrSector {
    static final int SIGNATURE = 440;
    private static final int ENTRIES = 446;
    private static final int ENTRY_BYTES = 16;
    private static final int ENTRY_COUNT = 4;
    private static final int TYPE = 4;
    private static final int FIRST = 8;
    private static final int COUNT = 12;
    private static final int MARK = 510;
    private static final int MARK_VALUE = 0xAA55;
    private static final int TYPE_PROTECTIVE = 0xEE;

    // Of the boot sector of a file system.
    private static final int SYSTEM_NAME = 3;
    private static final int FAT_SECTOR_BYTES = 11;
    private static final int FAT_CLUSTER_SECTORS = 13;
    private static final int FAT_COPIES = 16;
    private static final int FAT_MEDIA = 21;

    private final ByteBuffer bytes;

    /** Looks at 512 bytes. */
    MbrSector(ByteBuffer bytes) {
        this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns whether it is a partition table at all, sound or not, and has an entry. */
    boolean isPartitionTable() {
        if ((bytes.getShort(MARK) & 0xFFFF) != MARK_VALUE || isFileSystem()) {
            return false;
        }
        boolean hasEntry = false;
        for (int i = 0; i < ENTRY_COUNT; i++) {
            int flag = bytes.get(ENTRIES + i * ENTRY_BYTES) & 0xFF;
            if (flag != 0 && flag != 0x80) {
                return false;
            }
            hasEntry |= type(i) != 0;
        }
        return hasEntry;
    }

    private boolean isFileSystem() {
        int jump = bytes.get(0) & 0xFF;
        boolean jumps = jump == 0xE9 || (jump == 0xEB && (bytes.get(2) & 0xFF) == 0x90);
        return isNamed("NTFS    ") || isNamed("EXFAT   ") || (jumps && isFat());
    }

    private boolean isNamed(String name) {
        byte[] found = new byte[name.length()];
        bytes.get(SYSTEM_NAME, found);
        return name.equals(new String(found, StandardCharsets.ISO_8859_1));
    }

    /** Boot loaders for disks begin with the same jump, but leave these fields empty. */
    private boolean isFat() {
        int sectorBytes = bytes.getShort(FAT_SECTOR_BYTES) & 0xFFFF;
        int clusterSectors = bytes.get(FAT_CLUSTER_SECTORS) & 0xFF;
        int copies = bytes.get(FAT_COPIES) & 0xFF;
        int media = bytes.get(FAT_MEDIA) & 0xFF;
        return sectorBytes >= 512
                && sectorBytes <= 4096
                && Integer.bitCount(sectorBytes) == 1
                && Integer.bitCount(clusterSectors) == 1
                && copies >= 1
                && copies <= 2
                && (media == 0xF0 || media >= 0xF8);
    }

    private int type(int entry) {
        return bytes.get(ENTRIES + entry * ENTRY_BYTES + TYPE) & 0xFF;
    }

    /** Returns whether it says that there is a GPT. */
    boolean hasProtectiveEntry() {
        return hasEntry(true);
    }

    /** Returns whether it has partitions of its own, beside a GPT or without one. */
    boolean hasOwnEntry() {
        return hasEntry(false);
    }

    private boolean hasEntry(boolean protective) {
        for (int i = 0; i < ENTRY_COUNT; i++) {
            if (type(i) != 0 && (type(i) == TYPE_PROTECTIVE) == protective) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether at least one partition lies on a disk of so many sectors. */
    boolean hasSoundEntry(long sectors) {
        for (int i = 0; i < ENTRY_COUNT; i++) {
            int at = ENTRIES + i * ENTRY_BYTES;
            long first = Integer.toUnsignedLong(bytes.getInt(at + FIRST));
            long count = Integer.toUnsignedLong(bytes.getInt(at + COUNT));
            if (type(i) != 0 && first > 0 && count > 0 && first + count <= sectors) {
                return true;
            }
        }
        return false;
    }

    /** Returns the number that Windows knows the disk by, 0 if it has none. */
    int signature() {
        return bytes.getInt(SIGNATURE);
    }
}
