/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Staging;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a volume as its clients see it: new data that is staged over the origin (I8). Thread-safe.
 *
 * <p><b>Invariant:</b> bytes of a slot count only if it has not left meanwhile; otherwise they are in the origin, and are
 * read from there.
 */
final class StagedReads {
    private static final int PIECE = Preserve.PIECE_BYTES;
    private static final int RUN_BYTES = 1 << 20;

    private final Origin origin;
    private final VolumeExceptions exceptions;
    private final StagedPieces staged;
    private final Staging staging;
    private volatile @Nullable RevertSource revertSource;

    StagedReads(Origin origin, VolumeExceptions exceptions, Staging staging) {
        this.origin = origin;
        this.exceptions = exceptions;
        this.staged = exceptions.staged();
        this.staging = staging;
    }

    /** Fills the buffer from a range inside the volume. */
    IoStatus read(long offsetBytes, ByteBuffer target) {
        if (staged.isEmpty() && !exceptions.reverting()) {
            return origin.read(offsetBytes, target);
        }
        int limit = target.limit();
        long at = offsetBytes;
        IoStatus status = IoStatus.OK;
        while (target.position() < limit && status == IoStatus.OK) {
            int before = target.position();
            status = readSome(at, target, limit);
            target.limit(limit);
            at += target.position() - before;
        }
        return status;
    }

    /** Takes what pieces read as that a revert has not come to; set before it begins. */
    void revertSource(RevertSource source) {
        revertSource = source;
    }

    private IoStatus readSome(long at, ByteBuffer target, int limit) {
        long slot = StagedPieces.NONE;
        boolean reverts;
        long location = 0;
        int crc = 0;
        int length = Math.min(RUN_BYTES, limit - target.position());
        exceptions.mutex().lock();
        try {
            reverts = exceptions.unreverted(at / PIECE);
            slot = reverts ? StagedPieces.NONE : staged.newest(at / PIECE);
            if (slot == StagedPieces.NONE) {
                length = likewise(at, length, reverts);
            } else {
                location = staged.location(slot);
                crc = staged.crc(slot);
            }
        } finally {
            exceptions.mutex().unlock();
        }
        if (slot == StagedPieces.NONE) {
            target.limit(target.position() + length);
            return reverts ? readSource(at, target) : origin.read(at, target);
        }
        return readSlot(slot, location, crc, (int) (at % PIECE), target, limit);
    }

    /** What was the copy's when it was asked for is right, whatever has become of the piece since: a copy stays as it is. */
    private IoStatus readSource(long at, ByteBuffer target) {
        RevertSource source = revertSource;
        return source == null ? IoStatus.IO_ERROR : source.read(at, target);
    }

    /** Returns how much from a place on comes from where its first piece does: the copy of a revert, or the origin. */
    private int likewise(long at, int length, boolean reverts) {
        long end = at + length;
        for (long piece = at / PIECE + 1; piece * PIECE < end; piece++) {
            boolean elsewhere = reverts
                    ? !exceptions.unreverted(piece)
                    : exceptions.unreverted(piece) || staged.newest(piece) != StagedPieces.NONE;
            if (elsewhere) {
                return (int) (piece * PIECE - at);
            }
        }
        return length;
    }

    /**
     * Reads from a slot to the end of its piece, or to the limit.
     *
     * @return OK; the target's position has not moved if the slot has left meanwhile
     */
    IoStatus readSlot(long slot, long location, int crc, int skip, ByteBuffer target, int limit) {
        int start = target.position();
        int length = Math.min(PIECE - skip, limit - start);
        IoStatus status = IoStatus.OK;
        if (location == StagedPieces.ZEROS) {
            for (int i = 0; i < length; i++) {
                target.put((byte) 0);
            }
        } else if (length == PIECE) {
            status = readIntact(location, crc, target.limit(start + PIECE));
        } else {
            ByteBuffer whole = ByteBuffer.allocate(PIECE);
            status = readIntact(location, crc, whole);
            target.put(whole.limit(skip + length).position(skip));
        }
        if (!staged.holds(slot)) {
            target.position(start);
            return IoStatus.OK;
        }
        return status;
    }

    private IoStatus readIntact(long location, int crc, ByteBuffer piece) {
        int start = piece.position();
        IoStatus status = staging.read(location, piece);
        return status == IoStatus.OK && !Staging.isIntact(piece, start, crc) ? IoStatus.IO_ERROR : status;
    }

    /** Gives a request the whole content of its pieces, where it covers the first or the last only in part. */
    IoStatus complete(WriteRequest request) {
        if (request.isRevertStep()) {
            return completeStep(request);
        }
        ByteBuffer source = request.source();
        long begin = request.offsetBytes();
        long end = begin + request.lengthBytes();
        boolean wholeEnd = end % PIECE == 0 || end == origin.sizeBytes();
        if (source == null || (begin % PIECE == 0 && wholeEnd)) {
            return IoStatus.OK;
        }
        long from = request.firstPiece() * PIECE;
        long to = Math.min(origin.sizeBytes(), (request.lastPiece() + 1) * PIECE);
        ByteBuffer whole = ByteBuffer.allocate((int) (to - from));
        IoStatus status = read(from, whole.limit((int) (begin - from)));
        if (status == IoStatus.OK) {
            whole.limit(whole.capacity()).position((int) (begin - from));
            whole.put(source.duplicate());
            status = read(end, whole);
        }
        request.wholePieces(whole.flip());
        return status;
    }

    /** Gives a step of a revert the content that its pieces had in the copy. */
    private IoStatus completeStep(WriteRequest request) {
        ByteBuffer whole = ByteBuffer.allocate(request.lengthBytes());
        IoStatus status = readSource(request.offsetBytes(), whole);
        whole.flip();
        if (whole.mismatch(ByteBuffer.allocate(whole.remaining())) >= 0) {
            request.wholePieces(whole);
        }
        return status;
    }

    /** Reports what of a range inside the volume takes space; what is staged does. */
    IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        ExtentMerger merged = new ExtentMerger(sink);
        if (exceptions.reverting()) {
            // What will be a hole, nobody knows yet; that all of it is data is never wrong.
            boolean _ = merged.extent(lengthBytes, false);
            merged.flush();
            return IoStatus.OK;
        }
        long end = offsetBytes + lengthBytes;
        boolean more = true;
        try {
            for (long at = offsetBytes; at < end && more; ) {
                long oldest = staged.first();
                long data = origin.nextData(at);
                boolean hole = data > at;
                long next = Math.min(end, hole ? data : Math.max(at + 1, origin.nextHole(at)));
                if (hole) {
                    long piece = nextStaged(at, next, Long.MAX_VALUE);
                    if (staged.first() != oldest) {
                        continue; // what has left since may have been released into this very hole
                    }
                    hole = piece == StagedPieces.NONE || piece * PIECE > at;
                    next = piece == StagedPieces.NONE
                            ? next
                            : Math.min(next, hole ? piece * PIECE : (piece + 1) * PIECE);
                }
                more = merged.extent(next - at, hole);
                at = next;
            }
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
        }
        merged.flush();
        return IoStatus.OK;
    }

    /** Returns the first piece of a range that takes space by being staged, in an epoch not above the given one. */
    long nextStaged(long from, long to, long throughEpoch) {
        if (staged.isEmpty()) {
            return StagedPieces.NONE;
        }
        exceptions.mutex().lock();
        try {
            return staged.nextWithData(from / PIECE, (to - 1) / PIECE + 1, throughEpoch);
        } finally {
            exceptions.mutex().unlock();
        }
    }
}
