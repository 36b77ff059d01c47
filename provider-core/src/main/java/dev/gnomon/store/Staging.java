/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.io.Turn;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StagingTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The staging chain: new data that clients were told is written, on its way to the origins. A chain of batches of its
 * own beside the log, in files that are used again once all that they hold is settled. Thread-safe.
 *
 * <p>What is appended survives a kill of the process at once (it is in the system's cache), and a power cut once
 * {@link #forceThrough} has returned for its sequence. Nothing is preserved for by being here: {@link Store#preserve} is
 * another chain, forced on its own, and the origin waits for that one only.
 *
 * <p><b>Invariants:</b> sequences rise by one and each batch carries the hash of the one before; a file is written to
 * again only when every slot of it has left, and when the table that says so, with the marks of that moment, is durable;
 * a mark is appended only after the origin that it speaks of was forced.
 */
public final class Staging implements AutoCloseable {
    /** Most files as long as all volumes settle: with segments of the usual size they hold 256 MiB. */
    static final int FILES = 8;

    private static final int FIRST_FILES = 2;

    /** So many times as many pieces may be staged as have room if they have bytes: zeros have none, but are remembered. */
    private static final int SLOTS_FACTOR = 2;

    /** A batch takes at most this part of the pieces that have room. */
    private static final int BATCH_SHARE = 4;

    private final Host host;
    private final UUID store;
    private final long fileBytes;
    private final long opening;
    private final StagingFiles files;
    private final StagingRoom room;
    private final StagingForces forces;
    private final StagingTableState table;
    private final Turn turn;
    private final RecentBytes recent;
    private final BatchWriter markBatch;

    // The appender's: whoever holds the turn.
    private final byte[] previousHash;
    private int current;
    private long position;
    private long nextSequence;

    /** What the chain needs of its store. */
    interface Host {
        boolean writable();

        void fail(String reason);
    }

    /** Where a batch was put. Reusable; confined to one task. */
    public static final class Placed {
        private int file;
        private long payload;
        private long sequence;

        /** Returns the sequence of the batch. */
        public long sequence() {
            return sequence;
        }

        long payload() {
            return payload;
        }

        int file() {
            return file;
        }
    }

    /** Where the chain ends, as recovery found it. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record End(
            StagingTableFile tableFile,
            StagingTable table,
            int current,
            long position,
            long nextSequence,
            byte[] previousHash) {}

    Staging(
            Host host,
            Storage storage,
            Clock clock,
            Scheduler scheduler,
            StoreConfig config,
            UUID store,
            long opening,
            StagingFiles files,
            int piecesPerChunk,
            @Nullable End end) {
        this.host = host;
        this.store = store;
        this.opening = opening;
        this.files = files;
        this.turn = new Turn(scheduler);
        this.markBatch = new BatchWriter(piecesPerChunk, BatchHeader.ALIGNMENT_BYTES, 0);
        this.fileBytes =
                end == null ? fileBytes(config.segmentBytes()) : end.table().fileBytes();
        this.current = end == null ? StagingRoom.NONE : end.current();
        this.room = new StagingRoom(
                host, files, clock, scheduler, SLOTS_FACTOR * FILES * fileBytes / BatchHeader.ALIGNMENT_BYTES, current);
        this.table = new StagingTableState(storage, scheduler, config.directory(), store, fileBytes, files, room, end);
        this.recent = new RecentBytes(scheduler, FILES * fileBytes);
        this.nextSequence = end == null ? 1 : end.nextSequence();
        this.position = end == null ? 0 : end.position();
        this.previousHash = end == null
                ? new byte[BatchHeader.HASH_BYTES]
                : end.previousHash().clone();
        this.forces = new StagingForces(host, files, scheduler, nextSequence - 1);
    }

    /** Returns the size of a staging file for segments of that size: at most half of 64 MiB. */
    static long fileBytes(long segmentBytes) {
        return Math.min(segmentBytes, 32L << 20);
    }

    /** Returns the bytes of the files that there are, and of the table. */
    public long allocatedBytes() {
        return files.count() * fileBytes + (table.isThere() ? StagingTable.TABLE_BYTES : 0);
    }

    /** Returns the bytes that the files, with the table, may come to. */
    long mostBytes() {
        return Math.max(FILES, files.count()) * fileBytes + StagingTable.TABLE_BYTES;
    }

    /** Returns how many pieces all files hold together. */
    public long capacityPieces() {
        return FILES * fileBytes / BatchHeader.ALIGNMENT_BYTES;
    }

    /** Returns the most pieces that one batch stages, or one request if that is more. */
    public int batchPieces() {
        return (int) (capacityPieces() / BATCH_SHARE);
    }

    /** Returns the most bytes of new data that one batch takes. */
    public int batchPayloadBytes() {
        return (int) Math.min(2L << 20, fileBytes / 2 & -BatchHeader.ALIGNMENT_BYTES);
    }

    /** Asks for the first files to be prepared, before a first touch needs them; does not wait. */
    public void prepare() {
        if (host.writable()) {
            files.want(FIRST_FILES);
        }
    }

    // ---- appending

    /**
     * Appends a batch of new data.
     *
     * @param slotCount how many pieces it stages; its file is not used again before so many have left
     * @return OK; NO_SPACE if all files hold what is not settled, or too many pieces are not: {@link #awaitRoom}; IO_ERROR if the
     *     store has failed
     */
    public IoStatus append(BatchWriter batch, int slotCount, Placed placed) {
        turn.take();
        try {
            return appendInTurn(batch, slotCount, placed);
        } catch (IOException e) {
            host.fail("writing new data failed: " + e.getMessage());
            return IoStatus.IO_ERROR;
        } finally {
            turn.release();
        }
    }

    /**
     * As {@link #append}, if that waits for nobody and forces nothing: no other batch is being appended, and the file has
     * room for it.
     *
     * @return NO_SPACE also if that is not so
     */
    public IoStatus appendAtOnce(BatchWriter batch, int slotCount, Placed placed) {
        if (!turn.tryTake()) {
            return IoStatus.NO_SPACE;
        }
        try {
            boolean fits = current != StagingRoom.NONE && position + batch.totalBytes() <= fileBytes;
            return fits ? appendInTurn(batch, slotCount, placed) : IoStatus.NO_SPACE;
        } catch (IOException e) {
            host.fail("writing new data failed: " + e.getMessage());
            return IoStatus.IO_ERROR;
        } finally {
            turn.release();
        }
    }

    private IoStatus appendInTurn(BatchWriter batch, int slotCount, Placed placed) throws IOException {
        if (!host.writable()) {
            return IoStatus.IO_ERROR;
        }
        int bytes = batch.totalBytes();
        if (slotCount > 0 && !room.admits(slotCount)) {
            return IoStatus.NO_SPACE;
        }
        if ((current == StagingRoom.NONE || position + bytes > fileBytes) && !switchFile()) {
            return IoStatus.NO_SPACE;
        }
        long sequence = nextSequence;
        room.hold(current, slotCount);
        StorageFile file = files.file(current);
        file.write(batch.seal(store, sequence, durableThrough(), opening, 0, previousHash), position);
        placed.file = current;
        placed.payload = position + batch.headBytes();
        placed.sequence = sequence;
        recent.put(
                sequence,
                Location.of(current, placed.payload),
                batch.sealed(),
                batch.sealedStart() + batch.headBytes(),
                batch.payloadBytes());
        position += bytes;
        nextSequence++;
        forces.appended(current, sequence);
        return IoStatus.OK;
    }

    /** Goes on in a file that holds nothing; false if there is none. */
    private boolean switchFile() throws IOException {
        int next = room.free();
        if (next == StagingRoom.NONE) {
            files.want(Math.min(FILES, files.count() + 1)); // more than usual only when somebody waits
            return false;
        }
        if (current != StagingRoom.NONE) {
            table.leave(current, nextSequence);
        }
        table.begin(next, nextSequence, previousHash);
        current = next;
        room.current(next);
        position = 0;
        table.write(durableThrough());
        return true;
    }

    /** Returns the files of the chain. */
    StagingFiles files() {
        return files;
    }

    /**
     * Waits until a file is free, one more is prepared, or the time is up.
     *
     * @return whether appending is worth another try
     */
    public boolean awaitRoom(long timeoutNanos) throws IOException {
        return room.await(timeoutNanos);
    }

    // ---- settling

    /**
     * Writes down that new data of a volume is settled. Its origin must have been forced since it was released.
     *
     * @param through sequence of the last batch that is settled
     * @return the sequence that must be durable before a newer direct write counts as flushed, 0 if it is already; or
     *     -1 if the store has failed
     */
    public long mark(int volume, long through) {
        turn.take();
        try {
            table.mark(volume, through);
            if (!host.writable()) {
                return -1;
            }
            if (current == StagingRoom.NONE || position + BatchHeader.ALIGNMENT_BYTES > fileBytes) {
                table.write(durableThrough());
                return 0;
            }
            markBatch.clear();
            markBatch.addSettled(volume, through);
            Placed placed = new Placed();
            return appendInTurn(markBatch, 0, placed) == IoStatus.OK ? placed.sequence() : -1;
        } catch (IOException e) {
            host.fail("writing a settled mark failed: " + e.getMessage());
            return -1;
        } finally {
            turn.release();
        }
    }

    /**
     * Writes down that all of the chain is durable, and the marks: with nothing left to settle its end has nothing behind
     * it that would tell its loss from a torn tail.
     */
    public void claim() {
        long last = lastSequence();
        if (table.claimedThrough() >= last || forceThrough(last) != IoStatus.OK) {
            return;
        }
        turn.take();
        try {
            if (host.writable()) {
                table.write(durableThrough());
            }
        } catch (IOException e) {
            host.fail("writing the staging table failed: " + e.getMessage());
        } finally {
            turn.release();
        }
    }

    /** Lets slots below an id leave, for which there is a {@link #mark}; direct writes are possible from then on. */
    public void leave(VolumeExceptions exceptions, long belowId) {
        StagedPieces staged = exceptions.staged();
        int[] leaving = new int[StagingTable.MAX_FILES];
        exceptions.mutex().lock();
        try {
            for (long id = staged.first(); id < belowId; id++) {
                leaving[staged.file(id)]++;
            }
            staged.leave(belowId);
        } finally {
            exceptions.mutex().unlock();
        }
        room.leave(leaving);
    }

    /** Forgets what is staged of a volume that was removed. */
    void forget(int volume, VolumeExceptions exceptions) {
        leave(exceptions, exceptions.staged().end());
        table.forget(volume);
    }

    // ---- durability

    /** Returns the sequence of the batch appended last. */
    public long lastSequence() {
        return forces.lastSequence();
    }

    /** Returns the last sequence known durable. */
    public long durableThrough() {
        return forces.durableThrough();
    }

    long forces() {
        return forces.count();
    }

    /** Makes all batches through a sequence survive a power cut; callers at the same time share a force. */
    public IoStatus forceThrough(long sequence) {
        return forces.through(sequence);
    }

    // ---- reading

    /**
     * As {@link #read(long, ByteBuffer)}, of pieces of one batch; from memory if they were staged just now.
     *
     * @param sequence of the batch
     */
    public IoStatus read(long sequence, long location, ByteBuffer target) {
        return recent.get(sequence, location, target) ? IoStatus.OK : read(location, target);
    }

    /**
     * Reads staged pieces that lie one behind the other; their checksums are to be compared by {@link #isIntact}, and
     * whether they still were staged must be asked of {@link StagedPieces#holds} afterwards.
     *
     * @param location of a slot, not {@link StagedPieces#ZEROS}
     */
    public IoStatus read(long location, ByteBuffer target) {
        try {
            files.file(Location.segment(location)).read(target, Location.offset(location));
            return target.hasRemaining() ? IoStatus.IO_ERROR : IoStatus.OK;
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
        }
    }

    /** Returns whether a piece in a buffer is what was staged: a failed force may bring old bytes back. */
    public static boolean isIntact(ByteBuffer buffer, int start, int crc) {
        return Prologue.crc(buffer, start, Preserve.PIECE_BYTES) == crc;
    }

    // ---- life

    void start(Scheduler scheduler) {
        files.start(scheduler);
    }

    /**
     * Makes sure that there is a table; called before a shadow copy may be made.
     *
     * @throws IOException if it cannot be made; nothing is staged then
     */
    public void open() throws IOException {
        turn.take();
        try {
            if (host.writable()) {
                table.create();
            }
        } finally {
            turn.release();
        }
    }

    /** Takes slots that recovery found; nobody else is there yet. */
    void recovered(int file, int slotCount) {
        room.hold(file, slotCount);
    }

    @Override
    public void close() {
        room.close();
        forceThrough(lastSequence());
        if (table.isThere()) {
            turn.take();
            try {
                if (host.writable() && current != StagingRoom.NONE) {
                    table.write(durableThrough());
                }
            } catch (IOException e) {
                host.fail("writing the staging table failed: " + e.getMessage());
            } finally {
                turn.release();
            }
            table.close();
        }
        try {
            files.close();
        } catch (IOException e) {
            // All that counts was forced before.
        }
    }
}
