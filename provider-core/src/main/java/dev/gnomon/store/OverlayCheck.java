/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.StoreChecker.Finding;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.OverlayHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Reads all files of overlays of a store that nobody has open, and compares everything with its checksums. */
final class OverlayCheck {
    private static final int PIECE = Preserve.PIECE_BYTES;

    private final Storage storage;
    private final Path directory;
    private final UUID store;
    private final List<Finding> findings;
    private final ByteBuffer piece = Arena.ofAuto().allocate(PIECE, PIECE).asByteBuffer();
    private long checked;

    OverlayCheck(Storage storage, Path directory, UUID store, List<Finding> findings) {
        this.storage = storage;
        this.directory = directory;
        this.store = store;
        this.findings = findings;
    }

    /** Returns how many pieces were compared with their checksums. */
    long checked() {
        return checked;
    }

    void check(Catalog catalog) throws StoreException, IOException {
        for (Catalog.CopyEntry copy : catalog.copies()) {
            Catalog.OverlayEntry overlay = catalog.overlay(copy.id());
            if (overlay == null) {
                continue;
            }
            try {
                check(overlay, copy);
            } catch (CorruptionException e) {
                findings.add(new Finding(e.file(), e.offsetBytes(), e.problem()));
            }
        }
    }

    private void check(Catalog.OverlayEntry overlay, Catalog.CopyEntry copy) throws StoreException, IOException {
        Path path = directory.resolve(OverlayFiles.name(overlay.number()));
        if (!storage.exists(path)) {
            throw new CorruptionException(path.toString(), 0, "file of an overlay", "one", "none");
        }
        try (StorageFile file = storage.open(path, Storage.Mode.READ_ONLY)) {
            ByteBuffer block = Arena.ofAuto()
                    .allocate(OverlayHeader.BYTES, OverlayHeader.BYTES)
                    .asByteBuffer();
            OverlayHeader header = OverlayFiles.header(file, block);
            header.require(store, overlay.number(), copy.id(), copy.sizeBytes(), path.toString());
            byte[] hash = BatchReader.hash(block, 0, OverlayHeader.BYTES);
            new OverlayScan(file, header, hash, true)
                    .run(overlay.sealedThrough(), (head, entry, first, count, place) -> {
                        for (int rank = 0; rank < count && place >= 0; rank++) {
                            compare(file, (place + rank) * PIECE, NewData.crc(head, entry, rank));
                        }
                    });
        }
    }

    private void compare(StorageFile file, long offset, int crc) throws StoreException {
        checked++;
        try {
            file.readAroundCache(piece.clear(), offset);
        } catch (IOException e) {
            throw new DeviceException("reading " + file.path() + " at offset " + offset, e);
        }
        if (piece.hasRemaining() || Prologue.crc(piece, 0, PIECE) != crc) {
            findings.add(
                    new Finding(file.path().toString(), offset, "a piece of the overlay does not match its checksum"));
        }
    }
}
