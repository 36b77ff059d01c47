/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.Checkpoint.RunName;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
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
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A sorted file of exceptions that never changes. Only its table of contents is in memory; blocks are read when a look-up
 * needs them. Thread-safe; every block is checked before its entries are used.
 */
final class Run {
    private final StorageFile file;
    private final RunHeader header;
    private final int headerCrc;
    private final BlockCache cache;
    private final int[] volumes;
    private final int[] firstBlocks;
    private final int[] blockCounts;
    private final long[] highestEpochs;
    private final long[] entryCounts;
    private final long[] payloadCounts;
    private final int[] segments;
    private final int[] segmentPieces;
    private final long[] pieces;
    private final long[] epochs;
    private final AtomicInteger holders = new AtomicInteger();
    private volatile @Nullable Storage deleteFrom;

    private Run(StorageFile file, RunHeader header, int headerCrc, BlockCache cache, ByteBuffer contents) {
        this.file = file;
        this.header = header;
        this.headerCrc = headerCrc;
        this.cache = cache;
        int count = header.volumes();
        volumes = new int[count];
        firstBlocks = new int[count];
        blockCounts = new int[count];
        highestEpochs = new long[count];
        entryCounts = new long[count];
        payloadCounts = new long[count];
        for (int i = 0; i < count; i++) {
            volumes[i] = contents.getInt();
            firstBlocks[i] = contents.getInt();
            blockCounts[i] = contents.getInt();
            contents.getInt();
            highestEpochs[i] = contents.getLong();
            entryCounts[i] = contents.getLong();
            payloadCounts[i] = contents.getLong();
        }
        segments = new int[header.segments()];
        segmentPieces = new int[header.segments()];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = contents.getInt();
            segmentPieces[i] = contents.getInt();
        }
        pieces = new long[header.blocks()];
        epochs = new long[header.blocks()];
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = contents.getLong();
            epochs[i] = contents.getLong();
        }
    }

    static String name(long number) {
        return String.format(Locale.ROOT, "run-%08d", number);
    }

    /** Opens a run that a checkpoint names and reads its table of contents around the cache. */
    static Run open(Storage storage, Path directory, UUID store, RunName name, BlockCache cache, boolean writable)
            throws StoreException {
        Path path = directory.resolve(name(name.number()));
        StorageFile file = null;
        try {
            if (!storage.exists(path)) {
                throw new CorruptionException(
                        path.toString(), 0, "run of the index", "a file, named by the checkpoint", "none");
            }
            file = storage.open(path, writable ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY);
            if (writable) {
                file.force();
            }
            Run run = read(file, store, name, cache);
            file = null;
            return run;
        } catch (IOException e) {
            throw new DeviceException("reading " + path, e);
        } finally {
            if (file != null) {
                closeQuietly(file);
            }
        }
    }

    static Run read(StorageFile file, UUID store, RunName name, BlockCache cache) throws StoreException, IOException {
        String path = file.path().toString();
        ByteBuffer block = buffer(RunHeader.BYTES);
        readAround(file, block, 0);
        RunHeader header = RunHeader.decode(block.clear(), path, store, name.number(), name.headerCrc());
        if (header.contentsOffset() + header.contentsBytes() != file.sizeBytes()
                || header.contentsBytes() > Integer.MAX_VALUE) {
            throw new CorruptionException(
                    path, 0, "size of the run", header.contentsOffset() + header.contentsBytes(), file.sizeBytes());
        }
        ByteBuffer contents = buffer((int) header.contentsBytes());
        readAround(file, contents, header.contentsOffset());
        contents.clear();
        int crc = Prologue.crc(contents, 0, contents.limit());
        if (crc != header.contentsCrc()) {
            throw new CorruptionException(
                    path,
                    header.contentsOffset(),
                    "checksum of the run's table of contents",
                    Integer.toHexString(header.contentsCrc()),
                    Integer.toHexString(crc));
        }
        return new Run(file, header, name.headerCrc(), cache, contents);
    }

    private static void readAround(StorageFile file, ByteBuffer target, long offset) throws IOException {
        while (target.hasRemaining()) {
            long at = offset + target.position();
            int read = at % 4096 == 0 ? file.readAroundCache(target, at) : file.read(target, at);
            if (read <= 0) {
                return; // What is missing stays zeros, which no checksum takes.
            }
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return Arena.ofAuto().allocate(bytes, 4096).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    long number() {
        return header.number();
    }

    RunName name() {
        return new RunName(header.number(), headerCrc);
    }

    StorageFile file() {
        return file;
    }

    long entries() {
        return header.entries();
    }

    int volumes() {
        return header.volumes();
    }

    int blocks() {
        return header.blocks();
    }

    long fileBytes() {
        return header.contentsOffset() + header.contentsBytes();
    }

    /** Returns the first block of a volume, 0 if it has none. */
    int firstBlock(int volume) {
        int row = row(volume);
        return row < 0 ? 0 : firstBlocks[row];
    }

    /** Returns how many blocks, one behind the other, are of a volume. */
    int blocks(int volume) {
        int row = row(volume);
        return row < 0 ? 0 : blockCounts[row];
    }

    /** Returns the count of entries of a volume. */
    long entries(int volume) {
        int row = row(volume);
        return row < 0 ? 0 : entryCounts[row];
    }

    /** Returns the bytes of payload that entries of a volume name. */
    long payloadBytes(int volume) {
        int row = row(volume);
        return row < 0 ? 0 : payloadCounts[row] * Preserve.PIECE_BYTES;
    }

    /** Adds the pieces that entries name in each segment to an array by number of the segment, as far as it goes. */
    void addPieces(int[] bySegment) {
        for (int i = 0; i < segments.length; i++) {
            if (segments[i] < bySegment.length) {
                bySegment[segments[i]] += segmentPieces[i];
            }
        }
    }

    /** Returns the number of the volume that a block belongs to. */
    int volumeOf(int block) {
        int row = 0;
        while (row + 1 < volumes.length && firstBlocks[row + 1] <= block) {
            row++;
        }
        return volumes[row];
    }

    private int row(int volume) {
        for (int i = 0; i < volumes.length; i++) {
            if (volumes[i] == volume) {
                return i;
            }
        }
        return -1;
    }

    /** Returns whether the run can have anything for a copy of that epoch. */
    boolean mayHold(int volume, long epoch) {
        int row = row(volume);
        return row >= 0 && highestEpochs[row] > epoch;
    }

    /** Offers to a look-up, for each of its pieces, what copy {@code epoch} reads. Reads blocks. */
    void find(int volume, long epoch, Lookup result) throws StoreException {
        int row = row(volume);
        if (row < 0 || highestEpochs[row] <= epoch) {
            return;
        }
        long first = result.firstPiece();
        long end = first + result.count();
        int lastBlock = firstBlocks[row] + blockCounts[row] - 1;
        for (int number = blockOf(row, first, epoch + 1); number <= lastBlock; number++) {
            if (pieces[number] >= end) {
                return;
            }
            ByteBuffer block = result.block();
            load(number, volume, block);
            int count = RunBlock.count(block, 0);
            for (int i = 0; i < count; i++) {
                long piece = RunBlock.piece(block, 0, i);
                if (piece >= end) {
                    return;
                }
                if (piece >= first && RunBlock.epoch(block, 0, i) > epoch) {
                    result.offer(
                            (int) (piece - first),
                            RunBlock.epoch(block, 0, i),
                            location(block, 0, i),
                            RunBlock.crc(block, 0, i),
                            RunBlock.moved(block, 0, i));
                }
            }
        }
    }

    /** Returns where the bytes of an entry are, or {@link VolumeExceptions#ZEROS} or {@link VolumeExceptions#NOT_KEPT}. */
    static long location(ByteBuffer block, int start, int entry) {
        if (RunBlock.zeros(block, start, entry)) {
            return VolumeExceptions.ZEROS;
        }
        if (RunBlock.notKept(block, start, entry)) {
            return VolumeExceptions.NOT_KEPT;
        }
        return Location.of(RunBlock.segment(block, start, entry), RunBlock.offsetBytes(block, start, entry));
    }

    /** Returns the last block of a volume whose first entry is not above a key, or its first block. */
    private int blockOf(int row, long piece, long epoch) {
        int low = firstBlocks[row];
        int high = low + blockCounts[row] - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            boolean above = pieces[middle] > piece || (pieces[middle] == piece && epochs[middle] > epoch);
            if (above) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return low;
    }

    /** Returns the block from which on entries of a piece, and of those behind it, are; the volume has entries. */
    int blockFor(int volume, long piece) {
        return blockOf(row(volume), piece, 0);
    }

    /** Reads blocks of one volume in a row, past the cache, to the start of the buffer. */
    void read(int firstBlock, int count, int volume, ByteBuffer blocks) throws StoreException {
        long offset = RunHeader.BYTES + firstBlock * (long) RunBlock.BYTES;
        blocks.clear().limit(count * RunBlock.BYTES);
        try {
            file.read(blocks, offset);
            while (blocks.hasRemaining()) {
                blocks.put((byte) 0);
            }
        } catch (IOException e) {
            throw new DeviceException("reading " + file.path() + " at offset " + offset, e);
        }
        for (int i = 0; i < count; i++) {
            int start = i * RunBlock.BYTES;
            RunBlock.require(
                    blocks,
                    start,
                    volume,
                    header.number(),
                    firstBlock + i,
                    file.path().toString(),
                    offset + start);
        }
    }

    /** Reads one block through the cache to the start of the buffer. */
    void load(int number, int volume, ByteBuffer block) throws StoreException {
        if (cache.get(header.number(), number, block)) {
            return;
        }
        long offset = RunHeader.BYTES + number * (long) RunBlock.BYTES;
        try {
            block.clear();
            file.read(block, offset);
            while (block.hasRemaining()) {
                block.put((byte) 0);
            }
        } catch (IOException e) {
            throw new DeviceException("reading " + file.path() + " at offset " + offset, e);
        }
        RunBlock.require(block, 0, volume, header.number(), number, file.path().toString(), offset);
        cache.put(header.number(), number, block);
    }

    // ---- for scrubs

    /** Returns the first block in which entries of a volume from a key on may be; {@link #endBlock} if none are. */
    int firstBlock(int volume, long piece, long epoch) {
        int row = row(volume);
        return row < 0 ? 0 : blockOf(row, piece, epoch);
    }

    /** Returns the block behind the last one of a volume, 0 if there is none. */
    int endBlock(int volume) {
        int row = row(volume);
        return row < 0 ? 0 : firstBlocks[row] + blockCounts[row];
    }

    /** Returns the piece of the first entry of a block. */
    long firstPiece(int number) {
        return pieces[number];
    }

    /** Reads a block from the device and checks it; keeps it out of the cache, which is for readers. */
    void readBlock(int number, int volume, ByteBuffer block) throws StoreException {
        long offset = RunHeader.BYTES + number * (long) RunBlock.BYTES;
        try {
            readAround(file, block.clear(), offset);
            while (block.hasRemaining()) {
                block.put((byte) 0);
            }
        } catch (IOException e) {
            throw new DeviceException("reading " + file.path() + " at offset " + offset, e);
        }
        RunBlock.require(block, 0, volume, header.number(), number, file.path().toString(), offset);
    }

    // ---- who holds it

    void hold() {
        holders.incrementAndGet();
    }

    /** Lets it be deleted when nobody holds it any more: a durable checkpoint does not name it. */
    void obsolete(Storage storage) {
        deleteFrom = storage;
    }

    void letGo() {
        if (holders.decrementAndGet() > 0) {
            return;
        }
        closeQuietly(file);
        Storage from = deleteFrom;
        if (from != null) {
            try {
                from.delete(file.path());
            } catch (IOException e) {
                // The next opening deletes what no checkpoint names.
            }
        }
    }

    private static void closeQuietly(StorageFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // All that counts was forced before.
        }
    }
}
