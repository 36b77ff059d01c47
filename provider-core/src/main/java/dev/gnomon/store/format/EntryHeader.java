/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;

/**
 * What every entry of a batch starts with.
 *
 * <pre>
 *  offset size
 *     0    2  type; from 0x8000 on a reader that does not know it may skip it
 *     2    1  payload codec: 0 raw, 1 none; others are reserved
 *     3    1  zero
 *     4    4  bytes of the entry, a multiple of 8
 *     8    4  key id of the payload, 0 for none; others are reserved
 *    12    4  number of the volume, 0 if the entry is of no single volume
 * </pre>
 */
public final class EntryHeader {
    /** Bytes of the header. */
    public static final int BYTES = 16;

    /** The payload is as it was on the origin. */
    public static final int CODEC_RAW = 0;

    /** There is no payload: zeros. */
    public static final int CODEC_NONE = 1;

    /** Old bytes of pieces, see {@link Preserve}. */
    public static final int PRESERVE = 1;

    /** Where old bytes of pieces lie now; laid out as {@link Preserve}. */
    public static final int MOVED = 8;

    static final int VOLUME_ADDED = 2;
    static final int VOLUME_REMOVED = 3;
    static final int SET_CREATED = 4;
    static final int COPIES_DELETED = 5;
    static final int VOLUME_FAILED = 6;
    static final int VOLUME_CLEARED = 7;
    static final int VOLUME_PROPERTY = 9;
    static final int DIFF_AREA_SET = 20;

    /** A copy is held or released. */
    static final int COPY_HELD = 10;

    /** A volume has another size. */
    static final int VOLUME_RESIZED = 11;

    /** How an origin was left or found. */
    static final int ORIGIN_NOTED = 12;

    static final int OVERLAY_CREATED = 13;
    static final int OVERLAY_CHANGED = 14;
    static final int REVERT_STARTED = 15;
    static final int REVERT_DONE = 18;

    /** New bytes of pieces, see {@link NewData}; in the staging chain only. */
    public static final int NEW_DATA = 16;

    /** A settled mark, see {@link Settled}; in the staging chain only. */
    public static final int SETTLED = 17;

    static final int COPIES_BOOKMARKED = 19;

    /** Attributes of a set are changed. */
    static final int SET_ATTRIBUTES = 23;

    /** From here on a reader skips a type that it does not know. */
    static final int SKIPPABLE = 0x8000;

    private EntryHeader() {}

    static void write(ByteBuffer head, int entry, int type, int codec, int entryBytes, int volume) {
        head.putShort(entry, (short) type);
        head.put(entry + 2, (byte) codec);
        head.put(entry + 3, (byte) 0);
        head.putInt(entry + 4, entryBytes);
        head.putInt(entry + 8, 0);
        head.putInt(entry + 12, volume);
    }

    /** Returns the type. */
    public static int type(ByteBuffer head, int entry) {
        return Short.toUnsignedInt(head.getShort(entry));
    }

    /** Returns the payload codec. */
    public static int codec(ByteBuffer head, int entry) {
        return head.get(entry + 2);
    }

    /** Returns the bytes of the entry. */
    public static int entryBytes(ByteBuffer head, int entry) {
        return head.getInt(entry + 4);
    }

    /** Returns the number of the volume. */
    public static int volume(ByteBuffer head, int entry) {
        return head.getInt(entry + 12);
    }

    /** Returns whether entries of that type are the catalog's. */
    static boolean isCatalog(int type) {
        return switch (type) {
            case VOLUME_ADDED,
                    VOLUME_REMOVED,
                    SET_CREATED,
                    SET_ATTRIBUTES,
                    COPIES_DELETED,
                    COPIES_BOOKMARKED,
                    VOLUME_FAILED,
                    VOLUME_CLEARED,
                    VOLUME_PROPERTY,
                    VOLUME_RESIZED,
                    ORIGIN_NOTED,
                    COPY_HELD,
                    OVERLAY_CREATED,
                    OVERLAY_CHANGED,
                    REVERT_STARTED,
                    REVERT_DONE,
                    DIFF_AREA_SET -> true;
            default -> false;
        };
    }

    /** Checks the header of an entry that starts at {@code entry} in a head that ends at {@code end}. */
    static void require(ByteBuffer head, int entry, int end, String file, long offset) throws StoreException {
        int room = end - entry;
        int bytes = room < BYTES ? 0 : entryBytes(head, entry);
        if (bytes < BYTES || bytes > room || bytes % 8 != 0) {
            throw new CorruptionException(
                    file, offset + entry, "bytes of the entry", "16 to " + room + " in steps of 8", bytes);
        }
        int type = type(head, entry);
        if (type < PRESERVE) {
            throw new CorruptionException(file, offset + entry, "entry type", "1 or more", type);
        }
        boolean known = type <= MOVED || type == NEW_DATA || type == SETTLED || isCatalog(type);
        if (!known && type < SKIPPABLE) {
            throw new FormatTooNewException(file, offset + entry, "entry type", SET_ATTRIBUTES, type);
        }
        if (codec(head, entry) < CODEC_RAW || codec(head, entry) > CODEC_NONE) {
            throw new FormatTooNewException(file, offset + entry, "payload codec", CODEC_NONE, codec(head, entry));
        }
        if (head.getInt(entry + 8) != 0) {
            throw new FormatTooNewException(file, offset + entry, "key id", 0, head.getInt(entry + 8));
        }
    }
}
