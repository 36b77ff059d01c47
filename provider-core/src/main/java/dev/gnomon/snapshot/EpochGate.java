/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Mutex;
import dev.gnomon.store.Lookup;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.StoreException;
import java.util.Arrays;
import java.util.List;

/**
 * Gives each write of one volume its epoch and its range of pieces, and is where a cut closes an epoch.
 *
 * <p>A write enters with the pieces that it touches, is alone on them until it leaves, and belongs to the epoch that was
 * live when it entered. A cut switches the live epoch under the mutex: it waits for no I/O.
 *
 * <p>Guarded by the mutex of {@link VolumeExceptions}. <b>Invariants:</b> no two writes inside share a piece; of two
 * writes to a piece the one that entered later has no lower epoch; epochs only rise; the newest copy or open cut is the
 * one that {@link VolumeExceptions} preserves for.
 */
final class EpochGate {
    /** The write was not let in: it has to wait or to preserve first. */
    static final int REFUSED = -1;

    private static final int FIRST_SLOTS = 16;
    private static final long FREE = 0;

    private final VolumeExceptions exceptions;
    private final Mutex mutex;
    private final Mutex.Condition left;
    private long liveEpoch;
    private long[] copies = new long[0];
    private long openCut;
    private long[] firstPieces = new long[FIRST_SLOTS];
    private long[] lastPieces = new long[FIRST_SLOTS];
    private long[] epochs = new long[FIRST_SLOTS];
    private int slots;
    private long entered;

    EpochGate(VolumeExceptions exceptions, long liveEpoch, List<Long> copyEpochs) {
        this.exceptions = exceptions;
        this.mutex = exceptions.mutex();
        this.left = mutex.newCondition();
        this.liveEpoch = liveEpoch;
        copies(copyEpochs);
    }

    /** Enters if nobody is on these pieces and all of them are preserved; returns the slot or {@link #REFUSED}. */
    int enterDirect(long firstPiece, long lastPiece) {
        mutex.lock();
        try {
            if (occupied(firstPiece, lastPiece) || !exceptions.preserved(firstPiece, lastPiece - firstPiece + 1)) {
                return REFUSED;
            }
            return take(firstPiece, lastPiece);
        } finally {
            mutex.unlock();
        }
    }

    /** Enters if nobody is on these pieces, preserved or not. */
    int tryEnter(long firstPiece, long lastPiece) {
        mutex.lock();
        try {
            return occupied(firstPiece, lastPiece) ? REFUSED : take(firstPiece, lastPiece);
        } finally {
            mutex.unlock();
        }
    }

    /** Waits until nobody is on these pieces and enters. The caller must hold no slot. */
    int enter(long firstPiece, long lastPiece) {
        mutex.lock();
        try {
            while (occupied(firstPiece, lastPiece)) {
                left.await();
            }
            return take(firstPiece, lastPiece);
        } finally {
            mutex.unlock();
        }
    }

    /** Ends a write. */
    void leave(int slot) {
        mutex.lock();
        try {
            epochs[slot] = FREE;
            while (slots > 0 && epochs[slots - 1] == FREE) {
                slots--;
            }
            left.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Collects the pieces that the write in a slot must preserve.
     *
     * @param pieces takes them, in order; long enough
     * @return how many
     * @throws StoreException if the index cannot be read; the write must not go on
     */
    int owed(int slot, long[] pieces, Lookup scratch) throws StoreException {
        long copyBelow;
        long first;
        long last;
        mutex.lock();
        try {
            copyBelow = copyBelow(epochs[slot]);
            first = firstPieces[slot];
            last = lastPieces[slot];
        } finally {
            mutex.unlock();
        }
        // A copy that goes meanwhile makes the write preserve too much; one that comes is not older than the write.
        return exceptions.owed(first, last, copyBelow, pieces, scratch);
    }

    /** Returns the epoch of the write in a slot; only for its owner. */
    long epoch(int slot) {
        mutex.lock();
        try {
            return epochs[slot];
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many writes have entered. */
    long entered() {
        mutex.lock();
        try {
            return entered;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many writes have entered if all of them have left, else -1. */
    long enteredIfQuiet() {
        mutex.lock();
        try {
            return slots == 0 ? entered : -1;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the live epoch. */
    long liveEpoch() {
        mutex.lock();
        try {
            return liveEpoch;
        } finally {
            mutex.unlock();
        }
    }

    // ---- the cut; the mutexes of all gates of a set are held around it

    /** Closes the gate: no write enters or leaves until {@link #open}. */
    void close() {
        mutex.lock();
    }

    /** Closes the live epoch, whose number names the copy, and starts the next; the gate must be closed. */
    long cut() {
        long closed = liveEpoch;
        openCut = closed;
        liveEpoch = closed + 1;
        exceptions.newestCopy(closed);
        return closed;
    }

    /** Opens the gate. */
    void open() {
        mutex.unlock();
    }

    /** Waits until every write of that epoch or an older one has left. */
    void awaitOlder(long epoch) {
        mutex.lock();
        try {
            while (anyUpTo(epoch)) {
                left.await();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Takes the shadow copies that there are now; an open cut, become one of them or given up, is over. */
    void settleCut(List<Long> copyEpochs) {
        mutex.lock();
        try {
            openCut = 0;
            copies(copyEpochs);
        } finally {
            mutex.unlock();
        }
    }

    /** Takes the shadow copies that there are after a delete that is durable. */
    void copiesDeleted(List<Long> copyEpochs) {
        mutex.lock();
        try {
            copies(copyEpochs);
        } finally {
            mutex.unlock();
        }
    }

    private void copies(List<Long> copyEpochs) {
        copies = copyEpochs.stream().mapToLong(Long::longValue).sorted().toArray();
        exceptions.newestCopy(copyBelow(Long.MAX_VALUE));
    }

    private long copyBelow(long epoch) {
        long below = openCut < epoch ? openCut : 0;
        for (int i = copies.length - 1; i >= 0; i--) {
            if (copies[i] < epoch) {
                return Math.max(below, copies[i]);
            }
        }
        return below;
    }

    private boolean anyUpTo(long epoch) {
        for (int i = 0; i < slots; i++) {
            if (epochs[i] != FREE && epochs[i] <= epoch) {
                return true;
            }
        }
        return false;
    }

    private boolean occupied(long firstPiece, long lastPiece) {
        for (int i = 0; i < slots; i++) {
            if (epochs[i] != FREE && firstPieces[i] <= lastPiece && lastPieces[i] >= firstPiece) {
                return true;
            }
        }
        return false;
    }

    private int take(long firstPiece, long lastPiece) {
        int slot = 0;
        while (slot < slots && epochs[slot] != FREE) {
            slot++;
        }
        if (slot == epochs.length) {
            firstPieces = Arrays.copyOf(firstPieces, 2 * slot);
            lastPieces = Arrays.copyOf(lastPieces, 2 * slot);
            epochs = Arrays.copyOf(epochs, 2 * slot);
        }
        firstPieces[slot] = firstPiece;
        lastPieces[slot] = lastPiece;
        epochs[slot] = liveEpoch;
        slots = Math.max(slots, slot + 1);
        entered++;
        return slot;
    }
}
