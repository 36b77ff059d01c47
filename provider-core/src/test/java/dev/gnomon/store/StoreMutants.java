/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.mutants.Peek;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;

/** What mutants of this package do in place of a call; which call, stands in the table of mutants. */
@SuppressWarnings("unused")
final class StoreMutants {
    private StoreMutants() {}

    // ---- Catalog

    static List<Catalog.CopyEntry> bookmarksAsCopies(Catalog catalog) {
        return List.of();
    }

    static List<CatalogEntry> noMarks(CatalogMarks marks, Catalog volumes) {
        return List.of();
    }

    // ---- SegmentCopy

    static int noMismatch(ByteBuffer one, ByteBuffer other) {
        return -1;
    }

    static void notAside(Store store, Housekeeper.Aside action) throws IOException {
        action.run();
    }

    // ---- GroupCommitter

    static void forceAfterPreservesAreTold(Log log, GroupCommitter self) throws IOException {
        tellEarly(self, pending -> Peek.getOrNull(pending, "change") == null);
        log.force();
    }

    static void forceAfterSetsAreTold(Log log, GroupCommitter self) throws IOException {
        tellEarly(self, pending -> Peek.getOrNull(pending, "change") instanceof CatalogEntry.SetCreated);
        log.force();
    }

    static void forceAfterDeletesAreTold(Log log, GroupCommitter self) throws IOException {
        tellEarly(self, pending -> Peek.getOrNull(pending, "change") instanceof CatalogEntry.CopiesDeleted);
        log.force();
    }

    private static void tellEarly(GroupCommitter self, Predicate<Object> which) {
        Mutex mutex = Peek.get(self, "mutex", Mutex.class);
        for (Object pending : Peek.get(self, "group", List.class)) {
            if (Peek.getOrNull(pending, "status") == null && which.test(pending)) {
                Peek.call(self, "publish", pending);
                mutex.lock();
                Peek.set(pending, "status", IoStatus.OK);
                Peek.get(self, "done", Mutex.Condition.class).signalAll();
                mutex.unlock();
            }
        }
    }

    static Log.Appended appendIntoReserve(Log log, BatchWriter batch, Log.Kind kind) throws IOException {
        return log.append(batch, Log.Kind.CATALOG);
    }

    // ---- Log

    static StorageFile newestSegment(Segments segments, int number, Log self) {
        return segments.file(Peek.get(self, "segment", Integer.class));
    }

    static void forceAgain(StorageFile file) throws IOException {
        try {
            file.force();
        } catch (IOException e) {
            file.force();
        }
    }

    static ByteBuffer claimAllBefore(
            BatchWriter batch,
            UUID store,
            long sequence,
            long durableThrough,
            long opening,
            long stagingDurableThrough,
            byte[] previousHash) {
        return batch.seal(store, sequence, sequence - 1, opening, stagingDurableThrough, previousHash);
    }

    // ---- Staging

    static void notedThenWritten(StorageFile file, ByteBuffer source, long offset, Staging self) throws IOException {
        Peek.get(self, "forces", StagingForces.class)
                .appended(Peek.get(self, "current", Integer.class), Peek.get(self, "nextSequence", Long.class));
        file.write(source, offset);
    }

    static void addMerged(
            StagedPieces staged,
            long piece,
            long epoch,
            long location,
            long sequence,
            int file,
            int crc,
            int from,
            int to,
            boolean allocates) {
        long older = staged.newest(piece);
        staged.add(piece, epoch, location, sequence, file, crc, from, to, allocates);
        long[] locations = Peek.get(staged, "location", long[].class);
        if (older != StagedPieces.NONE) {
            locations[(int) (older & locations.length - 1)] = location;
            Peek.get(staged, "crc", int[].class)[(int) (older & locations.length - 1)] = crc;
        }
    }

    // ---- recovery

    static void stageRestamped(
            VolumeExceptions exceptions,
            long piece,
            long epoch,
            long location,
            long sequence,
            int file,
            int crc,
            int from,
            int to,
            boolean allocates,
            StagingOpener self) {
        Replay replay = Peek.get(self, "replay", Replay.class);
        long named = replay.exceptions().entrySet().stream()
                .filter(volume -> volume.getValue() == exceptions)
                .mapToLong(volume -> Objects.requireNonNull(replay.catalog().volume(volume.getKey()))
                        .highestEpoch())
                .sum();
        exceptions.stage(piece, Math.max(epoch, named + 1), location, sequence, file, crc, from, to, allocates);
    }

    static int readThroughCache(StorageFile file, ByteBuffer target, long offsetBytes) throws IOException {
        return file.read(target, offsetBytes);
    }

    static long highestOfCopies(Catalog.VolumeEntry volume) {
        return volume.copies().isEmpty() ? 0 : volume.copies().getLast().epoch();
    }

    static long whateverItsEpoch(StagedPieces staged, long piece, long throughEpoch) {
        return staged.newest(piece);
    }

    // ---- checkpoints

    static long nameThenWrite(Storage storage, Path directory, Checkpoint checkpoint, Checkpointer self)
            throws IOException {
        Peek.get(self, "store", Store.class).state().nameCheckpoint(checkpoint.number());
        return Checkpoints.write(storage, directory, checkpoint);
    }

    static Checkpoint.Start startNow(Log.LogEnd end, Checkpointer self) {
        return Checkpoints.start(
                Peek.get(Peek.get(self, "store", Store.class), "log", Log.class).end());
    }

    static void deleteThenName(Checkpointer self, Checkpointer.Frozen now, RunSet after) {
        Peek.call(self, "deleteCheckpoint", Peek.get(self, "number", Long.class));
        Peek.call(self, "name", now, after);
    }

    static void freeThenName(Checkpointer self, Checkpointer.Frozen now, RunSet after) throws IOException {
        Segments segments = Peek.get(Peek.get(self, "store", Store.class), "segments", Segments.class);
        int[] pieces = after.pieces(now.end().segment());
        for (int number = 0; number < pieces.length; number++) {
            if (pieces[number] == 0 && segments.fileOrNull(number) != null) {
                segments.retire(number);
            }
        }
        Peek.call(self, "name", now, after);
    }

    static long moveAndRetire(Cleaner self, int number) throws IOException {
        long moved = (long) java.util.Objects.requireNonNull(Peek.call(self, "move", number));
        if (moved > 0) {
            Peek.get(self, "segments", Segments.class).retire(number);
        }
        return moved;
    }

    static long newerThanAll(ByteBuffer head, int start) {
        return Long.MAX_VALUE;
    }

    static boolean needsAfter(Needs needs, int volume, long epochBefore, long epoch) {
        return needs.needs(volume, epochBefore + 1, epoch);
    }

    // ---- VolumeExceptions, ExceptionIndex

    static boolean preservedSinceEver(PreservedBitmap bitmap, long firstPiece, long count, long newestCopy) {
        return bitmap.all(firstPiece, count, 0);
    }

    static void setForNewestCopy(PreservedBitmap bitmap, long piece, long epoch, long newestCopy) {
        bitmap.set(piece, Math.max(epoch, newestCopy + 1), newestCopy);
    }

    static void findNewest(ExceptionIndex index, long piece, long epoch, int slot, Lookup result) {
        long newest = index.newestEpoch(piece);
        index.find(piece, newest > epoch ? newest - 1 : epoch, slot, result);
    }

    static long epochPlusOne(ExceptionIndex index, int node) {
        return (long) Objects.requireNonNull(Peek.call(index, "epoch", node)) + 1;
    }
}
