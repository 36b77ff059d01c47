/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.SegmentDirectories;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.store.format.Superblock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Opens a store: forces every file, reads the newest checkpoint and the log behind it around the system's cache, rebuilds
 * everything from that, and only then lets anybody write. Doing it twice, or being cut off anywhere in it, changes nothing: recovery only writes the next
 * superblock, and zeros where the next batch may go, and deletes checkpoints and runs that no superblock names.
 */
public final class StoreOpener {
    private final StoreConfig config;
    private final Storage storage;
    private final Clock clock;
    private final Scheduler scheduler;
    private final RandomSource random;

    /** Names the ports that the store will use. */
    public StoreOpener(StoreConfig config, Storage storage, Clock clock, Scheduler scheduler, RandomSource random) {
        this.config = config;
        this.storage = storage;
        this.clock = clock;
        this.scheduler = scheduler;
        this.random = random;
    }

    /**
     * Opens the store, or creates it if its directory holds none.
     *
     * @throws StoreException if it is damaged beyond reading, of another format, in use, or its device fails
     */
    public Store open() throws StoreException {
        return open(_ -> {});
    }

    /**
     * As {@link #open()}.
     *
     * @param whenNamed told, before the log is read, what the checkpoint says; what the log adds may differ
     */
    public Store open(Consumer<Catalog> whenNamed) throws StoreException {
        long begun = clock.nanoTime();
        SuperblockFile superblocks = SuperblockFile.open(storage, config.directory(), true);
        boolean opened = false;
        try {
            Superblock superblock = readOrCreate(superblocks);
            Store store = recover(superblocks, superblock, whenNamed, begun);
            opened = true;
            return store;
        } catch (IOException e) {
            throw new DeviceException("opening the store in " + config.directory(), e);
        } finally {
            if (!opened) {
                superblocks.close();
            }
        }
    }

    private Superblock readOrCreate(SuperblockFile superblocks) throws StoreException, IOException {
        try {
            return superblocks.read();
        } catch (CorruptionException damaged) {
            // A store whose creation was cut off has no segment yet, so it never held anything.
            if (SegmentMover.hasSegments(storage, config.directory())) {
                throw damaged;
            }
            makeNamesDurable(storage, config.directory());
            Superblock first = new Superblock(
                    random.nextUuid(),
                    1,
                    config.chunkBytes(),
                    config.segmentBytes(),
                    0,
                    0,
                    true,
                    false,
                    storage.bootId(),
                    0,
                    0,
                    SegmentDirectories.OWN);
            superblocks.write(first);
            return first;
        }
    }

    /**
     * Makes the store's directory and those above it durable, before anything is promised: they may be new, made here or
     * by a process that was killed before it came to this.
     */
    static void makeNamesDurable(Storage storage, Path directory) throws IOException {
        storage.syncDirectory(directory);
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            try {
                storage.syncDirectory(above);
            } catch (AccessDeniedException e) {
                return; // Not ours to make: what is in there was there before.
            }
        }
    }

    private Store recover(SuperblockFile superblocks, Superblock superblock, Consumer<Catalog> whenNamed, long begun)
            throws StoreException, IOException {
        BlockCache cache = new BlockCache(scheduler, config.limits().cacheBytes());
        Checkpoints.Loaded loaded = Checkpoints.load(storage, config.directory(), superblock, cache, true);
        whenNamed.accept(loaded.catalog());
        Segments segments = new Segments(
                storage,
                clock,
                scheduler,
                SegmentPlaces.of(config.directory(), superblock.directories()),
                superblock.store(),
                superblock.segmentBytes());
        Replay replay = new Replay(scheduler, superblock.chunkBytes() / Preserve.PIECE_BYTES, loaded);
        StagingOpener staging = new StagingOpener(
                storage,
                scheduler,
                config,
                superblock.store(),
                superblock.segmentBytes(),
                superblock.chunkBytes(),
                replay,
                true);
        boolean recovered = false;
        try {
            segments.openAll(true, loaded, superblock.segments());
            Store store = recover(superblocks, superblock, segments, cache, loaded, replay, staging, begun);
            recovered = true;
            return store;
        } catch (ForceFailedException e) {
            noteFailure(superblocks, superblock);
            throw e;
        } finally {
            if (!recovered) {
                staging.close();
                segments.close();
                loaded.runs().unpin();
            }
        }
    }

    /**
     * Writes down that a force failed while the store was opened, where one may have: what it dropped of an earlier life is
     * told by the next open that succeeds, or nobody would ever know (I7).
     */
    private void noteFailure(SuperblockFile superblocks, Superblock superblock) {
        try {
            superblocks.write(superblock.next(superblock.durableThrough(), 0, false, true, storage.bootId()));
        } catch (IOException e) {
            // The superblock's device fails too: its next read will say so, or find the failure as a short log.
        }
    }

    private Store recover(
            SuperblockFile superblocks,
            Superblock superblock,
            Segments segments,
            BlockCache cache,
            Checkpoints.Loaded loaded,
            Replay replay,
            StagingOpener staging,
            long begun)
            throws StoreException, IOException {
        Log.LogEnd start = loaded.start();
        Log.LogEnd end = start;
        List<String> damage = new ArrayList<>();
        long batches = 0;
        boolean failed = superblock.failed();
        long stagingClaim = loaded.stagingClaim();
        long readOnlyFeatures = superblock.readOnlyFeatures() | segments.readOnlyFeatures();
        if (segments.count() > start.segment()) {
            LogScan scan = new LogScan(
                    segments,
                    superblock.store(),
                    superblock.segmentBytes(),
                    superblock.chunkBytes(),
                    superblock.durableThrough(),
                    true,
                    start,
                    replay);
            end = scan.run();
            batches = scan.batches();
            stagingClaim = Math.max(stagingClaim, scan.stagingClaim());
            readOnlyFeatures |= scan.readOnlyFeatures();
            scan.damage().forEach(lost -> damage.add(lost.toString()));
            failed |= cutOffByFailedForce(superblock, segments, end);
        } else if (superblock.durableThrough() > 0) {
            damage.add(config.directory() + ": expected " + superblock.durableThrough()
                    + " batches in the log, found no " + Segments.name(start.segment()));
        }
        staging.recover(stagingClaim);
        staging.damage().forEach(lost -> damage.add(lost.toString()));
        batches += staging.batches();
        boolean sameBoot = !superblock.clean() && superblock.bootId().equals(storage.bootId());
        failed |= sameBoot && staging.cutOffByFailedForce();
        if (readOnlyFeatures != 0) {
            damage.add("the store names read-only compatible features 0x" + Long.toHexString(readOnlyFeatures)
                    + ", which this release does not know; a newer one is needed to write");
        }
        if (damage.isEmpty()) {
            superblocks.write(
                    superblock.next(end.nextSequence() - 1, segments.count(), false, failed, storage.bootId()));
        }
        if (damage.isEmpty() && segments.count() > 0) {
            clearTornTail(segments, superblock.segmentBytes(), end);
        }
        if (damage.isEmpty()) {
            Checkpoints.clear(storage, config.directory(), loaded);
            segments.deleteDead();
            OverlayFiles.clear(storage, config.directory(), replay.catalog());
        }
        long opening = superblocks.newest().generation(); // durable: no earlier process wrote under it
        Log log =
                new Log(segments, superblock.store(), superblock.segmentBytes(), opening, staging::durableThrough, end);
        Store.Recovered recovered = new Store.Recovered(
                batches,
                clock.nanoTime() - begun,
                List.copyOf(damage),
                replay.suspectCopies(),
                !staging.damage().isEmpty(),
                failed);
        long logBytes = (end.segment() - start.segment()) * superblock.segmentBytes() + end.offset() - start.offset();
        Store store = new Store(
                config.directory(),
                recovered,
                segments,
                log,
                superblocks,
                replay,
                staging,
                new Store.Parts(
                        storage,
                        clock,
                        scheduler,
                        random,
                        sameBoot,
                        config.limits(),
                        cache,
                        loaded,
                        logBytes,
                        config.groupPayloadBytes()));
        store.start(scheduler);
        boolean anyCopies = !store.catalog().copies().isEmpty()
                || !store.catalog().bookmarks().isEmpty();
        if (store.writable() && anyCopies) {
            store.prepareForCopies();
        }
        return store;
    }

    /**
     * Overwrites what is left of a batch that does not count, wherever the next one may be put. Otherwise that next batch,
     * torn in its turn, could supply just the sectors that the old one lacked, and bring back after a second crash what
     * was not there after the first. Comes after the superblock, which keeps what the tail told about failed forces.
     */
    private static void clearTornTail(Segments segments, long segmentBytes, Log.LogEnd end) throws IOException {
        clearBlock(segments.file(end.segment()), end.offset(), segmentBytes);
        if (end.segment() + 1 < segments.count()) {
            clearBlock(segments.file(end.segment() + 1), SegmentHeader.BYTES, segmentBytes);
        }
    }

    /** Clears, durably, the block where the next batch of a file goes, if anything is left in it. */
    static void clearBlock(StorageFile file, long offset, long segmentBytes) throws IOException {
        if (offset + BatchHeader.ALIGNMENT_BYTES > segmentBytes) {
            return;
        }
        ByteBuffer block = Arena.ofAuto()
                .allocate(BatchHeader.ALIGNMENT_BYTES, BatchHeader.ALIGNMENT_BYTES)
                .asByteBuffer();
        ByteBuffer zeros = ByteBuffer.allocate(BatchHeader.ALIGNMENT_BYTES);
        file.readAroundCache(block, offset);
        if (!block.clear().equals(zeros)) {
            file.write(zeros, offset);
            file.force();
        }
    }

    /**
     * Returns whether the log goes on in the system's cache where the device has nothing: since the system was not
     * booted again, a force must have failed there and dropped what was acknowledged (I7).
     */
    private boolean cutOffByFailedForce(Superblock superblock, Segments segments, Log.LogEnd end)
            throws StoreException, IOException {
        if (superblock.clean() || !superblock.bootId().equals(storage.bootId())) {
            return false;
        }
        return goesOnInCache(superblock, segments, end, end.segment(), end.offset())
                || (end.segment() + 1 < segments.count()
                        && goesOnInCache(superblock, segments, end, end.segment() + 1, SegmentHeader.BYTES));
    }

    private static boolean goesOnInCache(
            Superblock superblock, Segments segments, Log.LogEnd end, int segment, long offset)
            throws StoreException, IOException {
        UUID store = superblock.store();
        SegmentReader cached = new SegmentReader(store, superblock.segmentBytes(), segments.file(segment), false);
        int headBytes = cached.head(offset);
        if (headBytes == 0) {
            return false;
        }
        ByteBuffer head = cached.buffer();
        int start = cached.start(offset);
        if (BatchHeader.sequence(head, start) != end.nextSequence()
                || !BatchHeader.continues(head, start, end.hash())) {
            return false;
        }
        int piecesPerChunk = superblock.chunkBytes() / Preserve.PIECE_BYTES;
        PayloadCheck payload = new PayloadCheck(piecesPerChunk, false);
        return payload.damaged(segments.file(segment), head, start, headBytes, offset) == 0;
    }
}
