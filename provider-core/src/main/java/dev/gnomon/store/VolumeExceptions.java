/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.EntryHeader;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is preserved of one volume: its exceptions, its bitmap, and the newest copy that writes must preserve for.
 *
 * <p>An exception is in the tail, the part of the index that is in memory and grows; or in the frozen tail, while a run is
 * made of it; or in the runs. A look-up sees all three as they are at one moment.
 *
 * <p>Methods require the {@link #mutex} unless they say that they take it; the volume's write path shares it, so that one
 * lock decides about a write. It is held over memory operations only, never while a run is read.
 */
public final class VolumeExceptions {
    /** Location of a piece that was zeros and has no payload. */
    public static final long ZEROS = ExceptionIndex.ZEROS;

    /** Location of a piece whose bytes are not kept: no shadow copy reads them, only bookmarks know of them. */
    static final long NOT_KEPT = -3;

    /** Blocks of one run that a scan reads at most: 16 MiB, some 690,000 exceptions. */
    private static final int SCAN_BLOCKS = 4096;

    private final Mutex mutex;
    private final PreservedBitmap bitmap;
    private final StagedPieces staged = new StagedPieces();
    private final int volume;
    private final int piecesPerChunk;
    private ExceptionIndex tail = new ExceptionIndex();
    private @Nullable ExceptionIndex frozen;
    private @Nullable TailRegions tailRegions;
    private @Nullable TailRegions frozenRegions;
    private RunSet runs;
    private long tailNumber;
    private long newestCopy;
    private long openCut;
    private @Nullable PieceSet unreverted;
    private volatile boolean reverting;
    private long highestEpoch;
    private long tailPayloadBytes;
    private long frozenPayloadBytes;

    VolumeExceptions(Mutex mutex, int volume, long sizeBytes, int piecesPerChunk, RunSet runs) {
        this.mutex = mutex;
        this.volume = volume;
        this.bitmap = new PreservedBitmap((sizeBytes + Preserve.PIECE_BYTES - 1) / Preserve.PIECE_BYTES);
        this.piecesPerChunk = piecesPerChunk;
        this.runs = runs;
    }

    /** Returns the lock that guards this volume's gate, ranges, bitmap and index. Held over memory operations only. */
    public Mutex mutex() {
        return mutex;
    }

    /** Takes another size of the volume; before anybody may write behind the old one. */
    void resized(long sizeBytes) {
        bitmap.grow((sizeBytes + Preserve.PIECE_BYTES - 1) / Preserve.PIECE_BYTES);
    }

    /** Returns the new data that is not settled yet. */
    public StagedPieces staged() {
        return staged;
    }

    /** Adds a piece of new data that is in the staging chain. */
    void stage(
            long piece,
            long epoch,
            long location,
            long sequence,
            int file,
            int crc,
            int from,
            int to,
            boolean allocates) {
        staged.add(piece, epoch, location, sequence, file, crc, from, to, allocates);
        if (unreverted != null) {
            unreverted.remove(piece);
        }
        highestEpoch = Math.max(highestEpoch, epoch);
    }

    /**
     * Takes a write that a batch of new data holds, with the whole pieces around it.
     *
     * @param payloadOffset of the first piece in the batch's payload, in bytes, or {@link StagedPieces#ZEROS}
     * @param batch sealed, with the checksums
     * @param handle of the write in the batch
     */
    public void stage(
            long offsetBytes,
            int lengthBytes,
            long epoch,
            Staging.Placed placed,
            long payloadOffset,
            BatchWriter batch,
            int handle,
            boolean allocates) {
        long first = offsetBytes / Preserve.PIECE_BYTES;
        long end = offsetBytes + lengthBytes;
        for (long piece = first; piece * Preserve.PIECE_BYTES < end; piece++) {
            long start = piece * Preserve.PIECE_BYTES;
            long location = payloadOffset == StagedPieces.ZEROS
                    ? StagedPieces.ZEROS
                    : Location.of(
                            placed.file(), placed.payload() + payloadOffset + (piece - first) * Preserve.PIECE_BYTES);
            int from = (int) Math.max(0, offsetBytes - start);
            int to = (int) Math.min(Preserve.PIECE_BYTES, end - start);
            int crc = location == StagedPieces.ZEROS ? 0 : batch.newDataCrc(handle, (int) (piece - first));
            stage(piece, epoch, location, placed.sequence(), placed.file(), crc, from, to, allocates);
        }
    }

    // ---- a revert

    /** Begins a revert: these pieces read as its copy until something is staged for them. */
    public void beginRevert(PieceSet pieces) {
        unreverted = pieces;
        reverting = true;
    }

    /** Ends a revert. */
    public void endRevert() {
        unreverted = null;
        reverting = false;
    }

    /** Returns whether there is a revert; needs no mutex. */
    public boolean reverting() {
        return reverting;
    }

    /** Returns whether a piece still reads as the copy of a revert. */
    public boolean unreverted(long piece) {
        return unreverted != null && unreverted.contains(piece);
    }

    /** Returns the first piece from one on that still reads as the copy of a revert, or {@link PieceSet#NONE}. */
    public long nextUnreverted(long from) {
        return unreverted == null ? PieceSet.NONE : unreverted.next(from);
    }

    /** Returns how many pieces still read as the copy of a revert. */
    public long unrevertedCount() {
        return unreverted == null ? 0 : unreverted.count();
    }

    /** Shows all that is staged and preserved to somebody. Takes the mutex itself, and reads runs without it. */
    void show(RevertWork to, Throttle throttle) throws StoreException {
        RunSet pinned;
        mutex.lock();
        try {
            to.take(staged); // Before it can leave: then it is in the index.
            to.take(tail);
            if (frozen != null) {
                to.take(frozen);
            }
            pinned = runs;
            pinned.pin();
        } finally {
            mutex.unlock();
        }
        try {
            to.take(pinned.runs(), throttle);
        } finally {
            pinned.unpin();
        }
    }

    /**
     * Sets what writes preserve for: pieces preserved for older ones stay so.
     *
     * @param epoch of the newest shadow copy, bookmark or open cut, 0 for none
     * @param cut epoch of the open cut, 0 for none
     */
    public void newestCopy(long epoch, long cut) {
        newestCopy = epoch;
        openCut = cut;
    }

    /** Returns whether a write to these pieces in the live epoch needs nothing preserved, by the bitmap alone. */
    public boolean preserved(long firstPiece, long count) {
        return newestCopy == 0 || bitmap.all(firstPiece, count, newestCopy);
    }

    /**
     * Collects the pieces of a range that a write must preserve first, and sets the bits of the others: those owe that have
     * no durable record newer than {@code copyBelow}. Takes the mutex itself. Only a volume's settling task adds records, so
     * to it the answer stays true; others may be told of a piece that is preserved meanwhile.
     *
     * @param copyBelow newest copy or open cut older than the write's epoch, 0 for none
     * @param pieces takes them, in order; long enough
     * @param scratch for the look-up
     * @return how many
     * @throws StoreException if the index cannot be read; nobody may write to the pieces then
     */
    public int owed(long firstPiece, long lastPiece, long copyBelow, long[] pieces, Lookup scratch)
            throws StoreException {
        int count = 0;
        for (long first = firstPiece; copyBelow > 0 && first <= lastPiece; first += Lookup.MAX_PIECES) {
            lookupOwed(first, (int) Math.min(Lookup.MAX_PIECES, lastPiece - first + 1), copyBelow, scratch);
            for (int i = 0; i < scratch.count(); i++) {
                if (!scratch.found(i)) {
                    pieces[count++] = first + i;
                }
            }
        }
        return count;
    }

    /**
     * Looks up what writes to a range, of an epoch above {@code copyBelow}, owe: the pieces for which nothing is found. What
     * is found gets its bit. Takes the mutex itself.
     *
     * @param copyBelow newest copy or open cut older than the writes' epoch, not 0
     * @throws StoreException if the index cannot be read; nobody may write to the pieces then
     */
    public void lookupOwed(long firstPiece, int count, long copyBelow, Lookup result) throws StoreException {
        lookup(firstPiece, count, copyBelow, result);
        mutex.lock();
        try {
            for (int i = 0; i < count; i++) {
                if (result.found(i)) {
                    bitmap.set(firstPiece + i, result.epoch(i), newestCopy);
                }
            }
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Finds the exceptions that copy {@code epoch} reads for a range: of each piece that of the smallest epoch above it; and
     * what is staged of that epoch or an older one, as of the same moment. Takes the mutex itself, and reads runs without it.
     *
     * @param count 1 to {@link Lookup#MAX_PIECES}
     * @throws StoreException if the index cannot be read
     */
    public void lookup(long firstPiece, int count, long epoch, Lookup result) throws StoreException {
        RunSet pinned;
        mutex.lock();
        try {
            result.begin(firstPiece, count, tailNumber);
            for (int i = 0; i < count && !staged.isEmpty(); i++) {
                long slot = staged.newest(firstPiece + i, epoch);
                if (slot != StagedPieces.NONE) {
                    result.stagedAt(i, slot, staged.location(slot), staged.crc(slot));
                }
            }
            for (int i = 0; i < count; i++) {
                tail.find(firstPiece + i, epoch, i, result);
            }
            if (frozen != null) {
                for (int i = 0; i < count; i++) {
                    frozen.find(firstPiece + i, epoch, i, result);
                }
            }
            if (!runs.mayHold(volume, epoch)) {
                return;
            }
            pinned = runs;
            pinned.pin();
        } finally {
            mutex.unlock();
        }
        try {
            for (int i = pinned.runs().size() - 1; i >= 0; i--) {
                pinned.runs().get(i).find(volume, epoch, result);
            }
        } finally {
            pinned.unpin();
        }
    }

    /**
     * Returns whether copy {@code epoch} may have got an exception, or something staged, for any piece of a part of a
     * look-up's range since then, where the look-up found neither; never says no wrongly (I9). Takes the mutex itself.
     */
    public boolean appeared(Lookup since, int from, int to, long epoch) {
        mutex.lock();
        try {
            if (since.tailNumber() != tailNumber) {
                return true; // What came since may be in the frozen tail or a run: look again.
            }
            for (int i = from; i < to; i++) {
                if (tail.newestEpoch(since.firstPiece() + i) > epoch
                        || staged.newest(since.firstPiece() + i, epoch) != StagedPieces.NONE) {
                    return true;
                }
            }
            return false;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Begins to go through the pieces of a range that were written to in epochs above one and up to another, as of this
     * moment; see {@link ChangeScan} for what is exact about it. Takes the mutex itself, and the scan does for short whiles.
     *
     * @param above epoch of a shadow copy that exists, or the answer misses what nobody needs any more
     * @param through {@link Long#MAX_VALUE} for the live volume
     * @return to be closed; it ends early, behind one piece at least, where it would have to read more than 16 MiB of a run
     */
    public ChangeScan changes(long firstPiece, long endPiece, long above, long through) {
        mutex.lock();
        try {
            RunSet pinned = runs.mayHold(volume, above) ? runs : null;
            long end = endPiece;
            if (pinned != null) {
                pinned.pin();
                end = pinned.endOf(volume, firstPiece, endPiece, above, SCAN_BLOCKS);
            }
            List<TailChanges> tails = new ArrayList<>();
            if (tail.count() > 0) {
                tailRegions = tailRegions == null ? new TailRegions(tail) : tailRegions;
                tails.add(new TailChanges(mutex, tailRegions, tail.count(), firstPiece, end, above, through));
            }
            if (frozen != null && frozen.count() > 0) {
                frozenRegions = frozenRegions == null ? new TailRegions(frozen) : frozenRegions;
                tails.add(new TailChanges(mutex, frozenRegions, frozen.count(), firstPiece, end, above, through));
            }
            long[] stagedPieces = staged.pieces(firstPiece, end, above, through);
            return new ChangeScan(stagedPieces, tails, pinned, volume, firstPiece, end, above, through);
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many pieces are preserved, counted once per epoch. */
    public long count() {
        return tail.count() + (frozen == null ? 0 : frozen.count()) + runs.entries(volume);
    }

    /** Returns the bytes of payload of all exceptions. */
    public long payloadBytes() {
        return tailPayloadBytes + frozenPayloadBytes + runs.payloadBytes(volume);
    }

    /** Returns the highest epoch of any record, 0 for none. */
    long highestEpoch() {
        return highestEpoch;
    }

    /** Notes the highest epoch of records that are in runs or were left out of them. */
    void recorded(long epoch) {
        highestEpoch = Math.max(highestEpoch, epoch);
    }

    /** Returns the epoch of the open cut, 0 for none. */
    long openCut() {
        return openCut;
    }

    /** Returns how many exceptions are in the tail. */
    int tailCount() {
        return tail.count();
    }

    /** Begins a new tail and returns the old one, which is looked at until {@link #runs} is called. */
    ExceptionIndex freeze() {
        if (frozen != null) {
            throw new IllegalStateException("volume " + volume + ": a tail is frozen already");
        }
        frozen = tail;
        frozenPayloadBytes = tailPayloadBytes;
        frozenRegions = tailRegions;
        tail = new ExceptionIndex();
        tailRegions = null;
        tailPayloadBytes = 0;
        tailNumber++;
        return frozen;
    }

    // ---- for scrubs

    /** Returns the runs that there are now, pinned: the caller unpins them. Takes the mutex itself. */
    RunSet pinRuns() {
        mutex.lock();
        try {
            runs.pin();
            return runs;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the frozen tail, if there is one, and the tail, for {@link #entriesOf}. Takes the mutex itself. */
    List<ExceptionIndex> tails() {
        mutex.lock();
        try {
            return frozen == null ? List.of(tail) : List.of(frozen, tail);
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many exceptions a tail has. Takes the mutex itself. */
    int countOf(ExceptionIndex of) {
        mutex.lock();
        try {
            return of.count();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns some exceptions of a tail, in the order in which they came. Takes the mutex itself. */
    List<ScrubWalk.Entry> entriesOf(ExceptionIndex of, int from, int to) {
        List<ScrubWalk.Entry> entries = new ArrayList<>();
        mutex.lock();
        try {
            for (int i = from; i < to; i++) {
                entries.add(new ScrubWalk.Entry(of.piece(i), of.epoch(i), of.location(i), of.crc(i)));
            }
        } finally {
            mutex.unlock();
        }
        return entries;
    }

    /** Takes the runs that there are now, the frozen tail among them. */
    void runs(RunSet now) {
        runs = now;
        frozen = null;
        frozenRegions = null;
        frozenPayloadBytes = 0;
    }

    /**
     * Takes a preserve or moved entry into index and bitmap; its batch must be durable (I1, I3).
     *
     * @return how many exceptions are new in the tail
     */
    int publish(ByteBuffer head, int entry, long payloadLocation) {
        long epoch = Preserve.epoch(head, entry);
        long firstPiece = Preserve.chunk(head, entry) * piecesPerChunk;
        boolean raw = EntryHeader.codec(head, entry) == EntryHeader.CODEC_RAW;
        long location = payloadLocation + Preserve.payloadPiece(head, entry) * (long) Preserve.PIECE_BYTES;
        boolean moved = EntryHeader.type(head, entry) == EntryHeader.MOVED;
        int rank = 0;
        int added = 0;
        for (int i = 0; i < piecesPerChunk; i++) {
            if (Preserve.holds(head, entry, i)) {
                long at = raw ? location + rank * (long) Preserve.PIECE_BYTES : ZEROS;
                int crc = raw ? Preserve.crc(head, entry, piecesPerChunk, rank) : 0;
                if (tail.insert(firstPiece + i, epoch, at, crc, moved)) {
                    tailPayloadBytes += raw ? Preserve.PIECE_BYTES : 0;
                    added++;
                }
                bitmap.set(firstPiece + i, epoch, newestCopy);
                rank++;
            }
        }
        highestEpoch = Math.max(highestEpoch, epoch);
        return added;
    }
}
