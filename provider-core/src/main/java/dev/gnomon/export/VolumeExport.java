/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.VolumeClient;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.volume.Origin.Zeroing;
import java.nio.ByteBuffer;

/** A live volume as one client sees it. */
final class VolumeExport implements Export {
    private final String name;
    private final LiveVolume volume;
    private final VolumeClient client;

    /** A client was told one size, and keeps to it until it connects again. */
    private final long sizeBytes;

    VolumeExport(String name, LiveVolume volume) {
        this.name = name;
        this.volume = volume;
        this.client = volume.connect();
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
        return client.isCutOff() ? IoStatus.GONE : volume.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source, Durability durability, Completion completion) {
        if (!refuses(completion)) {
            volume.write(client, offsetBytes, source, durability == Durability.FORCED, completion);
        }
    }

    @Override
    public void gather() {
        volume.gather();
    }

    @Override
    public void submit() {
        volume.submit(client);
    }

    @Override
    public void flush(Completion completion) {
        if (client.isCutOff()) {
            completion.complete(IoStatus.GONE);
        } else {
            volume.flush(completion);
        }
    }

    @Override
    public void trim(long offsetBytes, long lengthBytes, Durability durability, Completion completion) {
        if (!refuses(completion)) {
            volume.trim(offsetBytes, lengthBytes, durability == Durability.FORCED, completion);
        }
    }

    @Override
    public void writeZeroes(
            long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability, Completion completion) {
        if (refuses(completion)) {
            return;
        }
        if (mode == ZeroMode.FAST_ONLY) {
            completion.complete(IoStatus.NOT_SUPPORTED);
        } else {
            Zeroing zeroing = mode == ZeroMode.KEEP_SPACE ? Zeroing.ALLOCATE : Zeroing.HOLES_STAY;
            volume.writeZeros(client, offsetBytes, lengthBytes, zeroing, durability == Durability.FORCED, completion);
        }
    }

    @Override
    public IoStatus blockStatus(long offsetBytes, long lengthBytes, int maxExtents, ExtentSink sink) {
        return client.isCutOff()
                ? IoStatus.GONE
                : volume.allocation(offsetBytes, lengthBytes, Extents.limited(maxExtents, sink));
    }

    /** Completes a request that changes something if it is not admitted. */
    private boolean refuses(Completion completion) {
        if (client.isCutOff()) {
            completion.complete(IoStatus.GONE);
            return true;
        }
        if (readOnly()) {
            completion.complete(IoStatus.READ_ONLY);
            return true;
        }
        return false;
    }

    @Override
    public boolean cutOff() {
        return client.isCutOff();
    }

    @Override
    public void close() {
        client.disconnect();
    }
}
