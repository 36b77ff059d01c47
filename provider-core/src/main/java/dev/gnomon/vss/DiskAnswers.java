/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What drivers answer about volumes and disks, taken apart (provider contract 5.2, steps 2 and 3). Every length and count comes from
 * outside and is checked against the bytes that are there; what does not fit is an {@link IOException} that says where.
 */
final class DiskAnswers {
    /** VOLUME_DISK_EXTENTS: DWORD count, 4 bytes of padding, then the extents. */
    static final int EXTENTS_HEADER_BYTES = 8;

    /** DISK_EXTENT: DWORD disk, 4 bytes of padding, INT64 start, INT64 length. */
    static final int EXTENT_BYTES = 24;

    /** STORAGE_DEVICE_ID_DESCRIPTOR: DWORD version, DWORD size, DWORD count, then the identifiers. */
    static final int DESCRIPTOR_HEADER_BYTES = 12;

    private static final int SIZE_AT = 4;
    private static final int COUNT_AT = 8;

    /** STORAGE_IDENTIFIER: DWORD code set, DWORD type, WORD length, WORD distance to the next, DWORD association, then the bytes. */
    static final int IDENTIFIER_HEADER_BYTES = 16;

    private static final int LENGTH_AT = 8;
    private static final int NEXT_AT = 10;
    private static final int ASSOCIATION_AT = 12;

    private DiskAnswers() {}

    /**
     * A part of a disk that a volume lies on.
     *
     * @param disk number of the disk, as in its name; unsigned
     */
    record Extent(int disk, long startBytes, long lengthBytes) {}

    /** One identifier of a disk. */
    record Identifier(int codeSet, int type, int association, ByteBuffer bytes) {}

    /** Takes VOLUME_DISK_EXTENTS apart. */
    static List<Extent> extents(ByteBuffer answer) throws IOException {
        ByteBuffer bytes = answer.slice().order(ByteOrder.LITTLE_ENDIAN);
        require(bytes, EXTENTS_HEADER_BYTES, "the header of disk extents");
        long count = Integer.toUnsignedLong(bytes.getInt(0));
        require(bytes, EXTENTS_HEADER_BYTES + count * EXTENT_BYTES, count + " disk extents");
        List<Extent> extents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = EXTENTS_HEADER_BYTES + i * EXTENT_BYTES;
            Extent extent = new Extent(bytes.getInt(at), bytes.getLong(at + 8), bytes.getLong(at + 16));
            if (extent.startBytes < 0 || extent.lengthBytes <= 0 || extent.startBytes + extent.lengthBytes < 0) {
                throw new IOException("disk extent " + i + " of " + count + " is not possible: " + extent);
            }
            extents.add(extent);
        }
        return extents;
    }

    /** Returns how many bytes a STORAGE_DEVICE_ID_DESCRIPTOR has, as it says itself. */
    static long descriptorBytes(ByteBuffer answer) throws IOException {
        ByteBuffer bytes = answer.slice().order(ByteOrder.LITTLE_ENDIAN);
        require(bytes, DESCRIPTOR_HEADER_BYTES, "the header of identifiers");
        return Integer.toUnsignedLong(bytes.getInt(SIZE_AT));
    }

    /** Takes STORAGE_DEVICE_ID_DESCRIPTOR apart. */
    static List<Identifier> identifiers(ByteBuffer answer) throws IOException {
        ByteBuffer bytes = answer.slice().order(ByteOrder.LITTLE_ENDIAN);
        long size = descriptorBytes(bytes);
        require(bytes, size, "identifiers");
        bytes.limit(Math.toIntExact(size));
        require(bytes, DESCRIPTOR_HEADER_BYTES, "the header of identifiers, by its own size");
        long count = Integer.toUnsignedLong(bytes.getInt(COUNT_AT));
        List<Identifier> identifiers = new ArrayList<>();
        int at = DESCRIPTOR_HEADER_BYTES;
        // Each step goes on by a header at least, so that the bytes bound the steps whatever the count says.
        for (long i = 0; i < count; i++) {
            String which = "identifier " + i + " of " + count;
            require(bytes, at + (long) IDENTIFIER_HEADER_BYTES, which);
            int length = Short.toUnsignedInt(bytes.getShort(at + LENGTH_AT));
            require(bytes, at + (long) IDENTIFIER_HEADER_BYTES + length, which);
            identifiers.add(new Identifier(
                    bytes.getInt(at),
                    bytes.getInt(at + 4),
                    bytes.getInt(at + ASSOCIATION_AT),
                    bytes.slice(at + IDENTIFIER_HEADER_BYTES, length)));
            int next = Short.toUnsignedInt(bytes.getShort(at + NEXT_AT));
            if (i + 1 < count && next < IDENTIFIER_HEADER_BYTES + length) {
                throw new IOException(which + ": the next begins " + next + " bytes on; expected at least "
                        + (IDENTIFIER_HEADER_BYTES + length));
            }
            at += next;
        }
        return identifiers;
    }

    private static void require(ByteBuffer bytes, long wanted, String what) throws IOException {
        if (bytes.limit() < wanted) {
            throw new IOException(what + ": expected " + wanted + " bytes; the driver wrote " + bytes.limit());
        }
    }
}
