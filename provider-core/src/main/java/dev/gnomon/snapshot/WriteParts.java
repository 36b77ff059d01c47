/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.volume.Origin.Zeroing;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way in parts, one after the other, each of the epoch that it finds. Parts of zeros that do not cover a
 * piece whole are written as bytes.
 */
final class WriteParts implements Completion {
    private static final int PIECE = Preserve.PIECE_BYTES;
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(PIECE).asReadOnlyBuffer();

    private final LiveVolume volume;
    private final VolumeClient client;
    private final int partBytes;
    private final long begin;
    private final long end;
    private final @Nullable ByteBuffer source;
    private final Zeroing zeroing;
    private final boolean forced;
    private final Completion completion;
    private final PartTurn turn = new PartTurn();
    private long at;
    private volatile IoStatus status = IoStatus.OK;

    WriteParts(
            LiveVolume volume,
            VolumeClient client,
            int partBytes,
            long offsetBytes,
            long lengthBytes,
            @Nullable ByteBuffer source,
            Zeroing zeroing,
            boolean forced,
            Completion completion) {
        this.volume = volume;
        this.client = client;
        this.partBytes = partBytes;
        this.begin = offsetBytes;
        this.at = offsetBytes;
        this.end = offsetBytes + lengthBytes;
        this.source = source;
        this.zeroing = zeroing;
        this.forced = forced;
        this.completion = completion;
    }

    /** Submits parts until one is not completed at once; that one's completion goes on here. */
    void next() {
        do {
            if (at == end || status != IoStatus.OK) {
                volume.finish(status, forced && begin != end, completion);
                return;
            }
            long partEnd = partEnd();
            int length = (int) (partEnd - at);
            ByteBuffer bytes = bytes(length);
            // The only part of a request is forced by itself: it may need less than a flush.
            boolean whole = at == begin && partEnd == end;
            long offset = at;
            at = partEnd;
            turn.submit();
            volume.writes()
                    .dispatch(new WriteRequest(
                            volume,
                            client,
                            offset,
                            length,
                            bytes,
                            zeroing,
                            whole && forced,
                            whole ? completion : this));
            if (whole) {
                return;
            }
        } while (turn.returned());
    }

    @Override
    public void complete(IoStatus part) {
        if (part != IoStatus.OK) {
            status = part;
        }
        if (turn.completed()) {
            next();
        }
    }

    private long partEnd() {
        long limit = Math.min(end, (at / partBytes + 1) * partBytes);
        if (source != null) {
            return limit;
        }
        if (at % PIECE != 0) {
            return Math.min(limit, (at / PIECE + 1) * PIECE);
        }
        long whole = limit / PIECE * PIECE;
        return whole == at || limit == volume.sizeBytes() ? limit : whole;
    }

    private @Nullable ByteBuffer bytes(int length) {
        if (source == null) {
            boolean pieces = at % PIECE == 0 && (length % PIECE == 0 || at + length == volume.sizeBytes());
            return pieces ? null : ZEROS.duplicate().limit(length);
        }
        if (length == end - begin) {
            return source;
        }
        int start = source.position() + (int) (at - begin);
        return source.duplicate().limit(start + length).position(start);
    }
}
