/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.StoreChecker.Finding;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads all entries of the runs of a checkpoint, and the old bytes that each names. Confined to one task. */
final class RunCheck {
    private final Segments segments;
    private final List<Finding> findings;
    private final ByteBuffer piece =
            Arena.ofAuto().allocate(Preserve.PIECE_BYTES, 4096).asByteBuffer();
    private long checked;

    /** Adds what is wrong to {@code findings}. */
    RunCheck(Segments segments, List<Finding> findings) {
        this.segments = segments;
        this.findings = findings;
    }

    void check(Run run, Throttle throttle) throws StoreException {
        RunSource entries = new RunSource(run, throttle);
        long count = 0;
        try {
            while (entries.next()) {
                count++;
                if (entries.location() >= 0) {
                    checkPiece(entries.location(), entries.crc());
                }
            }
        } catch (CorruptionException e) {
            findings.add(new Finding(e.file(), e.offsetBytes(), e.problem()));
            return;
        }
        if (count != run.entries()) {
            findings.add(new Finding(
                    run.file().path().toString(), 64, "entries: expected " + run.entries() + ", found " + count));
        }
    }

    private void checkPiece(long location, int crc) throws StoreException {
        checked++;
        int segment = Location.segment(location);
        long offset = Location.offset(location);
        StorageFile file = segments.fileOrNull(segment);
        if (file == null) {
            findings.add(new Finding(Segments.name(segment), offset, "named by the index, expected a file"));
            return;
        }
        try {
            piece.clear();
            int read = file.readAroundCache(piece, offset);
            if (read < Preserve.PIECE_BYTES || Prologue.crc(piece, 0, Preserve.PIECE_BYTES) != crc) {
                findings.add(new Finding(
                        file.path().toString(), offset, "a preserved piece does not match its checksum in the index"));
            }
        } catch (IOException e) {
            throw new DeviceException("reading " + file.path() + " at offset " + offset, e);
        }
    }

    /** Returns how many pieces were read. */
    long checked() {
        return checked;
    }
}
