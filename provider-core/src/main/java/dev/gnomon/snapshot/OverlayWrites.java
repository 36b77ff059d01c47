/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.store.StoredOverlay;
import dev.gnomon.store.format.Preserve;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes writes to an overlay apart into appends of whole pieces to its file. Thread-safe: who writes to a piece, or looks
 * whether it has to, has the turn of that piece.
 */
final class OverlayWrites {
    private static final int PIECE = Preserve.PIECE_BYTES;

    private final long sizeBytes;
    private final StoredOverlay stored;
    private final OverlayReads reads;
    private final PieceTurns pieces;
    private final Appender appender;

    /** Something that is appended. */
    interface Append {
        /** Returns false if there is no memory for it. */
        boolean run() throws IOException;
    }

    /** Runs appends, as long as none has failed. */
    interface Appender {
        IoStatus append(Append append);
    }

    OverlayWrites(long sizeBytes, StoredOverlay stored, OverlayReads reads, PieceTurns pieces, Appender appender) {
        this.sizeBytes = sizeBytes;
        this.stored = stored;
        this.reads = reads;
        this.pieces = pieces;
        this.appender = appender;
    }

    /** Writes a buffer to a range inside the overlay. */
    IoStatus write(long offsetBytes, ByteBuffer source) {
        IoStatus status = IoStatus.OK;
        int limit = source.limit();
        int done = source.position();
        for (long at = offsetBytes; done < limit && status == IoStatus.OK; ) {
            int length = partBytes(at, limit - done);
            status = writePart(at, source.limit(done + length).position(done));
            at += length;
            done += length;
        }
        source.limit(limit).position(done);
        return status;
    }

    /** Makes a range inside the overlay read as zeros, which take space if {@code keepSpace} says so. */
    IoStatus writeZeros(long offsetBytes, long lengthBytes, boolean keepSpace) {
        IoStatus status = IoStatus.OK;
        long end = offsetBytes + lengthBytes;
        for (long at = offsetBytes; at < end && status == IoStatus.OK; ) {
            long whole = at % PIECE == 0 ? wholePieces(at, end) : 0;
            if (whole > 0 && !keepSpace) {
                status = zeroPieces(at / PIECE, whole);
                at = Math.min(end, at + whole * PIECE);
            } else {
                long toPiece = keepSpace ? end - at : Math.min(end - at, PIECE - at % PIECE);
                int length = partBytes(at, toPiece);
                status = writePart(at, ByteBuffer.allocate(length));
                at += length;
            }
        }
        return status;
    }

    /** Returns how much of a range one write takes. */
    private static int partBytes(long at, long left) {
        return (int) Math.min(left, (long) StoredOverlay.MAX_PIECES * PIECE - at % PIECE);
    }

    private IoStatus writePart(long at, ByteBuffer source) {
        long first = at / PIECE;
        long last = (at + source.remaining() - 1) / PIECE;
        pieces.take(first, last);
        try {
            if (isWhole(at, source.remaining())) {
                return appender.append(() -> stored.write(first, source));
            }
            long to = Math.min(sizeBytes, (last + 1) * PIECE);
            ByteBuffer whole = ByteBuffer.allocate((int) (to - first * PIECE));
            IoStatus status = complete(at, first * PIECE, source, whole);
            return status == IoStatus.OK ? appender.append(() -> stored.write(first, whole)) : status;
        } finally {
            pieces.give(first, last);
        }
    }

    private boolean isWhole(long at, long length) {
        long end = at + length;
        return at % PIECE == 0 && (end % PIECE == 0 || end == sizeBytes);
    }

    /** Puts the source into the whole pieces around it, the rest of which is read. */
    private IoStatus complete(long at, long from, ByteBuffer source, ByteBuffer whole) {
        IoStatus status = reads.read(from, whole.limit((int) (at - from)));
        if (status == IoStatus.OK) {
            whole.limit(whole.capacity()).position((int) (at - from));
            whole.put(source);
            status = reads.read(from + whole.position(), whole);
        }
        whole.flip();
        return status;
    }

    /** Returns how many pieces from an aligned offset lie whole before an end, or are cut off by that of the volume. */
    private long wholePieces(long at, long end) {
        return (end == sizeBytes ? end - at + PIECE - 1 : end - at) / PIECE;
    }

    private IoStatus zeroPieces(long first, long count) {
        pieces.take(first, first + count - 1);
        try {
            StoredOverlay.Found found = new StoredOverlay.Found();
            IoStatus status = IoStatus.OK;
            for (long done = 0; done < count && status == IoStatus.OK; ) {
                long at = first + done;
                stored.find(at, (int) Math.min(Integer.MAX_VALUE, count - done), found);
                long run = found.count();
                boolean needed = !found.zeros();
                if (found.absent()) {
                    long alike = reads.alikeInCopy(at, run);
                    needed = alike < 0;
                    run = Math.abs(alike);
                }
                status = needed ? zero(at, run) : IoStatus.OK;
                done += run;
            }
            return status;
        } finally {
            pieces.give(first, first + count - 1);
        }
    }

    private IoStatus zero(long first, long count) {
        return appender.append(() -> stored.zero(first, count));
    }
}
