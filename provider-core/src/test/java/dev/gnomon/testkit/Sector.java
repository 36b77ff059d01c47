/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The unchanging bytes of one 512-byte sector with a hash of them, which is 0 exactly for the canonical sector of zeros.
 *
 * @param bytes never modified
 * @param hash of the bytes
 */
@SuppressWarnings(
        "ArrayRecordComponent") // Shared and never modified; compared by identity or content, never by equals.
record Sector(byte[] bytes, long hash) {
    static final int BYTES = 512;
    static final Sector ZERO = new Sector(new byte[BYTES], 0);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    /** Takes an array over. */
    static Sector of(byte[] bytes) {
        long hash = 0;
        long any = 0;
        for (int i = 0; i < BYTES; i += Long.BYTES) {
            long value = (long) LONGS.get(bytes, i);
            any |= value;
            hash = (Long.rotateLeft(hash, 29) ^ value) * FACTOR + 1;
        }
        if (any == 0) {
            return ZERO;
        }
        return new Sector(bytes, hash == 0 ? 1 : hash);
    }

    /** Returns the count of sectors that hold a count of bytes. */
    static long count(long bytes) {
        return (bytes + BYTES - 1) / BYTES;
    }
}
