/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.volume.Origin.Zeroing;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A live volume as one client sees it. */
final class VolumeExport implements Export {
    private final String name;
    private final LiveVolume volume;

    /** A client was told one size, and keeps to it until it connects again. */
    private final long sizeBytes;

    private final AtomicBoolean closed = new AtomicBoolean();

    VolumeExport(String name, LiveVolume volume) {
        this.name = name;
        this.volume = volume;
        volume.connect();
        this.sizeBytes = volume.sizeBytes();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean readOnly() {
        return volume.readOnly();
    }

    @Override
    public int preferredBlockBytes() {
        return Preserve.PIECE_BYTES;
    }

    @Override
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        return volume.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source, Durability durability, Completion completion) {
        if (readOnly()) {
            completion.complete(IoStatus.READ_ONLY);
        } else {
            volume.write(offsetBytes, source, durability == Durability.FORCED, completion);
        }
    }

    @Override
    public void flush(Completion completion) {
        volume.flush(completion);
    }

    @Override
    public void trim(long offsetBytes, long lengthBytes, Durability durability, Completion completion) {
        if (readOnly()) {
            completion.complete(IoStatus.READ_ONLY);
        } else {
            volume.trim(offsetBytes, lengthBytes, durability == Durability.FORCED, completion);
        }
    }

    @Override
    public void writeZeroes(
            long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability, Completion completion) {
        if (readOnly()) {
            completion.complete(IoStatus.READ_ONLY);
        } else if (mode == ZeroMode.FAST_ONLY) {
            completion.complete(IoStatus.NOT_SUPPORTED);
        } else {
            Zeroing zeroing = mode == ZeroMode.KEEP_SPACE ? Zeroing.ALLOCATE : Zeroing.HOLES_STAY;
            volume.writeZeros(offsetBytes, lengthBytes, zeroing, durability == Durability.FORCED, completion);
        }
    }

    @Override
    public IoStatus blockStatus(long offsetBytes, long lengthBytes, int maxExtents, ExtentSink sink) {
        return volume.allocation(offsetBytes, lengthBytes, Extents.limited(maxExtents, sink));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            volume.disconnect();
        }
    }
}
