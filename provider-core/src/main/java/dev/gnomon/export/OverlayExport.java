/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.store.format.Preserve;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** The open overlay of a shadow copy as one client sees it. The client was counted in and is counted out here. */
final class OverlayExport implements Export {
    private final String name;
    private final Overlay overlay;
    private final Runnable left;
    private final AtomicBoolean closed = new AtomicBoolean();

    OverlayExport(String name, Overlay overlay, Runnable left) {
        this.name = name;
        this.overlay = overlay;
        this.left = left;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return overlay.sizeBytes();
    }

    @Override
    public boolean readOnly() {
        return overlay.readOnly();
    }

    @Override
    public int preferredBlockBytes() {
        return Preserve.PIECE_BYTES;
    }

    @Override
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        return overlay.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source, Durability durability, Completion completion) {
        overlay.write(offsetBytes, source, durability == Durability.FORCED, completion);
    }

    @Override
    public void flush(Completion completion) {
        overlay.flush(completion);
    }

    @Override
    public void trim(long offsetBytes, long lengthBytes, Durability durability, Completion completion) {
        overlay.trim(offsetBytes, lengthBytes, durability == Durability.FORCED, completion);
    }

    /** Fast zeros are possible: whole pieces take an entry and no payload, at most two others are written. */
    @Override
    public void writeZeroes(
            long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability, Completion completion) {
        overlay.writeZeros(
                offsetBytes, lengthBytes, mode == ZeroMode.KEEP_SPACE, durability == Durability.FORCED, completion);
    }

    @Override
    public IoStatus blockStatus(long offsetBytes, long lengthBytes, int maxExtents, ExtentSink sink) {
        return overlay.allocation(offsetBytes, lengthBytes, Extents.limited(maxExtents, sink));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            overlay.disconnect();
            left.run();
        }
    }
}
