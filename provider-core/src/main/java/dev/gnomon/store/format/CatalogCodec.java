/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Layouts of the catalog entries, behind the {@link EntryHeader}. A string is its length in bytes (2) and its UTF-8
 * bytes; a list is its count (4) and its elements; a UUID has its most significant byte first.
 *
 * <pre>
 *  2 volume added     UUID; size in bytes (8); first epoch (8); name; path of the origin
 *  3 volume removed   nothing
 *  4 set created      UUID; time in milliseconds since 1970 UTC (8); name, empty for none;
 *                     list of attributes: key, value;
 *                     list of copies: UUID, number of the volume (4), epoch (8), size in bytes (8)
 *  5 copies deleted   list of UUIDs
 *  6 volume failed    reason
 *  7 volume cleared   nothing
 * 19 copies become bookmarks  list of UUIDs
 *  9 volume property  key; value, empty for none
 * 10 copy held        UUID; 1 held, 0 released (4); reason
 * 11 volume resized   size in bytes (8); largest size that it ever had (8)
 * 12 origin noted      0 served, 1 left by a clean stop, 2 found changed, 3 change accepted (4); zero (4);
 *                     size (8); time of the last change in nanoseconds (8); highest suspect epoch (8);
 *                     file id; hash in hexadecimal; reason
 * 20 diff area set    limit in bytes (8), 0 for none
 * 13 overlay created  UUID of the copy; number of the overlay's file (8)
 * 14 overlay changed  UUID of the copy; 1 sealed, 2 dropped, 3 failed (4); zero (4); last sequence of its file when it
 *                     was sealed, else 0 (8); reason of a failure, else empty
 * 15 revert started   UUID of the copy; live epoch of the volume (8)
 * 18 revert done      nothing
 * 23 set attributes   UUID of the set; list of attributes: key, new value, empty for none
 * </pre>
 */
final class CatalogCodec {
    /** Bounds lists against damaged counts; above 64 copies, 32 attributes and 512 deletes at once. */
    private static final int MAX_LIST = 1024;

    private CatalogCodec() {}

    /**
     * Writes an entry at the position of the buffer and moves it behind.
     *
     * @throws BufferOverflowException if it does not fit; the position is as before
     */
    static void encode(CatalogEntry entry, ByteBuffer head) {
        int start = head.position();
        try {
            head.position(start + EntryHeader.BYTES);
            Shape shape = body(entry, head);
            while (head.position() % 8 != 0) {
                head.put((byte) 0);
            }
            EntryHeader.write(head, start, shape.type, EntryHeader.CODEC_NONE, head.position() - start, shape.volume);
        } catch (IllegalArgumentException | BufferOverflowException tooLong) {
            head.position(start);
            throw new BufferOverflowException();
        }
    }

    private record Shape(int type, int volume) {}

    private static Shape body(CatalogEntry entry, ByteBuffer head) {
        return switch (entry) {
            case CatalogEntry.VolumeAdded added -> {
                putUuid(head, added.id());
                head.putLong(added.sizeBytes()).putLong(added.firstEpoch());
                putString(head, added.name());
                putString(head, added.origin());
                yield new Shape(EntryHeader.VOLUME_ADDED, added.number());
            }
            case CatalogEntry.VolumeRemoved removed -> new Shape(EntryHeader.VOLUME_REMOVED, removed.number());
            case CatalogEntry.SetCreated created -> {
                putSet(head, created);
                yield new Shape(EntryHeader.SET_CREATED, 0);
            }
            case CatalogEntry.SetAttributes set -> {
                putUuid(head, set.set());
                putAttributes(head, set.changes());
                yield new Shape(EntryHeader.SET_ATTRIBUTES, 0);
            }
            case CatalogEntry.CopiesDeleted deleted -> {
                head.putInt(deleted.ids().size());
                deleted.ids().forEach(id -> putUuid(head, id));
                yield new Shape(EntryHeader.COPIES_DELETED, 0);
            }
            case CatalogEntry.CopiesBookmarked bookmarked -> {
                head.putInt(bookmarked.ids().size());
                bookmarked.ids().forEach(id -> putUuid(head, id));
                yield new Shape(EntryHeader.COPIES_BOOKMARKED, 0);
            }
            case CatalogEntry.VolumeFailed failed -> {
                putString(head, failed.reason());
                yield new Shape(EntryHeader.VOLUME_FAILED, failed.number());
            }
            case CatalogEntry.VolumeCleared cleared -> new Shape(EntryHeader.VOLUME_CLEARED, cleared.number());
            case CatalogEntry.VolumeProperty property -> {
                putString(head, property.key());
                putString(head, property.value());
                yield new Shape(EntryHeader.VOLUME_PROPERTY, property.number());
            }
            case CatalogEntry.CopyHeld held -> {
                putUuid(head, held.copy());
                head.putInt(held.held() ? 1 : 0);
                putString(head, held.reason());
                yield new Shape(EntryHeader.COPY_HELD, 0);
            }
            case CatalogEntry.DiffAreaSet set -> {
                head.putLong(set.limitBytes());
                yield new Shape(EntryHeader.DIFF_AREA_SET, 0);
            }
            case CatalogEntry.OverlayCreated created -> {
                putUuid(head, created.copy());
                head.putLong(created.number());
                yield new Shape(EntryHeader.OVERLAY_CREATED, 0);
            }
            case CatalogEntry.OverlayChanged changed -> {
                putUuid(head, changed.copy());
                head.putInt(changed.change().number()).putInt(0).putLong(changed.sealedThrough());
                putString(head, changed.reason());
                yield new Shape(EntryHeader.OVERLAY_CHANGED, 0);
            }
            case CatalogEntry.RevertStarted started -> {
                putUuid(head, started.copy());
                head.putLong(started.epoch());
                yield new Shape(EntryHeader.REVERT_STARTED, started.number());
            }
            case CatalogEntry.RevertDone done -> new Shape(EntryHeader.REVERT_DONE, done.number());
            case CatalogEntry.OriginNoted noted -> {
                head.putInt(noted.state().number).putInt(0);
                head.putLong(noted.print().sizeBytes()).putLong(noted.print().changedNanos());
                head.putLong(noted.suspectThrough());
                putString(head, noted.print().fileId());
                putString(head, noted.print().hash());
                putString(head, noted.reason());
                yield new Shape(EntryHeader.ORIGIN_NOTED, noted.number());
            }
            case CatalogEntry.VolumeResized resized -> {
                head.putLong(resized.sizeBytes()).putLong(resized.largestBytes());
                yield new Shape(EntryHeader.VOLUME_RESIZED, resized.number());
            }
        };
    }

    private static void putSet(ByteBuffer head, CatalogEntry.SetCreated created) {
        putUuid(head, created.id());
        head.putLong(created.createdAtMillis());
        putString(head, created.name());
        putAttributes(head, created.attributes());
        head.putInt(created.copies().size());
        for (CatalogEntry.CopyCreated copy : created.copies()) {
            putUuid(head, copy.id());
            head.putInt(copy.volume()).putLong(copy.epoch()).putLong(copy.sizeBytes());
        }
    }

    private static void putAttributes(ByteBuffer head, Map<String, String> attributes) {
        head.putInt(attributes.size());
        // In one order, for that of an immutable map is another in each JVM: the same requests write the same bytes.
        new TreeMap<>(attributes).forEach((key, value) -> {
            putString(head, key);
            putString(head, value);
        });
    }

    /** Reads the catalog entry at {@code entry}, whose header was checked; the buffer's position is free. */
    static CatalogEntry decode(ByteBuffer head, int entry, String file, long offsetBytes) throws CorruptionException {
        int limit = head.limit();
        int volume = EntryHeader.volume(head, entry);
        try {
            head.limit(entry + EntryHeader.entryBytes(head, entry)).position(entry + EntryHeader.BYTES);
            return switch (EntryHeader.type(head, entry)) {
                case EntryHeader.VOLUME_ADDED -> {
                    UUID id = getUuid(head);
                    long size = head.getLong();
                    long epoch = head.getLong();
                    yield new CatalogEntry.VolumeAdded(volume, id, getString(head), getString(head), size, epoch);
                }
                case EntryHeader.VOLUME_REMOVED -> new CatalogEntry.VolumeRemoved(volume);
                case EntryHeader.SET_CREATED -> getSet(head);
                case EntryHeader.SET_ATTRIBUTES -> new CatalogEntry.SetAttributes(getUuid(head), getAttributes(head));
                case EntryHeader.COPIES_DELETED -> new CatalogEntry.CopiesDeleted(getUuids(head));
                case EntryHeader.COPIES_BOOKMARKED -> new CatalogEntry.CopiesBookmarked(getUuids(head));
                case EntryHeader.VOLUME_FAILED -> new CatalogEntry.VolumeFailed(volume, getString(head));
                case EntryHeader.VOLUME_PROPERTY ->
                    new CatalogEntry.VolumeProperty(volume, getString(head), getString(head));
                case EntryHeader.COPY_HELD ->
                    new CatalogEntry.CopyHeld(getUuid(head), head.getInt() != 0, getString(head));
                case EntryHeader.DIFF_AREA_SET -> new CatalogEntry.DiffAreaSet(head.getLong());
                case EntryHeader.OVERLAY_CREATED -> new CatalogEntry.OverlayCreated(getUuid(head), head.getLong());
                case EntryHeader.OVERLAY_CHANGED -> getOverlayChanged(head);
                case EntryHeader.REVERT_STARTED ->
                    new CatalogEntry.RevertStarted(volume, getUuid(head), head.getLong());
                case EntryHeader.REVERT_DONE -> new CatalogEntry.RevertDone(volume);
                case EntryHeader.ORIGIN_NOTED -> getOrigin(head, volume);
                case EntryHeader.VOLUME_RESIZED ->
                    new CatalogEntry.VolumeResized(volume, head.getLong(), head.getLong());
                default -> new CatalogEntry.VolumeCleared(volume);
            };
        } catch (BufferUnderflowException | IllegalArgumentException damaged) {
            throw new CorruptionException(
                    file,
                    offsetBytes + entry,
                    "catalog entry of type " + EntryHeader.type(head, entry),
                    "fields inside its " + EntryHeader.entryBytes(head, entry) + " bytes",
                    "a field that ends behind them");
        } finally {
            head.limit(limit);
        }
    }

    private static CatalogEntry getOverlayChanged(ByteBuffer head) {
        UUID copy = getUuid(head);
        CatalogEntry.OverlayChange change = CatalogEntry.OverlayChange.of(head.getInt());
        head.getInt();
        return new CatalogEntry.OverlayChanged(copy, change, head.getLong(), getString(head));
    }

    private static CatalogEntry getOrigin(ByteBuffer head, int volume) {
        CatalogEntry.OriginState state = stateOf(head.getInt());
        head.getInt();
        long size = head.getLong();
        long changed = head.getLong();
        long suspectThrough = head.getLong();
        CatalogEntry.OriginPrint print = new CatalogEntry.OriginPrint(size, changed, getString(head), getString(head));
        return new CatalogEntry.OriginNoted(volume, state, print, suspectThrough, getString(head));
    }

    private static CatalogEntry.OriginState stateOf(int number) {
        for (CatalogEntry.OriginState state : CatalogEntry.OriginState.values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("state of an origin: " + number);
    }

    private static CatalogEntry getSet(ByteBuffer head) {
        UUID id = getUuid(head);
        long time = head.getLong();
        String name = getString(head);
        Map<String, String> attributes = getAttributes(head);
        List<CatalogEntry.CopyCreated> copies = new ArrayList<>();
        for (int left = count(head); left > 0; left--) {
            copies.add(new CatalogEntry.CopyCreated(getUuid(head), head.getInt(), head.getLong(), head.getLong()));
        }
        return new CatalogEntry.SetCreated(id, time, name, attributes, copies);
    }

    private static Map<String, String> getAttributes(ByteBuffer head) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int left = count(head); left > 0; left--) {
            String key = getString(head);
            attributes.put(key, getString(head));
        }
        return attributes;
    }

    private static List<UUID> getUuids(ByteBuffer head) {
        List<UUID> ids = new ArrayList<>();
        for (int left = count(head); left > 0; left--) {
            ids.add(getUuid(head));
        }
        return ids;
    }

    private static int count(ByteBuffer head) {
        int count = head.getInt();
        if (count < 0 || count > MAX_LIST) {
            throw new BufferUnderflowException();
        }
        return count;
    }

    private static void putString(ByteBuffer head, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xFFFF) {
            throw new BufferOverflowException();
        }
        head.putShort((short) bytes.length).put(bytes);
    }

    private static String getString(ByteBuffer head) {
        byte[] bytes = new byte[Short.toUnsignedInt(head.getShort())];
        head.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void putUuid(ByteBuffer head, UUID id) {
        if (head.remaining() < 16) {
            throw new BufferOverflowException(); // The absolute puts below would throw something else.
        }
        Prologue.putUuid(head, head.position(), id);
        head.position(head.position() + 16);
    }

    private static UUID getUuid(ByteBuffer head) {
        if (head.remaining() < 16) {
            throw new BufferUnderflowException();
        }
        UUID id = Prologue.getUuid(head, head.position());
        head.position(head.position() + 16);
        return id;
    }
}
