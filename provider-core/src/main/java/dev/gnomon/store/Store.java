/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.store.format.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An open store: what may be asked of its log, catalog and index. Thread-safe.
 *
 * <p>States: {@code OPEN} takes batches; {@code FAILED} after a write or force of the store failed, for ever (I7);
 * {@code READ_ONLY} if recovery found damage.
 */
public final class Store implements AutoCloseable {
    private static final long LEAST_RESERVE_BYTES = 64 << 10;

    private final Path directory;
    private final int piecesPerChunk;
    private final Segments segments;
    private final PreservedPieces pieces;
    private final Log log;
    private final GroupCommitter committer;
    private final StoreState state;
    private final Staging staging;
    private final Throttle throttle;
    private final Housekeeper housekeeper;
    private final OverlayFiles overlays;
    private final Scrubber scrubber;
    private final SegmentMover mover;
    private final Storage storage;
    private final StoreIndex index;
    private final Recovered recovered;
    private final LookupPool lookups = new LookupPool();
    private final Scheduler scheduler;
    private final DiffArea diffArea;
    private final StoreCatalog catalog;
    private volatile Consumer<Event> listener = _ -> {};

    Store(
            Path directory,
            Recovered recovered,
            Segments segments,
            Log log,
            SuperblockFile superblocks,
            Replay replay,
            StagingOpener stagingOpener,
            Parts parts)
            throws IOException {
        this.scheduler = parts.scheduler();
        this.directory = directory;
        this.recovered = recovered;
        this.segments = segments;
        this.pieces = new PreservedPieces(directory, segments);
        this.log = log;
        this.state = new StoreState(directory, superblocks, log, recovered, scheduler);
        this.piecesPerChunk = superblocks.newest().chunkBytes() / Preserve.PIECE_BYTES;
        this.catalog = new StoreCatalog(this, replay.catalog());
        this.index = new StoreIndex(scheduler, piecesPerChunk, replay.exceptions(), replay.runs());
        this.staging = stagingOpener.open(
                new Staging.Host() {
                    @Override
                    public boolean writable() {
                        return Store.this.writable();
                    }

                    @Override
                    public void fail(String reason) {
                        Store.this.fail(reason);
                    }
                },
                parts.clock(),
                scheduler,
                superblocks.newest().generation());
        this.diffArea = new DiffArea(this, segments, log, parts.storage(), directory, parts.groupPayloadBytes());
        this.committer = new GroupCommitter(this, log, scheduler, piecesPerChunk);
        this.throttle = new Throttle(parts.clock(), scheduler, parts.limits().backgroundBytesPerSecond());
        this.overlays = newOverlays(parts, superblocks.newest());
        this.overlays.measure(catalog());
        this.housekeeper = newHousekeeper(parts, superblocks.newest());
        this.storage = parts.storage();
        this.scrubber = new Scrubber(
                this,
                segments,
                throttle,
                new ScrubFile(storage, directory, superblocks.newest().store()),
                parts.clock(),
                scheduler);
        this.mover = new SegmentMover(storage, scheduler, this, segments, throttle);
        if (replay.deletes()) {
            housekeeper.sweep();
        }
    }

    private OverlayFiles newOverlays(Parts parts, Superblock newest) {
        return new OverlayFiles(
                parts.storage(),
                scheduler,
                directory,
                newest.store(),
                parts.random(),
                newest.generation(),
                parts.sameBoot(),
                throttle,
                newest.segmentBytes() / 4,
                parts.limits().overlayBytes());
    }

    private Housekeeper newHousekeeper(Parts parts, Superblock newest) {
        return new Housekeeper(
                this,
                new Checkpointer(
                        parts.storage(), directory, newest.store(), this, throttle, parts.cache(), parts.loaded()),
                new Cleaner(this, segments, newest.store(), throttle, piecesPerChunk),
                new Puncher(this, segments, newest.store(), throttle, piecesPerChunk),
                throttle,
                new Reserve(parts.storage(), directory, Math.max(LEAST_RESERVE_BYTES, newest.segmentBytes() / 4)),
                parts.limits(),
                scheduler,
                index.tailCount(),
                parts.logBytes());
    }

    /**
     * What the store works with.
     *
     * @param sameBoot whether the process before was killed, on a system that was not booted since
     * @param loaded what the checkpoint said that recovery began with
     * @param logBytes of log that recovery read behind that checkpoint
     * @param groupPayloadBytes most old bytes in one batch
     */
    record Parts(
            Storage storage,
            Clock clock,
            Scheduler scheduler,
            RandomSource random,
            boolean sameBoot,
            StoreLimits limits,
            BlockCache cache,
            Checkpoints.Loaded loaded,
            long logBytes,
            int groupPayloadBytes) {}

    /**
     * What recovery found.
     *
     * @param damage what is missing of what had been durable; with any the store is read-only
     * @param suspectCopies those that may miss records, not to be read
     * @param newDataLost new data that was acknowledged may be missing: no volume can be served
     * @param failed a failed force was written down before the last stop
     */
    public record Recovered(
            long batches,
            long nanos,
            List<String> damage,
            Set<UUID> suspectCopies,
            boolean newDataLost,
            boolean failed) {}

    void start(Scheduler scheduler) {
        segments.maker().start(scheduler, state::segmentReady, diffArea::admits);
        if (writable()) {
            segments.maker().want(0);
        }
        committer.start(scheduler);
        staging.start(scheduler);
        if (writable()) {
            housekeeper.start(scheduler);
        }
    }

    /** Returns the files of overlays. */
    public OverlayFiles overlays() {
        return overlays;
    }

    /** Returns what compares everything with its checksums. */
    public Scrubber scrubber() {
        return scrubber;
    }

    /** Returns what moves segments to another directory. */
    public SegmentMover mover() {
        return mover;
    }

    /** Compares the checkpoint with its checksum. */
    void checkCheckpoint() throws StoreException {
        Superblock named = state.newestSuperblock();
        try {
            Checkpoints.check(storage, directory, named);
        } catch (StoreException e) {
            if (state.newestSuperblock().checkpoint() == named.checkpoint()) {
                throw e; // else it was replaced meanwhile, and deleted
            }
        }
    }

    /** Returns how much space the store takes, may take and can still take. */
    public DiffArea diffArea() {
        return diffArea;
    }

    /** Returns the staging chain. */
    public Staging staging() {
        return staging;
    }

    /**
     * Gets ready for first touches; called before a shadow copy is made.
     *
     * @throws StoreException if the staging chain cannot be opened
     */
    public void prepareForCopies() throws StoreException {
        try {
            staging.open();
            staging.prepare();
            if (writable()) {
                segments.maker().reserve();
            }
        } catch (IOException e) {
            throw new DeviceException("making the staging table in " + directory, e);
        }
    }

    /** Appends records of a segment that is to be given up once more; see {@link #preserve}. */
    IoStatus move(BatchWriter batch) {
        return committer.commit(batch, Log.Kind.MOVE, null);
    }

    GroupCommitter committer() {
        return committer;
    }

    /** Returns the directory of everything but segments that were moved. */
    Path directory() {
        return directory;
    }

    Housekeeper housekeeper() {
        return housekeeper;
    }

    /** Stops all background work of the store until {@link #resume}; waits for a part of it that is going on. */
    public void pause() {
        housekeeper.pause();
    }

    /** Ends one pause. */
    public void resume() {
        housekeeper.resume();
    }

    /**
     * As {@link #pause}, for the little that no part of background work is: a segment or staging file that is made ahead,
     * the claim after a second of idleness. Waits for what is being written, and then lets nothing begin that nobody asks for.
     */
    public void standStill() {
        segments.maker().standStill();
        staging.files().standStill();
        committer.standStill();
    }

    /** Ends one {@link #standStill}. */
    public void goOn() {
        committer.goOn();
        staging.files().goOn();
        segments.maker().goOn();
    }

    /**
     * Waits until a part of background work may be done, at most so long; it is paid for by {@link #endBackground}.
     *
     * @return whether it may
     */
    public boolean beginBackground(long timeoutNanos) {
        return throttle.beginWithin(timeoutNanos);
    }

    /** Ends a part of background work that {@link #beginBackground} admitted. */
    public void endBackground(long bytes) {
        throttle.end(bytes);
    }

    /**
     * Finds out what a revert has to do, or has done.
     *
     * @param revertEpoch the first epoch of the revert
     * @throws StoreException if the index cannot be read
     */
    public RevertWork revertWork(Catalog.VolumeEntry volume, long copyEpoch, long revertEpoch) throws StoreException {
        RevertWork work = new RevertWork(volume.number(), volume.sizeBytes(), copyEpoch, revertEpoch);
        index.of(volume.number()).show(work, Throttle.none(scheduler)); // somebody waits for it
        return work;
    }

    /** Runs an action on the committing task between two groups of batches. */
    void between(Runnable action) {
        committer.between(action);
    }

    /** Does something with segments while none is cleaned or given up. */
    void asideOfHousekeeping(Housekeeper.Aside action) throws IOException {
        housekeeper.aside(action);
    }

    /** Returns through where the log has written in a segment. */
    long writtenIn(int segment) {
        long[] result = new long[1];
        committer.between(() -> result[0] = logEndIn(segment));
        return result[0];
    }

    /** As {@link #writtenIn}; for the committing task alone. */
    long logEndIn(int segment) {
        return SegmentCopy.written(log.end(), segment, segments.segmentBytes());
    }

    // ---- for checkpoints

    /** Begins new tails; returns the old ones and what was known with them, or null if the store has failed. */
    Checkpointer.@Nullable Frozen freeze() {
        Checkpointer.Frozen[] result = new Checkpointer.Frozen[1];
        committer.between(() -> {
            if (writable()) {
                result[0] = Checkpointer.freeze(log.end(), staging.durableThrough(), catalog(), index.byVolume());
                housekeeper.frozen();
            }
        });
        return result[0];
    }

    /** Returns what recovery found. */
    public Recovered recovered() {
        return recovered;
    }

    /** Returns the catalog as of the last durable change. */
    public Catalog catalog() {
        return catalog.now();
    }

    /** Returns the index of what is preserved. */
    StoreIndex index() {
        return index;
    }

    /** Returns what is preserved of a volume that is in the catalog. */
    public VolumeExceptions exceptions(int volume) {
        return index.of(volume);
    }

    /** Returns the bytes of new data of a volume that are not settled. */
    public long stagedBytes(int volume) {
        return index.stagedBytes(volume);
    }

    /** Returns the highest epoch that any record or catalog entry names for the volume. */
    public long highestEpoch(int volume) {
        Catalog.VolumeEntry entry = catalog().volume(volume);
        long named = entry == null ? 0 : entry.highestEpoch();
        return Math.max(named, index.of(volume).highestEpoch());
    }

    /** Returns the look-ups that readers take and give back. */
    public LookupPool lookups() {
        return lookups;
    }

    /** Returns a reusable batch for preserves of this store, of at most that payload and half a segment. */
    public BatchWriter newBatch(int wantedPayloadBytes) {
        int payloadBytes = (int) Math.min(wantedPayloadBytes, halfSegmentBytes());
        // The longest head: every piece in an entry of its own, with a mask and a checksum.
        int entries = payloadBytes / Preserve.PIECE_BYTES * 2;
        long head = BatchHeader.BYTES + entries * 88L + BatchHeader.ALIGNMENT_BYTES;
        int capacity = (int) Math.min(head, BatchHeader.MAX_HEAD_BYTES) & -BatchHeader.ALIGNMENT_BYTES;
        return newBatch(Math.max(capacity, BatchHeader.ALIGNMENT_BYTES), payloadBytes);
    }

    /** Returns a reusable batch of at most that head and payload. */
    public BatchWriter newBatch(int headBytes, int payloadBytes) {
        return new BatchWriter(piecesPerChunk, headBytes, payloadBytes);
    }

    /**
     * Appends a batch of preserves, and waits until it is durable and in the index. Batches of several tasks share a
     * force.
     *
     * @return OK; NO_SPACE if nothing was written; IO_ERROR if the store has failed, and the batch may be there or not
     */
    public IoStatus preserve(BatchWriter batch) {
        return committer.commit(batch, Log.Kind.PRESERVE, null);
    }

    long halfSegmentBytes() {
        return segments.segmentBytes() / 2 & -BatchHeader.ALIGNMENT_BYTES;
    }

    /** Makes one change of the catalog durable; see {@link StoreCatalog#change}. */
    public void change(CatalogEntry entry) throws StoreException {
        catalog.change(entry);
    }

    /** Takes the effect of a durable catalog entry; called by the committing task alone. */
    void apply(CatalogEntry entry) {
        catalog.apply(entry);
    }

    /** Reads one preserved piece and checks it; see {@link PreservedPieces#read}. */
    public boolean readPiece(long location, int crc, ByteBuffer target) throws StoreException {
        return pieces.read(location, crc, target);
    }

    /** Returns why the store takes no more batches, empty if it does; see {@link StoreState#failure}. */
    public String failure() {
        return state.failure();
    }

    /** Returns whether the store takes batches; never waits. */
    public boolean writable() {
        return state.writable();
    }

    /** Returns why the store, which is not {@link #writable}, takes no changes. */
    public String refusal() {
        return state.refusal();
    }

    /** Notes for ever that a write or force failed; see {@link StoreState#fail}. */
    public void fail(String reason) {
        state.fail(reason);
    }

    /** Returns whether the store takes batches, and the superblocks that say so. */
    public StoreState state() {
        return state;
    }

    /** Has background work give way while the number of requests that it asks for goes on growing. */
    public void giveWayTo(LongSupplier requests) {
        throttle.giveWayTo(requests);
    }

    /** Has told to somebody what housekeeping comes upon, on its task. */
    public void whenTold(Consumer<Event> to) {
        listener = to;
    }

    void tell(EventId id, String message) {
        listener.accept(Event.of(id, message));
    }

    /** Returns the log's counters. */
    public LogStats logStats() {
        return new LogStats(log.batches(), log.forces(), diffArea.usedBytes(), index.count());
    }

    /** Counters of the log. */
    public record LogStats(long batches, long forces, long usedBytes, long exceptions) {}

    /** Ends the tasks, and unless the store has failed writes down that everything in it is durable. */
    @Override
    public void close() {
        scrubber.closing();
        mover.close();
        housekeeper.close();
        scrubber.close();
        committer.close();
        staging.close();
        try {
            segments.close(); // Its task writes superblocks too, and the clean one must be the last.
        } catch (IOException e) {
            // All that counts was forced before.
        }
        state.close();
        index.close();
    }
}
