/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.volume;

import dev.gnomon.io.StorageFile;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sees who reads an origin in sequence, and asks for what comes next, as the system did before it was told not to
 * ({@link StorageFile#expectSmallWrites}). Thread-safe; nobody waits here, and nothing is allocated.
 *
 * <p>A read continues a stream if it begins near where the stream's last one ended: several clients, or connections of one,
 * may read at once, and their requests change places on the way. At least half of what a stream went over must have been read:
 * who picks some pieces out of many gets no others. What is not near any stream begins one, in place of the one that was not
 * continued for longest; random reads do nothing else.
 *
 * <p><b>Invariants</b> (by {@code busy}): {@code asked} of a stream is never below its {@code next}; a range is asked for once
 * as long as its stream lasts.
 */
final class ReadAhead {
    /** As many at once as a backup of some volumes, or a client with some connections, reads in. */
    static final int STREAMS = 8;

    /** How far from the end of the last read the next one may begin. */
    static final long NEAR_BYTES = 256 << 10;

    /** What is read in sequence before anything is read ahead: less is soon read by chance, in a small volume. */
    static final long SURE_BYTES = 256 << 10;

    /** How far ahead is asked for: measured, the smallest that reads a cold file as fast as the system does by itself. */
    static final long AHEAD_BYTES = 4 << 20;

    private final StorageFile file;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final long[] begun = new long[STREAMS];
    private final long[] next = new long[STREAMS];
    private final long[] asked = new long[STREAMS];
    private final long[] sequential = new long[STREAMS];
    private final long[] used = new long[STREAMS];
    private long reads;

    ReadAhead(StorageFile file) {
        this.file = file;
        Arrays.fill(next, -2 * NEAR_BYTES);
    }

    /** Notes a read, and asks for what comes after it if it continues a stream for long enough; before the read itself. */
    void reading(long offsetBytes, int lengthBytes, long sizeBytes) {
        if (!busy.compareAndSet(false, true)) {
            return; // Somebody else's read counts: the next one of this stream is near enough.
        }
        long from;
        long to;
        try {
            int stream = continued(offsetBytes);
            if (stream < 0) {
                begin(offsetBytes, lengthBytes);
                return;
            }
            used[stream] = ++reads;
            sequential[stream] += lengthBytes;
            next[stream] = Math.max(next[stream], offsetBytes + lengthBytes);
            asked[stream] = Math.max(asked[stream], next[stream]);
            from = asked[stream];
            to = Math.min(sizeBytes, next[stream] + AHEAD_BYTES);
            boolean dense = 2 * sequential[stream] >= next[stream] - begun[stream];
            // Half of it at a time: a call for each read would cost more than it brings.
            if (!dense || sequential[stream] < SURE_BYTES || to - from < AHEAD_BYTES / 2) {
                return;
            }
            asked[stream] = to;
        } finally {
            busy.set(false);
        }
        file.readAhead(from, to - from);
    }

    /** Returns the stream that a read at an offset continues, or -1. */
    private int continued(long offsetBytes) {
        for (int i = 0; i < STREAMS; i++) {
            if (Math.abs(offsetBytes - next[i]) < NEAR_BYTES) {
                return i;
            }
        }
        return -1;
    }

    private void begin(long offsetBytes, int lengthBytes) {
        int oldest = 0;
        for (int i = 1; i < STREAMS; i++) {
            oldest = used[i] < used[oldest] ? i : oldest;
        }
        begun[oldest] = offsetBytes;
        next[oldest] = offsetBytes + lengthBytes;
        asked[oldest] = next[oldest];
        sequential[oldest] = lengthBytes;
        used[oldest] = ++reads;
    }
}
