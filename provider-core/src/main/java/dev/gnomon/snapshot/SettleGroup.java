/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.store.Lookup;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import dev.gnomon.volume.Origin.Zeroing;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The oldest staged pieces of a volume on their way to the origin: reads the old bytes of those that owe them, commits
 * these in one batch, and when that is durable writes the new bytes. Confined to the settling task.
 *
 * <p><b>Invariants:</b> the origin is written only after {@link Store#preserve} has returned OK for every piece of the
 * group that owed (I1); old bytes are what the newest copy older than the write would read: new data of its epochs over
 * the origin (I8), never through a revert; records of a piece come in the order of their epochs; during a revert a piece
 * gets a record of one of its epochs only when its new data is durable, and is written to the origin only then.
 */
final class SettleGroup {
    private static final int PIECE = Preserve.PIECE_BYTES;
    private static final int MAX_PIECES = 2048;
    private static final int RUN_BYTES = 1 << 20;
    private static final long IN_ORIGIN = -2;

    private final EpochGate gate;
    private final Store store;
    private final Staging staging;
    private final VolumeExceptions exceptions;
    private final StagedPieces staged;
    private final Origin origin;
    private final int volume;
    private final BatchWriter batch;
    private final int maxOwed;
    private @Nullable ByteBuffer run;
    private final Lookup lookup = new Lookup();

    private final long[] piece = new long[MAX_PIECES];
    private final long[] epoch = new long[MAX_PIECES];
    private final long[] location = new long[MAX_PIECES];
    private final long[] sequence = new long[MAX_PIECES];
    private final long[] oldLocation = new long[MAX_PIECES];
    private final long[] below = new long[MAX_PIECES];
    private final boolean[] owes = new boolean[MAX_PIECES];
    private final int[] writtenAgain = new int[MAX_PIECES];
    private final int[] crc = new int[MAX_PIECES];
    private final int[] oldCrc = new int[MAX_PIECES];
    private final int[] from = new int[MAX_PIECES];
    private final int[] to = new int[MAX_PIECES];
    private final boolean[] allocates = new boolean[MAX_PIECES];
    private final long[] readBelow = new long[MAX_PIECES];
    private long revertThrough;
    private long begin;
    private int count;

    /** Which pieces of the group the buffer {@code run} holds: none if both are equal. */
    private int loadedFirst;

    private int loadedEnd;

    /** Who refused a group. */
    enum Refuser {
        NOBODY,
        /** It has no room for what the group owes. */
        DIFF_AREA,
        /** It cannot be read, or written to. */
        ORIGIN,
        /** It cannot be read, so nobody knows what is owed. */
        INDEX,
        /** It has failed. */
        STORE
    }

    /**
     * What became of a group.
     *
     * @param end all slots below it are released, if nobody refused
     * @param status what the refuser said
     */
    record Outcome(long end, Refuser refuser, IoStatus status, String reason) {
        static Outcome done(long end) {
            return new Outcome(end, Refuser.NOBODY, IoStatus.OK, "");
        }
    }

    SettleGroup(EpochGate gate, Store store, Origin origin, int volume, int payloadBytes) {
        this.gate = gate;
        this.store = store;
        this.staging = store.staging();
        this.exceptions = store.exceptions(volume);
        this.staged = exceptions.staged();
        this.origin = origin;
        this.volume = volume;
        this.batch = store.newBatch(payloadBytes);
        this.maxOwed = payloadBytes / PIECE;
    }

    /** A volume that nobody writes to needs none. */
    private ByteBuffer run() {
        if (run == null) {
            run = Arena.ofAuto()
                    .allocate(RUN_BYTES, BatchHeader.ALIGNMENT_BYTES)
                    .asByteBuffer();
        }
        return run;
    }

    /** Settles the next group; it is released when this returns OK, and its slots are to be told so. */
    Outcome settle() {
        try {
            take();
        } catch (StoreException e) {
            return new Outcome(
                    begin,
                    Refuser.INDEX,
                    IoStatus.IO_ERROR,
                    "what is preserved cannot be looked up: " + e.getMessage());
        }
        IoStatus read = addOldBytes();
        if (read != IoStatus.OK) {
            batch.clear();
            return new Outcome(begin, Refuser.ORIGIN, read, "old bytes cannot be read from the origin");
        }
        if (revertThrough > 0 && staging.forceThrough(revertThrough) != IoStatus.OK) {
            batch.clear();
            return new Outcome(begin, Refuser.STORE, IoStatus.IO_ERROR, "the store has failed");
        }
        IoStatus preserved = commit();
        if (preserved != IoStatus.OK) {
            return preserved == IoStatus.NO_SPACE
                    ? new Outcome(begin, Refuser.DIFF_AREA, preserved, "the diff area is full")
                    : new Outcome(begin, Refuser.STORE, preserved, "the store has failed");
        }
        IoStatus released = release();
        if (released != IoStatus.OK) {
            String why = released == IoStatus.NO_SPACE ? "no space" : "I/O error";
            return new Outcome(begin, Refuser.ORIGIN, released, "the origin refuses writes: " + why);
        }
        return Outcome.done(begin + count);
    }

    /** Decides what the group is and what it owes. */
    private void take() throws StoreException {
        exceptions.mutex().lock();
        try {
            begin = staged.released();
            revertThrough = 0;
            count = (int) Math.min(MAX_PIECES, staged.end() - begin);
            for (int at = 0; at < count; at++) {
                takePiece(at);
            }
        } finally {
            exceptions.mutex().unlock();
        }
        // Only this task adds records of the volume and lets slots leave, so what is found now stays true.
        for (int at = 0; at < count; ) {
            at = lookUp(at);
        }
        exceptions.mutex().lock();
        try {
            decide();
        } finally {
            exceptions.mutex().unlock();
        }
    }

    private void takePiece(int at) {
        long id = begin + at;
        piece[at] = staged.piece(id);
        epoch[at] = staged.epoch(id);
        location[at] = staged.location(id);
        sequence[at] = staged.sequence(id);
        crc[at] = staged.crc(id);
        from[at] = staged.from(id);
        to[at] = Math.min(staged.to(id), validBytes(piece[at]));
        readBelow[at] = gate.readBelow(epoch[at]);
        if (gate.ofRevert(epoch[at])) {
            // What is beside a smaller write in the origin is not the copy's. The chain is forced before, so it may go
            // whole.
            from[at] = 0;
            to[at] = validBytes(piece[at]);
            revertThrough = Math.max(revertThrough, sequence[at]);
        }
        allocates[at] = staged.allocates(id);
        // A copy that goes from now on makes it preserve too much; one that comes is not older than the write.
        below[at] = gate.copyBelow(epoch[at]);
        writtenAgain[at] = MAX_PIECES;
    }

    /** Looks up a row of neighbours: what is preserved of them, and where the old bytes of the others are. */
    private int lookUp(int first) throws StoreException {
        int end = first + 1;
        while (end < count
                && end - first < Lookup.MAX_PIECES
                && below[end] == below[first]
                && readBelow[end] == readBelow[first]
                && piece[end] == piece[end - 1] + 1) {
            end++;
        }
        if (below[first] > 0) {
            exceptions.lookupOwed(piece[first], end - first, below[first], lookup);
        }
        for (int at = first; at < end; at++) {
            int index = at - first;
            owes[at] = below[first] > 0 && !lookup.found(index);
            if (owes[at]) {
                boolean inOrigin = lookup.slot(index) == StagedPieces.NONE;
                oldLocation[at] = inOrigin ? IN_ORIGIN : lookup.stagedLocation(index);
                oldCrc[at] = inOrigin ? 0 : lookup.stagedCrc(index);
            }
        }
        if (below[first] > readBelow[first]) {
            lookUpReaders(first, end);
        }
        return end;
    }

    /** Gives pieces that a revert comes to, and whose old bytes no copy reads, a record without payload: it only says so. */
    private void lookUpReaders(int first, int end) throws StoreException {
        exceptions.lookup(piece[first], end - first, readBelow[first], lookup);
        for (int at = first; at < end; at++) {
            int index = at - first;
            boolean read = readBelow[first] > 0 && !lookup.found(index);
            if (!read) {
                oldLocation[at] = StagedPieces.ZEROS;
            } else if (lookup.slot(index) == StagedPieces.NONE) {
                oldLocation[at] = IN_ORIGIN;
            } else {
                oldLocation[at] = lookup.stagedLocation(index);
                oldCrc[at] = lookup.stagedCrc(index);
            }
        }
    }

    /** Leaves to the first of the versions of a piece what the group owes once, and ends the group when it owes enough. */
    private void decide() {
        int taken = count;
        int owed = 0;
        count = 0;
        while (count < taken && owed < maxOwed) {
            int at = count++;
            long id = begin + at;
            for (long older = staged.older(id); older >= begin; older = staged.older(older)) {
                int before = (int) (older - begin);
                writtenAgain[before] = isWhole(at) ? Math.min(writtenAgain[before], at) : writtenAgain[before];
                owes[at] &= !(owes[before] && epoch[before] > below[at]);
            }
            owed += owes[at] ? 1 : 0;
        }
    }

    private IoStatus addOldBytes() {
        for (int i = 0; i < count; i++) {
            if (!owes[i]) {
                continue;
            }
            if (!batch.hasRoomForPiece()) {
                count = i; // the head is full; the rest is the next group's
                break;
            }
            IoStatus status = readOld(i, batch.nextPiece());
            if (status != IoStatus.OK) {
                return status;
            }
            batch.addPiece(volume, piece[i], epoch[i]);
        }
        return IoStatus.OK;
    }

    private IoStatus readOld(int index, ByteBuffer target) {
        IoStatus status = IoStatus.OK;
        if (oldLocation[index] == IN_ORIGIN) {
            int end = target.limit();
            target.limit(target.position() + validBytes(piece[index]));
            status = origin.read(piece[index] * PIECE, target);
            target.limit(end);
        } else if (oldLocation[index] != StagedPieces.ZEROS) {
            int start = target.position();
            status = staging.read(oldLocation[index], target);
            boolean intact = status != IoStatus.OK || Staging.isIntact(target, start, oldCrc[index]);
            status = intact ? status : IoStatus.IO_ERROR;
        }
        while (status == IoStatus.OK && target.hasRemaining()) {
            target.put((byte) 0);
        }
        return status;
    }

    private int validBytes(long ofPiece) {
        return (int) Math.min(PIECE, origin.sizeBytes() - ofPiece * PIECE);
    }

    private IoStatus commit() {
        if (batch.isEmpty()) {
            return IoStatus.OK;
        }
        IoStatus status = store.preserve(batch);
        batch.clear();
        return status;
    }

    /** Writes the newest bytes of each piece of the group to the origin, neighbours at once. */
    private IoStatus release() {
        IoStatus status = IoStatus.OK;
        loadedEnd = loadedFirst; // of the group before
        for (int i = 0; i < count && status == IoStatus.OK; ) {
            if (isSuperseded(i)) {
                i++;
                continue;
            }
            int end = i + 1;
            while (end < count && end - i < RUN_BYTES / PIECE && continues(end)) {
                end++;
            }
            status = location[i] == StagedPieces.ZEROS ? writeZeros(i, end) : writeRun(i, end);
            i = end;
        }
        return status;
    }

    /** A piece that is written again in this very group is written once. */
    private boolean isSuperseded(int index) {
        return writtenAgain[index] < count;
    }

    private boolean isWhole(int index) {
        return from[index] == 0 && to[index] == validBytes(piece[index]);
    }

    /**
     * Returns whether a piece goes to the origin with the one before. Of a piece that was written in part only that part
     * goes: the sectors beside it may hold what was flushed, and a device may garble sectors that are being written.
     */
    private boolean continues(int index) {
        boolean zeros = location[index] == StagedPieces.ZEROS;
        return !isSuperseded(index)
                && to[index - 1] == PIECE
                && from[index] == 0
                && piece[index] == piece[index - 1] + 1
                && zeros == (location[index - 1] == StagedPieces.ZEROS)
                && (zeros ? allocates[index] == allocates[index - 1] : isBehind(index));
    }

    private IoStatus writeRun(int first, int end) {
        ByteBuffer run = run();
        IoStatus status = load(first, end, run);
        if (status != IoStatus.OK) {
            return status;
        }
        int start = (first - loadedFirst) * PIECE;
        for (int i = first; i < end; i++) {
            if (!Staging.isIntact(run, start + (i - first) * PIECE, crc[i])) {
                return IoStatus.IO_ERROR; // better not written than written wrong
            }
        }
        run.limit(start + (end - first - 1) * PIECE + to[end - 1]).position(start + from[first]);
        return origin.write(piece[first] * PIECE + from[first], run);
    }

    /**
     * Has the new bytes of some pieces in the buffer, with those of all that lie behind them in the chain: what came in one
     * batch is read at once, wherever it goes.
     */
    private IoStatus load(int first, int end, ByteBuffer into) {
        if (first >= loadedFirst && end <= loadedEnd) {
            into.clear();
            return IoStatus.OK;
        }
        int last = first + 1;
        while (last < count && last - first < RUN_BYTES / PIECE && isBehind(last)) {
            last++;
        }
        IoStatus status =
                staging.read(sequence[first], location[first], into.clear().limit((last - first) * PIECE));
        loadedFirst = first;
        loadedEnd = status == IoStatus.OK ? last : first;
        return status;
    }

    /** Returns whether a piece lies in the chain right behind the one before, in the same batch. */
    private boolean isBehind(int index) {
        return sequence[index] == sequence[index - 1] && location[index] == location[index - 1] + PIECE;
    }

    private IoStatus writeZeros(int first, int end) {
        long length = (end - first - 1) * (long) PIECE + to[end - 1] - from[first];
        Zeroing zeroing = allocates[first] ? Zeroing.ALLOCATE : Zeroing.HOLES_STAY;
        return origin.writeZeros(piece[first] * PIECE + from[first], length, zeroing);
    }
}
