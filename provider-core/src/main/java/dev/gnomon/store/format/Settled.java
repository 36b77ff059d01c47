/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;

/**
 * The layout of a settled mark: all new data of a volume up to a sequence is in its origin, durably.
 *
 * <pre>
 *  offset size
 *     0   16  entry header, codec 1
 *    16    8  settled through: sequence of the last batch whose new data of this volume needs no settling any more
 * </pre>
 */
public final class Settled {
    static final int THROUGH = 16;
    static final int ENTRY_BYTES = 24;

    private Settled() {}

    /** Returns the sequence through which the volume is settled. */
    public static long through(ByteBuffer head, int entry) {
        return head.getLong(entry + THROUGH);
    }

    /** Checks everything that a reader relies on. */
    static void require(ByteBuffer head, int entry, String file, long offset) throws CorruptionException {
        if (EntryHeader.entryBytes(head, entry) != ENTRY_BYTES) {
            throw new CorruptionException(
                    file, offset + entry, "bytes of the entry", ENTRY_BYTES, EntryHeader.entryBytes(head, entry));
        }
    }
}
