/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where the segments of a store are, a part of its {@link Superblock}.
 *
 * <pre>
 *  offset size
 *   176    2  length in bytes of the first path, 0 for the store's own directory
 *   178 1022  first path, UTF-8, zero-padded: where segments are, or are being moved from
 *  1200    2  length in bytes of the second path, 0 if segments are not being moved
 *  1202 1022  second path: where they are being moved to; "." for the store's own directory
 * </pre>
 *
 * @param home the first path
 * @param target the second path
 */
public record SegmentDirectories(String home, String target) {
    /** In the store's own directory, and not being moved. */
    public static final SegmentDirectories OWN = new SegmentDirectories("", "");

    /** What the second path says for the store's own directory. */
    public static final String OWN_TARGET = ".";

    /** Most bytes of a path. */
    public static final int MAX_PATH_BYTES = 1022;

    private static final int HOME = 176;
    private static final int TARGET = 1200;
    private static final int LENGTH_BYTES = 2;

    /** Returns whether a path fits. */
    public static boolean fits(String path) {
        return path.getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
    }

    void encode(ByteBuffer slot) {
        put(slot, HOME, home);
        put(slot, TARGET, target);
    }

    private static void put(ByteBuffer slot, int at, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_PATH_BYTES) {
            throw new IllegalArgumentException(
                    "path of the segments: " + bytes.length + " bytes; allowed are at most " + MAX_PATH_BYTES);
        }
        slot.putShort(at, (short) bytes.length);
        slot.put(at + LENGTH_BYTES, bytes);
    }

    static SegmentDirectories decode(ByteBuffer slot, String file, long offsetBytes) throws CorruptionException {
        return new SegmentDirectories(get(slot, HOME, file, offsetBytes), get(slot, TARGET, file, offsetBytes));
    }

    private static String get(ByteBuffer slot, int at, String file, long offsetBytes) throws CorruptionException {
        int length = Short.toUnsignedInt(slot.getShort(at));
        if (length > MAX_PATH_BYTES) {
            throw new CorruptionException(
                    file, offsetBytes + at, "length of the path of the segments", "at most " + MAX_PATH_BYTES, length);
        }
        byte[] bytes = new byte[length];
        slot.get(at + LENGTH_BYTES, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
