/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import java.nio.ByteBuffer;

/** What a volume is being reverted to: one of its copies, and behind that one's end zeros. Thread-safe. */
final class RevertSource {
    private final ShadowCopy copy;

    /** Takes a copy that nobody hides. */
    RevertSource(ShadowCopy copy) {
        this.copy = copy;
    }

    /** Fills the buffer from a range inside the volume. */
    IoStatus read(long offsetBytes, ByteBuffer target) {
        int limit = target.limit();
        long inside = Math.min(target.remaining(), Math.max(0, copy.sizeBytes() - offsetBytes));
        IoStatus status = IoStatus.OK;
        if (inside > 0) {
            status = copy.read(offsetBytes, target.limit(target.position() + (int) inside));
        }
        target.limit(limit);
        while (status == IoStatus.OK && target.hasRemaining()) {
            target.put((byte) 0);
        }
        return status;
    }
}
