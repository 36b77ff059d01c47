/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.Checkpoint.RunName;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.RunBlock;
import dev.gnomon.store.format.RunHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Writes one run from entries that come in order. Confined to one task.
 *
 * <p>A run is whole only when {@link #finish} has returned: forced, not yet named. On an exception {@link #abandon} it.
 */
final class RunWriter {
    private static final int BUFFER_BLOCKS = 256;

    private final Storage storage;
    private final StorageFile file;
    private final UUID store;
    private final long number;
    private final Throttle throttle;
    private final ByteBuffer buffer = Arena.ofAuto()
            .allocate(BUFFER_BLOCKS * (long) RunBlock.BYTES, 4096)
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
    private final List<VolumeRow> volumes = new ArrayList<>();
    private int[] segmentPieces = new int[16];
    private long[] firstPieces = new long[64];
    private long[] firstEpochs = new long[64];
    private long entries;
    private int blocks;
    private int buffered;
    private int volume = -1;
    private long lastPiece;
    private long lastEpoch;

    private static final class VolumeRow {
        private final int number;
        private final int firstBlock;
        private int blocks;
        private long highestEpoch;
        private long entries;
        private long payloads;

        VolumeRow(int number, int firstBlock) {
            this.number = number;
            this.firstBlock = firstBlock;
        }
    }

    /**
     * Creates the file.
     *
     * @param mostEntries that will come, of how many volumes: their space is reserved at once
     * @throws NoSpaceException if there is none; nothing is left of the file
     */
    RunWriter(
            Storage storage,
            Path directory,
            UUID store,
            long number,
            long mostEntries,
            int mostVolumes,
            Throttle throttle)
            throws IOException {
        this.storage = storage;
        this.store = store;
        this.number = number;
        this.throttle = throttle;
        Path path = directory.resolve(Run.name(number));
        throttle.begin();
        try {
            if (storage.exists(path)) {
                storage.delete(path); // left by a process that did not come to name it
            }
            this.file = storage.open(path, Storage.Mode.CREATE_NEW);
            long most = (mostEntries / RunBlock.MAX_ENTRIES + mostVolumes + 1) * RunBlock.BYTES;
            try {
                file.allocate(0, RunHeader.BYTES + most);
            } catch (IOException e) {
                abandon();
                throw e;
            }
        } finally {
            throttle.end(RunHeader.BYTES);
        }
    }

    /** Adds the next entry; its key must be above the last. */
    void add(int entryVolume, long piece, long epoch, long location, int crc, boolean moved) throws IOException {
        boolean fresh = entryVolume != volume;
        if (!fresh && (piece < lastPiece || (piece == lastPiece && epoch <= lastEpoch))) {
            throw new IllegalStateException("entry of volume " + volume + ", piece " + piece + ", epoch " + epoch
                    + " behind piece " + lastPiece + ", epoch " + lastEpoch);
        }
        if (fresh || RunBlock.count(buffer, blockStart()) == RunBlock.MAX_ENTRIES) {
            beginBlock(entryVolume, piece, epoch);
        }
        boolean payload = location >= 0;
        int segment = payload
                ? Location.segment(location)
                : location == VolumeExceptions.NOT_KEPT ? RunBlock.NOT_KEPT : RunBlock.NO_PAYLOAD;
        RunBlock.add(buffer, blockStart(), piece, epoch, segment, payload ? Location.offset(location) : 0, crc, moved);
        VolumeRow row = volumes.getLast();
        row.entries++;
        row.highestEpoch = Math.max(row.highestEpoch, epoch);
        if (payload) {
            row.payloads++;
            if (segment >= segmentPieces.length) {
                segmentPieces = Arrays.copyOf(segmentPieces, Math.max(segment + 1, 2 * segmentPieces.length));
            }
            segmentPieces[segment]++;
        }
        lastPiece = piece;
        lastEpoch = epoch;
        entries++;
    }

    private int blockStart() {
        return (buffered - 1) * RunBlock.BYTES;
    }

    private void beginBlock(int entryVolume, long piece, long epoch) throws IOException {
        sealBlock();
        if (buffered == BUFFER_BLOCKS) {
            writeBuffer();
        }
        if (entryVolume != volume) {
            volumes.add(new VolumeRow(entryVolume, blocks));
            volume = entryVolume;
        }
        volumes.getLast().blocks++;
        if (blocks == firstPieces.length) {
            firstPieces = Arrays.copyOf(firstPieces, 2 * blocks);
            firstEpochs = Arrays.copyOf(firstEpochs, 2 * blocks);
        }
        firstPieces[blocks] = piece;
        firstEpochs[blocks] = epoch;
        blocks++;
        buffered++;
        RunBlock.clear(buffer, blockStart());
    }

    private void sealBlock() {
        if (buffered > 0) {
            RunBlock.seal(buffer, blockStart(), volume, number, blocks - 1);
        }
    }

    private void writeBuffer() throws IOException {
        if (buffered == 0) {
            return;
        }
        int bytes = buffered * RunBlock.BYTES;
        write(buffer.limit(bytes).position(0), RunHeader.BYTES + (blocks - buffered) * (long) RunBlock.BYTES);
        buffer.clear();
        buffered = 0;
    }

    private void write(ByteBuffer source, long offset) throws IOException {
        int bytes = source.remaining();
        throttle.begin();
        try {
            file.write(source, offset);
        } finally {
            throttle.end(bytes);
        }
    }

    long entries() {
        return entries;
    }

    /**
     * Writes what is left and forces the file, then opens it as a run.
     *
     * @throws ReadBackException if what was forced cannot be read: nothing is lost, and another file may do
     */
    Run finish(BlockCache cache) throws IOException, ReadBackException {
        sealBlock();
        writeBuffer();
        int segments = 0;
        for (int count : segmentPieces) {
            segments += count > 0 ? 1 : 0;
        }
        RunHeader open = new RunHeader(store, number, entries, blocks, volumes.size(), segments, 0);
        ByteBuffer contents = contents((int) open.contentsBytes());
        int crc = Prologue.crc(contents, 0, contents.limit());
        write(contents, open.contentsOffset());
        RunHeader header = new RunHeader(store, number, entries, blocks, volumes.size(), segments, crc);
        int headerCrc = header.encode(buffer.clear());
        write(buffer.limit(RunHeader.BYTES).position(0), 0);
        throttle.begin();
        try {
            file.setSize(header.contentsOffset() + header.contentsBytes());
            file.force();
            return readBack(new RunName(number, headerCrc), cache);
        } finally {
            throttle.end(Preserve.PIECE_BYTES);
        }
    }

    private Run readBack(RunName name, BlockCache cache) throws ReadBackException {
        try {
            return Run.read(file, store, name, cache);
        } catch (IOException | StoreException e) {
            throw new ReadBackException(file.path() + " was written and cannot be read: " + e.getMessage(), e);
        }
    }

    private ByteBuffer contents(int bytes) {
        ByteBuffer contents =
                Arena.ofAuto().allocate(bytes, 4096).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        for (VolumeRow row : volumes) {
            contents.putInt(row.number)
                    .putInt(row.firstBlock)
                    .putInt(row.blocks)
                    .putInt(0);
            contents.putLong(row.highestEpoch).putLong(row.entries).putLong(row.payloads);
        }
        for (int segment = 0; segment < segmentPieces.length; segment++) {
            if (segmentPieces[segment] > 0) {
                contents.putInt(segment).putInt(segmentPieces[segment]);
            }
        }
        for (int block = 0; block < blocks; block++) {
            contents.putLong(firstPieces[block]).putLong(firstEpochs[block]);
        }
        return contents.clear();
    }

    /** Closes and deletes what was written; the next opening would do so too. */
    void abandon() {
        try {
            file.close();
            storage.delete(file.path());
        } catch (IOException e) {
            // It is named by nothing.
        }
    }
}
