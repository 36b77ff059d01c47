/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * The header of one of the two copies of a GUID partition table (UEFI 2.10, 5.3.2), in a sector of its own. A view of somebody
 * else's bytes: nothing but {@link #damage} may be called before that has found none. Numbers are little endian.
 *
 * <pre>
 *    0          8          12           16     20         24       32          40             48
 *   ┌──────────┬──────────┬────────────┬──────┬──────────┬────────┬───────────┬──────────────┬─────────────┐
 *   │ EFI PART │ revision │ header size│ CRC  │ reserved │ my LBA │ other LBA │ first usable │ last usable │
 *   ├──────────┴───────┬──┴──────────┬─┴──────┴──┬───────┴────┬───┴───────────┴──┬───────────┴─────────────┘
 *   │ disk GUID (56)   │ entries LBA │ count (80)│ size (84)  │ CRC of them (88) │
 *   └──────────────────┴─────────────┴───────────┴────────────┴──────────────────┘
 * </pre>
 *
 * <p>Both copies say the same but for their places: the first is in sector 1 with its entries behind it, the second, whose place the
 * first one knows, behind its entries at the end.
 */
final class GptHeader {
    /** The most entries that are believed; Windows makes 128. */
    static final int MOST_ENTRIES = 1024;

    /** The largest entry that is believed; all known ones have 128 bytes. */
    static final int MOST_ENTRY_BYTES = 4096;

    static final int LEAST_ENTRY_BYTES = 128;

    static final long PRIMARY_LBA = 1;
    static final int DISK_GUID = 56;
    private static final long MAGIC = 0x5452_4150_2049_4645L; // EFI PART
    private static final int REVISION = 8;
    private static final int REVISION_1_0 = 0x1_0000;
    private static final int HEADER_BYTES = 12;
    private static final int LEAST_HEADER_BYTES = 92;
    private static final int HEADER_CRC = 16;
    private static final int MY_LBA = 24;
    private static final int OTHER_LBA = 32;
    private static final int FIRST_USABLE = 40;
    private static final int LAST_USABLE = 48;
    private static final int ENTRIES_LBA = 72;
    private static final int COUNT = 80;
    private static final int ENTRY_BYTES = 84;
    private static final int ENTRIES_CRC = 88;

    private final ByteBuffer sector;

    /** Looks at the bytes of one sector, which {@link #renew} changes. */
    GptHeader(ByteBuffer sector) {
        this.sector = sector.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Returns why it cannot be trusted, empty if it can.
     *
     * @param lba the sector that it was read from
     * @param sectors of the disk
     */
    String damage(long lba, long sectors) {
        if (sector.getLong(0) != MAGIC || sector.getInt(REVISION) != REVISION_1_0) {
            return "is none of revision 1.0";
        }
        int headerBytes = sector.getInt(HEADER_BYTES);
        if (headerBytes < LEAST_HEADER_BYTES || headerBytes > sector.capacity()) {
            return "says that it has " + Integer.toUnsignedString(headerBytes) + " bytes";
        }
        if (sector.getInt(HEADER_CRC) != crc()) {
            return "has a wrong CRC";
        }
        if (sector.getLong(MY_LBA) != lba) {
            return "says that it is in sector " + Long.toUnsignedString(sector.getLong(MY_LBA));
        }
        int count = sector.getInt(COUNT);
        int entryBytes = sector.getInt(ENTRY_BYTES);
        if (count < 1
                || count > MOST_ENTRIES
                || entryBytes < LEAST_ENTRY_BYTES
                || entryBytes > MOST_ENTRY_BYTES
                || Integer.bitCount(entryBytes) != 1) {
            return "says that there are " + Integer.toUnsignedString(count) + " entries of "
                    + Integer.toUnsignedString(entryBytes) + " bytes";
        }
        return arePlacesSound(lba, sectors) ? "" : "names places that overlap or are not on the disk";
    }

    /** No sum here can overflow: each number is compared with the size of the disk before it is added to. */
    private boolean arePlacesSound(long lba, long sectors) {
        long other = sector.getLong(OTHER_LBA);
        long first = sector.getLong(FIRST_USABLE);
        long last = sector.getLong(LAST_USABLE);
        long entries = entriesLba();
        boolean inside = first > PRIMARY_LBA && first <= last && last < sectors && entries > PRIMARY_LBA;
        if (!inside || entries >= sectors || other < PRIMARY_LBA || other >= sectors) {
            return false;
        }
        long end = entries + entriesSectors();
        return lba == PRIMARY_LBA ? end <= first && other > last : entries > last && end <= lba && other == PRIMARY_LBA;
    }

    /** Returns whether it describes the same table as the other copy. */
    boolean agreesWith(GptHeader that) {
        return sector.getLong(FIRST_USABLE) == that.sector.getLong(FIRST_USABLE)
                && sector.getLong(LAST_USABLE) == that.sector.getLong(LAST_USABLE)
                && sector.slice(DISK_GUID, 16).equals(that.sector.slice(DISK_GUID, 16))
                && count() == that.count()
                && entryBytes() == that.entryBytes()
                && entriesCrc() == that.entriesCrc();
    }

    long otherLba() {
        return sector.getLong(OTHER_LBA);
    }

    long entriesLba() {
        return sector.getLong(ENTRIES_LBA);
    }

    int count() {
        return sector.getInt(COUNT);
    }

    int entryBytes() {
        return sector.getInt(ENTRY_BYTES);
    }

    /** Returns the length of all entries together, in bytes: 4 MiB at most. */
    int entriesBytes() {
        return count() * entryBytes();
    }

    private int entriesSectors() {
        return (entriesBytes() + sector.capacity() - 1) / sector.capacity();
    }

    int entriesCrc() {
        return sector.getInt(ENTRIES_CRC);
    }

    /** Gives the disk another GUID and the entries another checksum. */
    void renew(UUID disk, int entriesCrc) {
        GptEntry.put(sector, DISK_GUID, disk);
        sector.putInt(ENTRIES_CRC, entriesCrc);
        sector.putInt(HEADER_CRC, crc());
    }

    /** Returns the checksum that the header should have: over itself, with zeros in its own place. */
    private int crc() {
        ByteBuffer header = ByteBuffer.allocate(sector.getInt(HEADER_BYTES));
        header.put(0, sector, 0, header.capacity());
        header.order(ByteOrder.LITTLE_ENDIAN).putInt(HEADER_CRC, 0);
        return crcOf(header);
    }

    /** Returns the checksum of a buffer, from its position to its limit. */
    static int crcOf(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
