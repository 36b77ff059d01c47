/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.store.format.Preserve;
import java.nio.ByteBuffer;

/**
 * A shadow copy as one client sees it: read-only, and always what it showed when it was opened, whatever becomes of its
 * overlay.
 */
final class CopyExport implements Export {
    private final String name;
    private final CopyReader copy;
    private final Runnable left;

    /**
     * Opens one.
     *
     * @param left run when it is closed, each time
     */
    CopyExport(String name, CopyReader copy, Runnable left) {
        this.name = name;
        this.copy = copy;
        this.left = left;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return copy.sizeBytes();
    }

    @Override
    public boolean readOnly() {
        return true;
    }

    @Override
    public int preferredBlockBytes() {
        return Preserve.PIECE_BYTES;
    }

    @Override
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        return copy.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source, Durability durability, Completion completion) {
        completion.complete(IoStatus.READ_ONLY);
    }

    @Override
    public void flush(Completion completion) {
        completion.complete(IoStatus.OK);
    }

    @Override
    public void trim(long offsetBytes, long lengthBytes, Durability durability, Completion completion) {
        completion.complete(IoStatus.READ_ONLY);
    }

    @Override
    public void writeZeroes(
            long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability, Completion completion) {
        completion.complete(IoStatus.READ_ONLY);
    }

    @Override
    public IoStatus blockStatus(long offsetBytes, long lengthBytes, int maxExtents, ExtentSink sink) {
        return copy.allocation(offsetBytes, lengthBytes, Extents.limited(maxExtents, sink));
    }

    @Override
    public void close() {
        left.run();
    }
}
