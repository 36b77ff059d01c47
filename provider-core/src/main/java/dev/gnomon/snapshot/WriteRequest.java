/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.volume.Origin;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A write that could not go straight to the origin on its way through gate and staging chain. Lies inside one part of
 * {@link StagedWrites#partBytes}. Owned by one task at a time.
 */
final class WriteRequest {
    private final LiveVolume volume;
    private final long offsetBytes;
    private final int lengthBytes;
    private final @Nullable ByteBuffer source;
    private final Origin.Zeroing zeroing;
    private final boolean forced;
    private final VolumeClient client;
    private final Completion completion;
    private final boolean revertStep;
    private @Nullable ByteBuffer wholePieces;
    private int slot;
    private long epoch;
    private int batchHandle;
    private int payloadOffset;

    /** A step of a revert: whole pieces, whose content is asked for when nobody else is on them. */
    static WriteRequest revertStep(LiveVolume volume, long offsetBytes, int lengthBytes, Completion completion) {
        return new WriteRequest(
                volume,
                VolumeClient.INSIDE,
                offsetBytes,
                lengthBytes,
                null,
                Origin.Zeroing.HOLES_STAY,
                false,
                completion,
                true);
    }

    /** A write of the buffer's remaining bytes, or of zeros if there is none. */
    WriteRequest(
            LiveVolume volume,
            VolumeClient client,
            long offsetBytes,
            int lengthBytes,
            @Nullable ByteBuffer source,
            Origin.Zeroing zeroing,
            boolean forced,
            Completion completion) {
        this(volume, client, offsetBytes, lengthBytes, source, zeroing, forced, completion, false);
    }

    private WriteRequest(
            LiveVolume volume,
            VolumeClient client,
            long offsetBytes,
            int lengthBytes,
            @Nullable ByteBuffer source,
            Origin.Zeroing zeroing,
            boolean forced,
            Completion completion,
            boolean revertStep) {
        this.client = client;
        this.revertStep = revertStep;
        this.volume = volume;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.source = source;
        this.zeroing = zeroing;
        this.forced = forced;
        this.completion = completion;
    }

    LiveVolume volume() {
        return volume;
    }

    VolumeClient client() {
        return client;
    }

    /** Returns whether it brings content of a copy back, and is nothing where that is done already. */
    boolean isRevertStep() {
        return revertStep;
    }

    long offsetBytes() {
        return offsetBytes;
    }

    int lengthBytes() {
        return lengthBytes;
    }

    /** Returns what to write, or null for zeros. */
    @Nullable
    ByteBuffer source() {
        return source;
    }

    Origin.Zeroing zeroing() {
        return zeroing;
    }

    boolean forced() {
        return forced;
    }

    Completion completion() {
        return completion;
    }

    long firstPiece() {
        return offsetBytes / Preserve.PIECE_BYTES;
    }

    long lastPiece() {
        return (offsetBytes + lengthBytes - 1) / Preserve.PIECE_BYTES;
    }

    int pieces() {
        return (int) (lastPiece() - firstPiece() + 1);
    }

    void entered(int newSlot, long newEpoch) {
        slot = newSlot;
        epoch = newEpoch;
    }

    int slot() {
        return slot;
    }

    long epoch() {
        return epoch;
    }

    /** Takes the content of all its pieces, where it does not cover the first or the last whole. */
    void wholePieces(ByteBuffer bytes) {
        wholePieces = bytes;
    }

    /** Returns the content of all its pieces, or null for zeros. */
    @Nullable
    ByteBuffer wholePieces() {
        return wholePieces != null ? wholePieces : source;
    }

    /** Notes where it is in a batch. */
    void inBatch(int handle, int payloadOffsetBytes) {
        batchHandle = handle;
        payloadOffset = payloadOffsetBytes;
    }

    int batchHandle() {
        return batchHandle;
    }

    int payloadOffset() {
        return payloadOffset;
    }
}
