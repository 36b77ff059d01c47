/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Settled;
import dev.gnomon.store.format.StagingTable;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Recovers the staging chain of a store: what is not settled goes to the volumes' {@link StagedPieces}, to be preserved
 * for and released again. Confined to one task; doing it twice, or being cut off anywhere in it, changes nothing.
 */
final class StagingOpener {
    private final Storage storage;
    private final StoreConfig config;
    private final UUID store;
    private final Replay replay;
    private final int piecesPerChunk;
    private final boolean writable;
    private final StagingFiles files;
    private final List<StoreChecker.Finding> damage = new ArrayList<>();
    private final List<Found> found = new ArrayList<>();
    private final SortedMap<Integer, Long> marks = new TreeMap<>();
    private Staging.@Nullable End end;
    private @Nullable StagingScan scan;
    private long batches;
    private boolean newerTableInCache;
    private volatile @Nullable Staging opened;

    /** New data, until it is known whether it is settled. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Found(
            int volume,
            long sequence,
            long firstPiece,
            int count,
            long epoch,
            long location,
            int[] crcs,
            int file,
            boolean allocates) {}

    StagingOpener(
            Storage storage,
            Scheduler scheduler,
            StoreConfig config,
            UUID store,
            long segmentBytes,
            int chunkBytes,
            Replay replay,
            boolean writable) {
        this.storage = storage;
        this.config = config;
        this.store = store;
        this.replay = replay;
        this.piecesPerChunk = chunkBytes / Preserve.PIECE_BYTES;
        this.writable = writable;
        this.files = new StagingFiles(
                storage, scheduler, config.directory(), Staging.fileBytes(segmentBytes), StagingTable.MAX_FILES);
    }

    /**
     * Reads the chain; the log must have been replayed.
     *
     * @param claim highest sequence of the chain that the log knew durable
     */
    void recover(long claim) throws StoreException, IOException {
        Path directory = config.directory();
        StagingTableFile tableFile = StagingTableFile.open(storage, directory, writable);
        StagingTable table = tableFile == null ? null : tableFile.read(store, writable);
        if (tableFile == null || table == null) {
            if (files.anyThere() || claim > 0) {
                damage.add(new StoreChecker.Finding(
                        StagingTableFile.path(directory).toString(),
                        0,
                        "expected the table of the staging files, found "
                                + (tableFile == null ? "no such file" : "no intact slot")
                                + "; new data that was acknowledged may be in the staging files"));
            }
            if (tableFile != null) { // its making was cut off, or it is damaged
                tableFile.close();
                if (damage.isEmpty() && writable) {
                    storage.delete(StagingTableFile.path(directory));
                }
            }
            return;
        }
        newerTableInCache = tableFile.newerInCache(store, table.generation());
        files.openAll(table.files().size(), writable);
        marks.putAll(table.marks());
        if (!StagingScan.hasFiles(table)) {
            if (claim > 0) {
                damage.add(new StoreChecker.Finding(
                        tableFile.path().toString(), 0, "expected " + claim + " batches of new data, found none"));
            }
            end = new Staging.End(tableFile, table, -1, 0, 1, new byte[BatchHeader.HASH_BYTES]);
            return;
        }
        StagingScan run = new StagingScan(store, table, claim, files, piecesPerChunk, true, this::take);
        run.run();
        scan = run;
        batches = run.batches();
        run.damage()
                .forEach(lost -> damage.add(new StoreChecker.Finding(
                        lost.file(), lost.offsetBytes(), lost.problem() + "; new data that was acknowledged is lost")));
        fill();
        StagingTable after = new StagingTable(
                store, table.generation() + 1, run.nextSequence() - 1, table.fileBytes(), run.states(), marks);
        end = new Staging.End(tableFile, after, run.current(), run.position(), run.nextSequence(), run.previousHash());
    }

    private void take(ByteBuffer head, int start, int headBytes, int file, long offset) throws StoreException {
        String path = files.file(file).path().toString();
        long sequence = BatchHeader.sequence(head, start);
        BatchReader.visit(head, start, headBytes, piecesPerChunk, path, offset, new BatchReader.Visitor() {
            @Override
            public void preserve(ByteBuffer from, int entry) throws StoreException {
                throw new CorruptionException(path, offset, "entry of the staging chain", "new data", "a preserve");
            }

            @Override
            public void catalog(CatalogEntry entry) throws StoreException {
                throw new CorruptionException(
                        path, offset, "entry of the staging chain", "new data", "a catalog entry");
            }

            @Override
            public void newData(ByteBuffer from, int entry) throws StoreException {
                boolean raw = EntryHeader.codec(from, entry) == EntryHeader.CODEC_RAW;
                long payload = offset + headBytes + NewData.payloadPiece(from, entry) * (long) Preserve.PIECE_BYTES;
                requirePieces(from, entry, path, offset);
                found.add(new Found(
                        EntryHeader.volume(from, entry),
                        sequence,
                        NewData.firstPiece(from, entry),
                        NewData.pieceCount(from, entry),
                        NewData.epoch(from, entry),
                        raw ? Location.of(file, payload) : StagedPieces.ZEROS,
                        raw ? crcs(from, entry) : new int[NewData.pieceCount(from, entry)],
                        file,
                        NewData.allocates(from, entry)));
            }

            @Override
            public void settled(ByteBuffer from, int entry) {
                marks.merge(EntryHeader.volume(from, entry), Settled.through(from, entry), Math::max);
            }
        });
    }

    private static int[] crcs(ByteBuffer head, int entry) {
        int[] crcs = new int[NewData.pieceCount(head, entry)];
        for (int i = 0; i < crcs.length; i++) {
            crcs[i] = NewData.crc(head, entry, i);
        }
        return crcs;
    }

    private void requirePieces(ByteBuffer head, int entry, String file, long offset) throws CorruptionException {
        Catalog.VolumeEntry volume = replay.catalog().volume(EntryHeader.volume(head, entry));
        long last = NewData.firstPiece(head, entry) + NewData.pieceCount(head, entry) - 1;
        long largest = volume == null ? 0 : replay.catalog().largestBytes(volume);
        if (volume != null && last * Preserve.PIECE_BYTES >= largest) {
            throw new CorruptionException(
                    file, offset + entry, "last piece of new data", "inside " + largest + " bytes", last);
        }
    }

    private void fill() {
        for (Found each : found) {
            VolumeExceptions exceptions = replay.exceptions().get(each.volume);
            Catalog.VolumeEntry volume = replay.catalog().volume(each.volume);
            if (exceptions != null && volume != null && each.sequence > marks.getOrDefault(each.volume, 0L)) {
                for (int i = 0; i < each.count; i++) {
                    if ((each.firstPiece + i) * Preserve.PIECE_BYTES >= volume.sizeBytes()) {
                        break; // it was settled before the volume shrank
                    }
                    long location = each.location == StagedPieces.ZEROS
                            ? StagedPieces.ZEROS
                            : each.location + i * (long) Preserve.PIECE_BYTES;
                    exceptions.stage(
                            each.firstPiece + i,
                            each.epoch,
                            location,
                            each.sequence,
                            each.file,
                            each.crcs[i],
                            0,
                            Preserve.PIECE_BYTES, // recovery has forced the chain, so all of it may be written again
                            each.allocates);
                }
            }
        }
        marks.keySet().removeIf(volume -> replay.catalog().volume(volume) == null);
    }

    /** Returns what was lost of what had been durable: with any, no volume can be served. */
    List<StoreChecker.Finding> damage() {
        return damage;
    }

    long batches() {
        return batches;
    }

    /** Returns how many pieces of new data are not settled. */
    long unsettledPieces() {
        return replay.exceptions().values().stream()
                .mapToLong(each -> each.staged().end() - each.staged().first())
                .sum();
    }

    /** Returns whether a force of the chain must have failed in this boot of the system. */
    boolean cutOffByFailedForce() throws StoreException, IOException {
        StagingScan run = scan;
        return newerTableInCache || (run != null && run.goesOnInCache());
    }

    /**
     * Makes the chain ready to be continued: what is left of a torn batch is cleared, and the table names no file behind
     * the end.
     */
    Staging open(Staging.Host host, Clock clock, Scheduler scheduler, long opening) throws IOException {
        Staging.End from = end;
        if (from != null && writable && damage.isEmpty() && host.writable()) {
            if (from.current() >= 0) {
                StoreOpener.clearBlock(
                        files.file(from.current()),
                        from.position(),
                        from.table().fileBytes());
                from.tableFile().write(from.table());
            }
        }
        Staging staging =
                new Staging(host, storage, clock, scheduler, config, store, opening, files, piecesPerChunk, from);
        for (Map.Entry<Integer, VolumeExceptions> volume : replay.exceptions().entrySet()) {
            StagedPieces staged = volume.getValue().staged();
            for (long id = staged.first(); id < staged.end(); id++) {
                staging.recovered(staged.file(id), 1);
            }
        }
        opened = staging;
        return staging;
    }

    /** Returns what is known durable of the chain since it was opened. */
    long durableThrough() {
        Staging staging = opened;
        return staging == null ? 0 : staging.durableThrough();
    }

    /** Closes what {@link #recover} opened, if nobody took it over. */
    void close() {
        if (end != null) {
            end.tableFile().close();
        }
        try {
            files.close();
        } catch (IOException e) {
            // Nothing was written through them.
        }
    }
}
