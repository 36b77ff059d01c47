/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.store.StoredOverlay;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.Preserve;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Reads an overlay: what was written over what its copy holds. Thread-safe. */
final class OverlayReads {
    private static final int PIECE = Preserve.PIECE_BYTES;

    private final ShadowCopy base;
    private final StoredOverlay stored;
    private final Consumer<Exception> unreadable;

    /** Reads {@code stored} over {@code base}; what could not be read is told to {@code unreadable}. */
    OverlayReads(ShadowCopy base, StoredOverlay stored, Consumer<Exception> unreadable) {
        this.base = base;
        this.stored = stored;
        this.unreadable = unreadable;
    }

    /** Fills the buffer from a range inside the copy. */
    IoStatus read(long offset, ByteBuffer target) {
        int limit = target.limit();
        StoredOverlay.Found found = new StoredOverlay.Found();
        long at = offset;
        IoStatus status = IoStatus.OK;
        while (target.position() < limit && status == IoStatus.OK) {
            int before = target.position();
            status = readSome(at, target, limit, found);
            target.limit(limit);
            at += target.position() - before;
        }
        return status;
    }

    private IoStatus readSome(long at, ByteBuffer target, int limit, StoredOverlay.Found found) {
        int skip = (int) (at % PIECE);
        int left = limit - target.position();
        stored.find(at / PIECE, (skip + left + PIECE - 1) / PIECE, found);
        int length = (int) Math.min(left, (long) found.count() * PIECE - skip);
        target.limit(target.position() + length);
        if (found.absent()) {
            return base.read(at, target);
        }
        if (found.zeros()) {
            while (target.hasRemaining()) {
                target.put((byte) 0);
            }
            return IoStatus.OK;
        }
        return readFromPiece(skip, length, target, found);
    }

    /** Reads from a piece with a payload; the position stays if the file was replaced meanwhile. */
    private IoStatus readFromPiece(int skip, int length, ByteBuffer target, StoredOverlay.Found found) {
        try {
            if (length == PIECE) {
                stored.read(found, target);
            } else {
                ByteBuffer whole = ByteBuffer.allocate(PIECE);
                if (stored.read(found, whole)) {
                    target.put(whole.limit(skip + length).position(skip));
                }
            }
            return IoStatus.OK;
        } catch (CorruptionException | IOException e) {
            unreadable.accept(e);
            return IoStatus.IO_ERROR;
        }
    }

    /** Reports what of a range inside the copy takes space. */
    IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        ExtentMerger merged = new ExtentMerger(sink);
        StoredOverlay.Found found = new StoredOverlay.Found();
        long end = offsetBytes + lengthBytes;
        boolean[] more = {true};
        for (long at = offsetBytes; at < end && more[0]; ) {
            int skip = (int) (at % PIECE);
            stored.find(at / PIECE, (int) Math.min(Integer.MAX_VALUE, (skip + end - at + PIECE - 1) / PIECE), found);
            long length = Math.min(end - at, (long) found.count() * PIECE - skip);
            if (found.absent()) {
                IoStatus status = base.allocation(at, length, (bytes, hole) -> more[0] = merged.extent(bytes, hole));
                if (status != IoStatus.OK) {
                    return status;
                }
            } else {
                more[0] = merged.extent(length, found.zeros());
            }
            at += length;
        }
        merged.flush();
        return IoStatus.OK;
    }

    /** Returns for how many pieces in a row the copy takes no space, so that they are zeros; or, negative, does. */
    long alikeInCopy(long piece, long count) {
        long[] result = {-count};
        long offset = piece * PIECE;
        long length = Math.min(count * PIECE, base.sizeBytes() - offset);
        IoStatus status = base.allocation(offset, length, (bytes, hole) -> {
            boolean all = bytes == length;
            long whole = bytes / PIECE;
            if (all) {
                result[0] = hole ? count : -count;
            } else {
                result[0] = hole && whole > 0 ? whole : -Math.max(1, (bytes + PIECE - 1) / PIECE);
            }
            return false;
        });
        return status == IoStatus.OK ? result[0] : -count;
    }
}
