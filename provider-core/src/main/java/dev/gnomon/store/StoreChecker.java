/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.store.format.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads all of a store that nobody has open, and compares everything with its checksums; changes nothing. Confined to one
 * task.
 */
public final class StoreChecker {
    private final Storage storage;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Path directory;
    private final List<Finding> findings = new ArrayList<>();
    private long batches;
    private long pieces;
    private long stagingClaim;

    /** Names the store to check. */
    public StoreChecker(Storage storage, Clock clock, Scheduler scheduler, Path directory) {
        this.storage = storage;
        this.clock = clock;
        this.scheduler = scheduler;
        this.directory = directory;
    }

    /** One damage: where it is, what was expected there and what was found. */
    public record Finding(String file, long offsetBytes, String problem) {
        @Override
        public String toString() {
            return file + " at offset " + offsetBytes + ": " + problem;
        }
    }

    /**
     * What was read and what is wrong.
     *
     * @param findings each damage; empty for a clean store
     * @param pieces preserved and unsettled pieces, and those of overlays, whose checksums were compared
     */
    public record Report(
            List<Finding> findings, long batches, long pieces, int volumes, int sets, int copies, int segments) {
        /** Copies the list. */
        public Report {
            findings = List.copyOf(findings);
        }
    }

    /**
     * Checks the store.
     *
     * @throws StoreException if it cannot be read: missing, in use, of another format, or its device fails
     */
    public Report check() throws StoreException {
        try {
            if (!storage.exists(SuperblockFile.path(directory))) {
                throw new DeviceException("no store in " + directory + ": expected a file " + SuperblockFile.NAME);
            }
            try (SuperblockFile superblocks = SuperblockFile.open(storage, directory, false)) {
                return read(superblocks);
            }
        } catch (IOException e) {
            throw new DeviceException("checking the store in " + directory, e);
        }
    }

    private Report read(SuperblockFile superblocks) throws StoreException, IOException {
        Superblock superblock;
        try {
            superblock = superblocks.read();
        } catch (CorruptionException e) {
            boolean empty = !SegmentMover.hasSegments(storage, directory);
            if (!empty) {
                findings.add(new Finding(e.file(), e.offsetBytes(), e.problem()));
            }
            return new Report(findings, 0, 0, 0, 0, 0, 0);
        }
        Segments segments = new Segments(
                storage,
                clock,
                scheduler,
                SegmentPlaces.of(directory, superblock.directories()),
                superblock.store(),
                superblock.segmentBytes());
        try {
            Catalog catalog = scan(segments, superblock);
            OverlayCheck overlays = new OverlayCheck(storage, directory, superblock.store(), findings);
            overlays.check(catalog);
            pieces += overlays.checked();
            checkOrigins(catalog);
            return new Report(
                    findings,
                    batches,
                    pieces,
                    catalog.volumes().size(),
                    catalog.sets().size(),
                    catalog.copies().size(),
                    segments.count());
        } catch (CorruptionException e) {
            findings.add(new Finding(e.file(), e.offsetBytes(), e.problem()));
            return new Report(findings, batches, pieces, 0, 0, 0, segments.count());
        } finally {
            segments.close();
        }
    }

    private Catalog scan(Segments segments, Superblock superblock) throws StoreException, IOException {
        BlockCache cache = new BlockCache(scheduler, 0);
        Checkpoints.Loaded loaded = Checkpoints.load(storage, directory, superblock, cache, false);
        try {
            segments.openAll(false, loaded, superblock.segments());
            checkRuns(segments, loaded);
            Replay replay = scan(segments, superblock, loaded);
            checkStaging(superblock, replay, Math.max(loaded.stagingClaim(), stagingClaim));
            return replay.catalog();
        } finally {
            loaded.runs().unpin();
        }
    }

    private void checkRuns(Segments segments, Checkpoints.Loaded loaded) throws StoreException {
        RunCheck check = new RunCheck(segments, findings);
        for (Run run : loaded.runs().runs()) {
            check.check(run, Throttle.none(scheduler));
        }
        pieces += check.checked();
    }

    private Replay scan(Segments segments, Superblock superblock, Checkpoints.Loaded loaded)
            throws StoreException, IOException {
        int piecesPerChunk = superblock.chunkBytes() / Preserve.PIECE_BYTES;
        Replay replay = new Replay(scheduler, piecesPerChunk, loaded);
        if (segments.count() <= loaded.start().segment()) {
            if (superblock.durableThrough() > 0) {
                findings.add(new Finding(
                        directory.toString(),
                        0,
                        "expected " + superblock.durableThrough() + " batches, found no "
                                + Segments.name(loaded.start().segment())));
            }
            return replay;
        }
        LogScan scan = new LogScan(
                segments,
                superblock.store(),
                superblock.segmentBytes(),
                superblock.chunkBytes(),
                superblock.durableThrough(),
                true,
                loaded.start(),
                new LogScan.Visitor() {
                    @Override
                    public void batch(
                            ByteBuffer head, int start, int headBytes, String file, int segment, long offsetBytes)
                            throws StoreException {
                        replay.batch(head, start, headBytes, file, segment, offsetBytes);
                        checkPayload(segments.file(segment), head, headBytes, offsetBytes, piecesPerChunk);
                    }

                    @Override
                    public void gap(LogScan.Damage damage) {
                        replay.gap(damage);
                        findings.add(new Finding(damage.file(), damage.offsetBytes(), damage.problem()));
                    }
                });
        scan.run();
        stagingClaim = scan.stagingClaim();
        return replay;
    }

    /** Reads the staging chain; what counts of it has payloads that match, or the chain would end before it. */
    private void checkStaging(Superblock superblock, Replay replay, long claim) throws StoreException, IOException {
        StoreConfig config = StoreConfig.standard(directory);
        StagingOpener staging = new StagingOpener(
                storage,
                scheduler,
                config,
                superblock.store(),
                superblock.segmentBytes(),
                superblock.chunkBytes(),
                replay,
                false);
        try {
            staging.recover(claim);
            findings.addAll(staging.damage());
            batches += staging.batches();
            pieces += staging.unsettledPieces();
        } finally {
            staging.close();
        }
    }

    private void checkPayload(StorageFile file, ByteBuffer head, int headBytes, long offset, int piecesPerChunk)
            throws StoreException {
        PayloadCheck payload = new PayloadCheck(piecesPerChunk, true);
        long damaged = payload.damaged(file, head, 0, headBytes, offset);
        batches++;
        pieces += payload.checked();
        if (damaged > 0) {
            findings.add(new Finding(
                    file.path().toString(),
                    offset,
                    damaged + " of " + payload.checked()
                            + " preserved pieces of this batch do not match their checksums"));
        }
    }

    private void checkOrigins(Catalog catalog) throws IOException {
        for (Catalog.VolumeEntry volume : catalog.volumes()) {
            Path path = Path.of(volume.origin());
            if (!storage.exists(path)) {
                findings.add(new Finding(volume.origin(), 0, "origin of volume " + volume.name() + " is missing"));
                continue;
            }
            try (StorageFile file = storage.open(path, Storage.Mode.READ_ONLY)) {
                if (file.sizeBytes() < volume.sizeBytes()) {
                    findings.add(new Finding(
                            volume.origin(),
                            file.sizeBytes(),
                            "origin of volume " + volume.name() + ": expected " + volume.sizeBytes() + " bytes, found "
                                    + file.sizeBytes()));
                }
            }
        }
    }
}
