/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The old bytes of pieces, read from segments that may be emptied, given up, moved and used again meanwhile. Thread-safe.
 *
 * <p><b>Invariant:</b> bytes are returned only if their checksum is right, and are called damaged only if the segment was
 * there all the time and the block was not given up (I5): otherwise whoever asked looks again.
 */
final class PreservedPieces {
    private final Path directory;
    private final Segments segments;

    PreservedPieces(Path directory, Segments segments) {
        this.directory = directory;
        this.segments = segments;
    }

    /**
     * Reads one preserved piece and checks it.
     *
     * @param location of an exception, not {@link VolumeExceptions#ZEROS}
     * @param target 4096 bytes remaining; its content is undefined on an exception
     * @return false if the piece was moved elsewhere, or given up, since it was looked up: nothing was read, look again (I5)
     * @throws CorruptionException if the bytes are not those that were preserved; they must not be used
     */
    boolean read(long location, int crc, ByteBuffer target) throws StoreException {
        int start = target.position();
        if (location == VolumeExceptions.NOT_KEPT) {
            throw new CorruptionException(
                    directory.toString(), 0, "bytes of a preserved piece", "kept for a shadow copy", "given up");
        }
        int segment = Location.segment(location);
        StorageFile file = segments.fileOrNull(segment);
        if (file == null) {
            return false;
        }
        Path path = file.path();
        long offset = Location.offset(location);
        try {
            int read = file.read(target, offset);
            if (recycled(segment, file)) {
                target.position(start);
                return false;
            }
            if (read < Preserve.PIECE_BYTES) {
                throw new CorruptionException(
                        path.toString(), offset, "bytes of a preserved piece", Preserve.PIECE_BYTES, read);
            }
        } catch (IOException e) {
            if (recycled(segment, file)) {
                target.position(start);
                return false;
            }
            throw new DeviceException("reading " + path + " at offset " + offset, e);
        }
        int actual = Prologue.crc(target, start, Preserve.PIECE_BYTES);
        if (actual != crc) {
            if (segments.holes().has(segment, offset)) {
                target.position(start);
                return false;
            }
            throw new CorruptionException(
                    path.toString(),
                    offset,
                    "checksum of a preserved piece",
                    Integer.toHexString(crc),
                    Integer.toHexString(actual));
        }
        return true;
    }

    /** Returns whether a segment was given up, so that its file may have been written to while it was read. */
    @SuppressWarnings("ReferenceEquality") // Another file under this number would be another place.
    private boolean recycled(int segment, StorageFile file) {
        return segments.fileOrNull(segment) != file;
    }
}
