/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.DiffAreaFullException;
import dev.gnomon.store.format.EntryTooLongException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.SegmentDirectories;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.store.format.Superblock;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
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
    private static final int CATALOG_HEAD_BYTES = 512 << 10;
    private static final long LEAST_RESERVE_BYTES = 64 << 10;

    private final Path directory;
    private final int piecesPerChunk;
    private final Segments segments;
    private final Log log;
    private final GroupCommitter committer;
    private final SuperblockFile superblocks;
    private final Staging staging;
    private final Throttle throttle;
    private final Housekeeper housekeeper;
    private final OverlayFiles overlays;
    private final Scrubber scrubber;
    private final SegmentMover mover;
    private final Storage storage;
    private final Map<Integer, VolumeExceptions> exceptions;
    private final Mutex superblockMutex;
    private final Recovered recovered;
    private final LookupPool lookups = new LookupPool();
    private final Scheduler scheduler;
    private final Room room = new Room(this::preservableBytes);
    private final int groupPayloadBytes;
    private volatile RunSet runs;
    private volatile Catalog catalog;
    private volatile boolean failing;
    private volatile String failure = "";
    private volatile Consumer<String> failureListener = _ -> {};
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
        this.log = log;
        this.superblocks = superblocks;
        this.piecesPerChunk = superblocks.newest().chunkBytes() / Preserve.PIECE_BYTES;
        this.catalog = replay.catalog();
        this.exceptions = new ConcurrentSkipListMap<>(replay.exceptions());
        this.superblockMutex = scheduler.newMutex();
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
        this.groupPayloadBytes = parts.groupPayloadBytes();
        this.runs = replay.runs();
        this.committer = new GroupCommitter(this, log, scheduler, piecesPerChunk);
        this.throttle = new Throttle(parts.clock(), scheduler, parts.limits().backgroundBytesPerSecond());
        Checkpointer checkpointer = new Checkpointer(
                parts.storage(),
                directory,
                superblocks.newest().store(),
                this,
                throttle,
                parts.cache(),
                parts.loaded());
        Cleaner cleaner = new Cleaner(this, segments, superblocks.newest().store(), throttle, piecesPerChunk);
        this.overlays = new OverlayFiles(
                parts.storage(),
                scheduler,
                directory,
                superblocks.newest().store(),
                parts.random(),
                superblocks.newest().generation(),
                parts.sameBoot(),
                throttle,
                superblocks.newest().segmentBytes() / 4,
                parts.limits().overlayBytes());
        this.overlays.measure(catalog);
        this.housekeeper = new Housekeeper(
                this,
                checkpointer,
                cleaner,
                new Puncher(this, segments, superblocks.newest().store(), throttle, piecesPerChunk),
                throttle,
                new Reserve(
                        parts.storage(),
                        directory,
                        Math.max(LEAST_RESERVE_BYTES, superblocks.newest().segmentBytes() / 4)),
                parts.limits(),
                scheduler,
                tailExceptions(),
                parts.logBytes());
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

    private long tailExceptions() {
        long count = 0;
        for (VolumeExceptions each : exceptions.values()) {
            each.mutex().lock();
            count += each.tailCount();
            each.mutex().unlock();
        }
        return count;
    }

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
        segments.start(scheduler, this::segmentReady, this::admits);
        if (writable()) {
            segments.want(0);
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

    // ---- scrubs

    /** Goes on with a scrub that the last stop interrupted; to be called when somebody hears what it tells. */
    public void startScrubber() {
        scrubber.start();
    }

    /**
     * Begins to compare all that shadow copies and volumes need of this store with its checksums, in the background.
     *
     * @return false if that is going on already
     * @throws StoreException if the store takes no changes
     */
    public boolean beginScrub() throws StoreException {
        if (!writable()) {
            throw new DeviceException(refusal());
        }
        try {
            return scrubber.begin();
        } catch (IOException e) {
            throw new DeviceException("writing the state of the scrub to " + directory.resolve(ScrubFile.NAME), e);
        }
    }

    /** Ends a scrub that is going on; returns false if none is. */
    public boolean haltScrub() throws StoreException {
        try {
            return scrubber.halt();
        } catch (IOException e) {
            throw new DeviceException("writing the state of the scrub to " + directory.resolve(ScrubFile.NAME), e);
        }
    }

    /** Returns how far the last scrub has come, and what it found. */
    public ScrubStatus scrubStatus() {
        return scrubber.status();
    }

    /** Compares the checkpoint with its checksum. */
    void checkCheckpoint() throws StoreException {
        Superblock named = newestSuperblock();
        try {
            Checkpoints.check(storage, directory, named);
        } catch (StoreException e) {
            if (newestSuperblock().checkpoint() == named.checkpoint()) {
                throw e; // else it was replaced meanwhile, and deleted
            }
        }
    }

    private Superblock newestSuperblock() {
        superblockMutex.lock();
        try {
            return superblocks.newest();
        } finally {
            superblockMutex.unlock();
        }
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
                segments.reserve();
            }
        } catch (IOException e) {
            throw new DeviceException("making the staging table in " + directory, e);
        }
    }

    /** Appends records of a segment that is to be given up once more; see {@link #preserve}. */
    IoStatus move(BatchWriter batch) {
        return committer.commit(batch, Log.Kind.MOVE, null);
    }

    /** Returns what is preserved of a volume, or null if there is no such volume. */
    @Nullable
    VolumeExceptions exceptionsOrNull(int volume) {
        return exceptions.get(volume);
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
        segments.standStill();
        staging.files().standStill();
        committer.standStill();
    }

    /** Ends one {@link #standStill}. */
    public void goOn() {
        committer.goOn();
        staging.files().goOn();
        segments.goOn();
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
        exceptions(volume.number()).show(work, Throttle.none(scheduler)); // somebody waits for it
        return work;
    }

    // ---- segments elsewhere

    /** Goes on with a move of segments that the last stop interrupted; to be called when somebody hears what it tells. */
    public void startMover() {
        mover.start();
    }

    /**
     * Begins to move the segments to another directory; see {@link SegmentMover#begin}.
     *
     * @throws IllegalArgumentException if they cannot go there
     * @throws IllegalStateException if they are on their way elsewhere
     */
    public void moveSegments(Path directory) throws StoreException {
        mover.begin(directory);
    }

    /** Returns what {@link #moveSegments} would do, and refuses what that refuses but for want of space; changes nothing. */
    public MovePlan planMove(Path directory) throws StoreException {
        return mover.plan(directory);
    }

    /** Returns where the segments are, and how far they have come elsewhere. */
    public MoveStatus moveStatus() {
        return mover.status();
    }

    /** Has the superblock name the directories of segments, in both slots: whichever is damaged later, the other says the same. */
    void nameSegments(SegmentDirectories directories) throws IOException {
        superblockMutex.lock();
        try {
            if (!writable()) {
                throw new IOException("store " + directory + " has failed: " + failure);
            }
            Superblock last = superblocks.newest();
            Superblock next = last.next(log.durableThrough(), 0, false, last.failed(), last.bootId())
                    .placing(directories);
            superblocks.write(next);
            superblocks.write(next.next(next.durableThrough(), 0, false, next.failed(), next.bootId()));
        } finally {
            superblockMutex.unlock();
        }
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
                result[0] = Checkpointer.freeze(log.end(), staging.durableThrough(), catalog, exceptions);
                housekeeper.frozen();
            }
        });
        return result[0];
    }

    RunSet runs() {
        return runs;
    }

    /** Lets all volumes look into these runs, and no more into frozen tails. */
    void publish(RunSet now) {
        runs = now; // First: a volume that comes into the map now takes it from here.
        for (VolumeExceptions each : exceptions.values()) {
            each.mutex().lock();
            try {
                each.runs(now);
            } finally {
                each.mutex().unlock();
            }
        }
    }

    /** Returns which copies, open cuts and bookmarks there are. The order matters: a cut is noted before it can become a copy. */
    Needs needs() {
        Map<Integer, Long> cuts = new TreeMap<>();
        for (Map.Entry<Integer, VolumeExceptions> each : exceptions.entrySet()) {
            each.getValue().mutex().lock();
            cuts.put(each.getKey(), each.getValue().openCut());
            each.getValue().mutex().unlock();
        }
        Needs needs = new Needs();
        for (Catalog.VolumeEntry volume : catalog.volumes()) {
            needs.add(volume, cuts.getOrDefault(volume.number(), 0L));
        }
        return needs;
    }

    /** Makes a checkpoint, itself durable, the one that recovery begins with. */
    void nameCheckpoint(long number) throws IOException {
        superblockMutex.lock();
        try {
            if (!writable()) {
                throw new IOException("store " + directory + " has failed: " + failure);
            }
            Superblock last = superblocks.newest();
            Superblock next = last.next(log.durableThrough(), 0, false, last.failed(), last.bootId())
                    .naming(number);
            superblocks.write(next);
            // The checkpoint before is deleted soon: whichever slot is damaged later, the other must not name that.
            superblocks.write(next.next(next.durableThrough(), 0, false, next.failed(), next.bootId()));
        } finally {
            superblockMutex.unlock();
        }
    }

    /** Returns what recovery found. */
    public Recovered recovered() {
        return recovered;
    }

    /** Returns the catalog as of the last durable change. */
    public Catalog catalog() {
        return catalog;
    }

    /** Returns what is preserved of a volume that is in the catalog. */
    public VolumeExceptions exceptions(int volume) {
        VolumeExceptions result = exceptions.get(volume);
        if (result == null) {
            throw new IllegalArgumentException("no volume " + volume);
        }
        return result;
    }

    /** Returns the bytes of new data of a volume that are not settled. */
    public long stagedBytes(int volume) {
        VolumeExceptions of = exceptions(volume);
        of.mutex().lock();
        try {
            return (of.staged().end() - of.staged().first()) * Preserve.PIECE_BYTES;
        } finally {
            of.mutex().unlock();
        }
    }

    /** Returns the look-ups that readers take and give back. */
    public LookupPool lookups() {
        return lookups;
    }

    /** Returns the highest epoch that any record or catalog entry names for the volume. */
    public long highestEpoch(int volume) {
        Catalog.VolumeEntry entry = catalog.volume(volume);
        long named = entry == null ? 0 : entry.highestEpoch();
        VolumeExceptions preserved = exceptions(volume);
        return Math.max(named, preserved.highestEpoch());
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

    /**
     * Makes one change of the catalog durable. All of it or, after a crash or exception, none.
     *
     * @throws EntryTooLongException if the store cannot hold it; nothing was changed
     * @throws DiffAreaFullException if there is no room even in what is held back; nothing was changed
     * @throws DeviceException if the store has failed; whether the change is there is decided at the next open
     */
    public void change(CatalogEntry entry) throws StoreException {
        BatchWriter batch = new BatchWriter(piecesPerChunk, catalogHeadBytes(), 0);
        catalog.apply(entry); // refuses what contradicts the catalog before it is written
        try {
            batch.add(entry);
        } catch (BufferOverflowException e) {
            throw new EntryTooLongException(catalogHeadBytes() - BatchHeader.BYTES);
        }
        switch (committer.commit(batch, Log.Kind.CATALOG, entry)) {
            case OK -> {}
            case NO_SPACE -> throw new DiffAreaFullException(directory.toString(), batch.totalBytes(), 0);
            default -> throw new DeviceException(refusal());
        }
    }

    private int catalogHeadBytes() {
        return (int) Math.min(CATALOG_HEAD_BYTES, halfSegmentBytes());
    }

    private long halfSegmentBytes() {
        return superblocks.newest().segmentBytes() / 2 & -BatchHeader.ALIGNMENT_BYTES;
    }

    /** Takes the effect of a durable catalog entry; called by the committing task alone. */
    void apply(CatalogEntry entry) {
        if (entry instanceof CatalogEntry.VolumeAdded added) {
            VolumeExceptions fresh =
                    new VolumeExceptions(committer.newMutex(), added.number(), added.sizeBytes(), piecesPerChunk, runs);
            exceptions.put(added.number(), fresh);
            fresh.mutex().lock();
            fresh.runs(runs); // They may have changed before it was in the map.
            fresh.mutex().unlock();
        }
        if (entry instanceof CatalogEntry.VolumeResized resized) {
            VolumeExceptions concerned = exceptions(resized.number());
            concerned.mutex().lock();
            concerned.resized(resized.sizeBytes());
            concerned.mutex().unlock();
        }
        catalog = catalog.apply(entry);
        if (entry instanceof CatalogEntry.VolumeRemoved removed) {
            VolumeExceptions gone = exceptions.remove(removed.number());
            if (gone != null) {
                staging.forget(removed.number(), gone);
            }
        }
        if (entry instanceof CatalogEntry.VolumeRemoved
                || entry instanceof CatalogEntry.CopiesDeleted
                || entry instanceof CatalogEntry.CopiesBookmarked) {
            housekeeper.sweep();
        }
    }

    /**
     * Reads one preserved piece and checks it.
     *
     * @param location of an exception, not {@link VolumeExceptions#ZEROS}
     * @param target 4096 bytes remaining; its content is undefined on an exception
     * @return false if the piece was moved elsewhere, or given up, since it was looked up: nothing was read, look again (I5)
     * @throws CorruptionException if the bytes are not those that were preserved; they must not be used
     */
    public boolean readPiece(long location, int crc, ByteBuffer target) throws StoreException {
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
            if (segments.isPunched(segment, offset)) {
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

    /**
     * Returns why the store takes no more batches, empty if it does. If it has just failed this waits until that is written
     * down: nobody may be told of a failure that a power cut could still undo.
     */
    public String failure() {
        if (failing && failure.isEmpty()) {
            superblockMutex.lock();
            superblockMutex.unlock();
        }
        return failure;
    }

    /** Returns whether the store takes batches; never waits. */
    public boolean writable() {
        return !failing && recovered.damage().isEmpty();
    }

    /** Returns why the store, which is not {@link #writable}, takes no changes. */
    public String refusal() {
        if (!recovered.damage().isEmpty()) {
            return "store " + directory + " is read-only: " + recovered.damage().getFirst();
        }
        return failure().isEmpty()
                ? "store " + directory + " is closed"
                : "store " + directory + " has failed: " + failure() + "; restart the service";
    }

    /** Notes for ever that a write or force failed: first in memory, then outside the log (I7). */
    public void fail(String reason) {
        superblockMutex.lock();
        try {
            if (!failing) {
                failing = true;
                // If this fails too, the next open finds a log that is shorter around the cache than through it. Twice,
                // so
                // that each slot tells it: what damages one later must not make the failure forgotten.
                writeSuperblockLocked(0, false, true);
                writeSuperblockLocked(0, false, true);
                failure = reason;
                failureListener.accept(reason);
            }
        } finally {
            superblockMutex.unlock();
        }
    }

    /** Has the reason told to somebody when the store fails, once; on the thread that found it, which it must not hold up. */
    public void whenFailed(Consumer<String> listener) {
        failureListener = listener;
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

    private void segmentReady(int count) throws IOException {
        if (!writeSuperblock(
                count, false, recovered.failed() && superblocks.newest().failed())) {
            throw new IOException(directory + ": the superblock that names a new segment could not be written");
        }
    }

    /** Forgets a failure that an earlier process wrote down: every volume now carries it in the catalog. */
    public void failureTold() throws StoreException {
        if (!writeSuperblock(0, false, false)) {
            throw new DeviceException("store " + directory + ": superblock could not be written");
        }
    }

    private boolean writeSuperblock(int segmentsReady, boolean clean, boolean failed) {
        superblockMutex.lock();
        try {
            return writeSuperblockLocked(segmentsReady, clean, failed);
        } finally {
            superblockMutex.unlock();
        }
    }

    private boolean writeSuperblockLocked(int segmentsReady, boolean clean, boolean failed) {
        try {
            Superblock last = superblocks.newest();
            boolean flag = failed || failing;
            superblocks.write(last.next(log.durableThrough(), segmentsReady, clean && !flag, flag, last.bootId()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    // ---- the diff area

    /** Returns whether the limit admits so many more bytes of segments. */
    private boolean admits(long bytes) {
        long limit = catalog.limitBytes();
        return limit == 0 || segments.allocatedBytes() + otherBytes() + bytes <= limit;
    }

    /** Returns what the store takes besides segments; staging as much as it may come to, so that it never meets the limit. */
    private long otherBytes() {
        return staging.mostBytes() + housekeeper.indexBytes() + housekeeper.reserveBytes() + overlays.allocatedBytes();
    }

    /** Returns the space that is promised to staged writes. */
    public Room room() {
        return room;
    }

    /** Returns how many bytes preserves can still take; huge while the file system has not refused any. */
    private long preservableBytes() {
        long segmentBytes = segments.segmentBytes();
        long usable = segmentBytes - SegmentHeader.BYTES;
        long limit = catalog.limitBytes();
        long more;
        if (segments.starved()) {
            more = 0;
        } else if (limit == 0) {
            return Long.MAX_VALUE / 2;
        } else {
            more = Math.max(0, limit - otherBytes() - segments.allocatedBytes()) / segmentBytes;
        }
        // A segment is held back, and the end of one may be too short for a batch.
        return log.freeBytes() + (more - 1) * usable - groupPayloadBytes;
    }

    /** Returns the room that lets any group be preserved, wherever in a segment the log is. */
    public long settlingBytes() {
        return groupPayloadBytes;
    }

    /** Returns whether less than a tenth of what preserves can get at most is left; asks the file system again if it had none. */
    public boolean nearlyFull() {
        if (segments.starved()) {
            segments.tryAgain();
        }
        long limit = catalog.limitBytes();
        long most = limit == 0 ? segments.allocatedBytes() : limit - otherBytes() - segments.segmentBytes();
        return room.availableBytes() - room.promisedBytes() < most / 10;
    }

    /**
     * Returns how many bytes preserves can still take before the limit or the file system ends, promised ones among them; asks
     * the file system.
     */
    public long leftBytes() {
        long inFiles = Math.max(0, log.freeBytes() - segments.segmentBytes()); // one is held back
        return Math.min(room.availableBytes(), inFiles + usableBytes());
    }

    private long usableBytes() {
        try {
            return Math.min(storage.usableBytes(directory), 1L << 50);
        } catch (IOException e) {
            return 1L << 50; // It only serves to warn.
        }
    }

    /** Returns the bytes of segments that batches lie in, or lay in, without holes. */
    public long usedBytes() {
        return log.usedBytes() - segments.punchedBytes();
    }

    /** Returns the bytes that were appended to the log since the opening, but for what was there before. */
    public long grownBytes() {
        return log.grownBytes();
    }

    /** Returns whether what deletes leave can be given back. */
    public boolean reclaims() {
        return housekeeper.reclaims();
    }

    /** Waits until what deletes left is given back as far as it can be now, or there is enough. Takes no lock meanwhile. */
    public void awaitReclaimed(BooleanSupplier enough) {
        boolean more = true;
        while (more && !enough.getAsBoolean()) {
            more = housekeeper.awaitReclaim();
        }
    }

    /** Lets who is in {@link #awaitReclaimed} look again whether there is enough. */
    public void lookAgain() {
        housekeeper.lookAgain();
    }

    /** Asks the file system again if it had no space, and waits for its answer. */
    public void askForSpace() {
        retrySpace();
        if (segments.starved()) {
            segments.tryAgain();
        }
    }

    /** Says that there may be space in the file system where there was none; does not wait. */
    private void retrySpace() {
        segments.retry();
        housekeeper.retry();
    }

    /** Returns what the store needs: what it holds besides segments, at least what it will hold soon, and a few of these. */
    private long leastBytes() {
        long index = housekeeper.indexBytes() + housekeeper.reserveBytes();
        return staging.mostBytes()
                + overlays.allocatedBytes()
                + Math.max(index, housekeeper.leastIndexBytes())
                + DiffAreaUsage.LEAST_SEGMENTS * segments.segmentBytes();
    }

    /** Returns how the space of the diff area is used. Consistent enough for people and estimates, not in one instant. */
    public DiffAreaUsage usage() {
        long live = 0;
        for (VolumeExceptions each : exceptions.values()) {
            each.mutex().lock();
            live += each.payloadBytes();
            each.mutex().unlock();
        }
        long segmentBytes = superblocks.newest().segmentBytes();
        return new DiffAreaUsage(
                catalog.limitBytes(),
                leastBytes(),
                otherBytes() + segments.allocatedBytes(),
                segments.allocatedBytes(),
                usedBytes(),
                segments.punchedBytes(),
                live,
                housekeeper.indexBytes(),
                staging.allocatedBytes(),
                overlays.allocatedBytes(),
                segmentBytes + housekeeper.reserveBytes(),
                housekeeper.reserveBytes());
    }

    /**
     * Sets the limit, durably.
     *
     * @param limitBytes of all files of the store together; 0 for none. Below what they take now it keeps them from
     *     growing, and nothing is lost at once.
     * @throws IllegalArgumentException if it is less than the store needs to work at all
     */
    public void limit(long limitBytes) throws StoreException {
        long least = usage().leastBytes();
        if (limitBytes != 0 && limitBytes < least) {
            throw new IllegalArgumentException("limit of the diff area: " + limitBytes + " bytes; allowed is " + least
                    + " or more, which staging, index and " + DiffAreaUsage.LEAST_SEGMENTS + " segments need");
        }
        change(new CatalogEntry.DiffAreaSet(limitBytes));
        retrySpace();
    }

    /** Returns the log's counters. */
    public LogStats logStats() {
        long count = 0;
        for (VolumeExceptions each : exceptions.values()) {
            each.mutex().lock();
            count += each.count();
            each.mutex().unlock();
        }
        return new LogStats(log.batches(), log.forces(), usedBytes(), count);
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
        if (writable()) {
            writeSuperblock(0, true, recovered.failed() && superblocks.newest().failed());
        }
        superblocks.close();
        runs.unpin();
    }
}
