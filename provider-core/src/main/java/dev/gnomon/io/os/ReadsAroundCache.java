/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one file around the system's cache: into the target if it is aligned, else one at a time through a buffer that
 * is. Thread-safe.
 */
final class ReadsAroundCache {
    /** Enough for every device in use; file systems that demand more refuse and get the fallback. */
    static final int ALIGNMENT = 4096;

    /** Bytes read through the buffer at a time. */
    private static final int BUFFER_BYTES = 256 << 10;

    /** Bytes read into an aligned target at a time. */
    private static final int CALL_BYTES = 1 << 20;

    /** Held during a read: it guards the buffer. */
    private final ReentrantLock turn = new ReentrantLock();

    private @Nullable ByteBuffer buffer;

    /** Fills the target, or what the file has of it; returns false, with any part read, when the system refuses. */
    boolean read(Descriptor descriptor, ByteBuffer target, long offsetBytes) throws IOException {
        if (isAligned(target)) {
            return readInto(descriptor, target, offsetBytes);
        }
        turn.lock();
        try {
            return readInTurn(descriptor, target, offsetBytes);
        } finally {
            turn.unlock();
        }
    }

    private static boolean isAligned(ByteBuffer target) {
        return target.isDirect()
                && target.remaining() % ALIGNMENT == 0
                && MemorySegment.ofBuffer(target).address() % ALIGNMENT == 0;
    }

    private static boolean readInto(Descriptor descriptor, ByteBuffer target, long offsetBytes) throws IOException {
        long offset = offsetBytes;
        while (target.hasRemaining()) {
            int wanted = Math.min(target.remaining(), CALL_BYTES);
            long count = descriptor.readDirect(MemorySegment.ofBuffer(target), wanted, offset);
            if (count < 0) {
                return false;
            }
            target.position(target.position() + (int) count);
            offset += count;
            if (count == 0 || count % ALIGNMENT != 0) {
                break; // The end of the file; the next offset would not be aligned.
            }
        }
        return true;
    }

    private boolean readInTurn(Descriptor descriptor, ByteBuffer target, long offsetBytes) throws IOException {
        ByteBuffer aligned = buffer;
        if (aligned == null) {
            aligned = ByteBuffer.allocateDirect(BUFFER_BYTES + ALIGNMENT).alignedSlice(ALIGNMENT);
            buffer = aligned;
        }
        long offset = offsetBytes;
        while (target.hasRemaining()) {
            int wanted = Math.min(target.remaining(), BUFFER_BYTES);
            long count = descriptor.readDirect(MemorySegment.ofBuffer(aligned), roundUp(wanted), offset);
            if (count < 0) {
                return false;
            }
            int used = (int) Math.min(count, wanted);
            target.put(target.position(), aligned, 0, used);
            target.position(target.position() + used);
            offset += used;
            if (used == 0 || (used < wanted && used % ALIGNMENT != 0)) {
                break; // The end of the file; the next offset would not be aligned.
            }
        }
        return true;
    }

    private static int roundUp(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
