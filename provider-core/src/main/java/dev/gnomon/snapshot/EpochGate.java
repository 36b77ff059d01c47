/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Mutex;
import dev.gnomon.store.VolumeExceptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gives each write of one volume its epoch and its range of pieces, and is where a cut closes an epoch.
 *
 * <p>A write enters with the pieces that it touches, is alone on them until it leaves (in the origin, or in the staging
 * chain), and belongs to the epoch that was live when it entered. Nobody waits to enter: a write whose pieces are taken is
 * kept, and handed out when one leaves. A cut switches the live epoch under the mutex: it waits for no I/O.
 *
 * <p>Guarded by the mutex of {@link VolumeExceptions}. <b>Invariants:</b> no two writes inside share a piece; of two
 * writes to a piece the one that entered later has no lower epoch; epochs only rise; the newest copy or open cut is the
 * one that {@link VolumeExceptions} preserves for.
 */
final class EpochGate {
    /** The write was not let in: it has to wait, or to be staged. */
    static final int REFUSED = -1;

    private static final int FIRST_SLOTS = 16;
    private static final long FREE = 0;

    private final VolumeExceptions exceptions;
    private final Mutex mutex;
    private final Mutex.Condition left;
    private long liveEpoch;
    private long[] copies = new long[0];
    private long openCut;
    private long revertFloor;
    private boolean suspended;
    private long[] firstPieces = new long[FIRST_SLOTS];
    private long[] lastPieces = new long[FIRST_SLOTS];
    private long[] epochs = new long[FIRST_SLOTS];
    private boolean[] direct = new boolean[FIRST_SLOTS];
    private int slots;
    private long directEntered;
    private int directInside;
    private final List<WriteRequest> blocked = new ArrayList<>();

    EpochGate(VolumeExceptions exceptions, long liveEpoch, List<Long> copyEpochs) {
        this.exceptions = exceptions;
        this.mutex = exceptions.mutex();
        this.left = mutex.newCondition();
        this.liveEpoch = liveEpoch;
        copies(copyEpochs);
    }

    /** How a write got in. */
    enum Entry {
        /** Straight to the origin. */
        DIRECT,
        /** Into the staging chain. */
        STAGED,
        /** Not at all: somebody is on its pieces, or no write is let in. {@link #leave} hands it out again. */
        BLOCKED
    }

    /**
     * Enters if nobody is on these pieces and they may be written straight: all preserved, none staged.
     *
     * @return the slot or {@link #REFUSED}
     */
    int enterDirect(long firstPiece, long lastPiece) {
        mutex.lock();
        try {
            if (suspended || occupied(firstPiece, lastPiece) || !straight(firstPiece, lastPiece)) {
                return REFUSED;
            }
            return take(firstPiece, lastPiece, true);
        } finally {
            mutex.unlock();
        }
    }

    /** Enters with a request that then knows its slot and epoch, or keeps it until nobody is on its pieces. */
    Entry enter(WriteRequest request) {
        mutex.lock();
        try {
            if (suspended || occupied(request.firstPiece(), request.lastPiece())) {
                blocked.add(request);
                return Entry.BLOCKED;
            }
            boolean direct = straight(request.firstPiece(), request.lastPiece());
            request.entered(take(request.firstPiece(), request.lastPiece(), direct), liveEpoch);
            return direct ? Entry.DIRECT : Entry.STAGED;
        } finally {
            mutex.unlock();
        }
    }

    private boolean straight(long firstPiece, long lastPiece) {
        long count = lastPiece - firstPiece + 1;
        return exceptions.preserved(firstPiece, count) && !exceptions.staged().any(firstPiece, count, Long.MAX_VALUE);
    }

    /** Ends a write. Returns the requests that it kept out, or others that may still be; they must be entered again. */
    List<WriteRequest> leave(int slot) {
        mutex.lock();
        try {
            epochs[slot] = FREE;
            directInside -= direct[slot] ? 1 : 0;
            while (slots > 0 && epochs[slots - 1] == FREE) {
                slots--;
            }
            left.signalAll();
            if (blocked.isEmpty()) {
                return List.of();
            }
            List<WriteRequest> again = List.copyOf(blocked);
            blocked.clear();
            return again;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many writes have gone straight to the origin, or begun to. */
    long directEntered() {
        mutex.lock();
        try {
            return directEntered;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many writes have gone straight to the origin if all of them have left, else -1. */
    long directEnteredIfQuiet() {
        mutex.lock();
        try {
            return directInside == 0 ? directEntered : -1;
        } finally {
            mutex.unlock();
        }
    }

    /** Waits until no write is inside and none is kept out. */
    void awaitEmpty() {
        mutex.lock();
        try {
            while (slots > 0 || !blocked.isEmpty()) {
                left.await();
            }
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
        exceptions.newestCopy(closed, openCut);
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

    // ---- a revert

    /** Lets no write in until {@link #admit}. */
    void suspend() {
        mutex.lock();
        try {
            suspended = true;
        } finally {
            mutex.unlock();
        }
    }

    /** Lets writes in again. Returns those that were kept out meanwhile; they must be entered again. */
    List<WriteRequest> admit() {
        mutex.lock();
        try {
            suspended = false;
            List<WriteRequest> again = List.copyOf(blocked);
            blocked.clear();
            return again;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Begins a revert: the epoch before its first counts like that of a copy, so that each piece that is written gets a
     * record of an epoch of the revert.
     */
    void beginRevert(long firstEpoch) {
        mutex.lock();
        try {
            revertFloor = firstEpoch - 1;
            exceptions.newestCopy(copyBelow(Long.MAX_VALUE), openCut);
        } finally {
            mutex.unlock();
        }
    }

    /** Ends a revert. */
    void endRevert() {
        mutex.lock();
        try {
            revertFloor = 0;
            exceptions.newestCopy(copyBelow(Long.MAX_VALUE), openCut);
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether a write of that epoch belongs to a revert that is going on. The mutex must be held. */
    boolean ofRevert(long epoch) {
        return revertFloor > 0 && epoch > revertFloor;
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
        exceptions.newestCopy(copyBelow(Long.MAX_VALUE), openCut);
    }

    /**
     * Returns the newest copy or open cut older than an epoch, or the last epoch before a revert, 0 if there is none: what a
     * write of that epoch must have a record for. The mutex must be held.
     */
    long copyBelow(long epoch) {
        return Math.max(readBelow(epoch), ofRevert(epoch) ? revertFloor : 0);
    }

    /**
     * Returns the newest copy or open cut older than an epoch, 0 if there is none: what may read the old bytes of a write of
     * that epoch. The mutex must be held.
     */
    long readBelow(long epoch) {
        long below = openCut < epoch ? openCut : 0;
        for (int i = copies.length - 1; i >= 0; i--) {
            if (copies[i] < epoch) {
                return Math.max(below, copies[i]);
            }
        }
        return below;
    }

    /** Returns whether there is any copy or open cut that writes may have to preserve for. */
    boolean owesToCopies() {
        mutex.lock();
        try {
            return copyBelow(Long.MAX_VALUE) > 0;
        } finally {
            mutex.unlock();
        }
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

    private int take(long firstPiece, long lastPiece, boolean straight) {
        int slot = 0;
        while (slot < slots && epochs[slot] != FREE) {
            slot++;
        }
        if (slot == epochs.length) {
            firstPieces = Arrays.copyOf(firstPieces, 2 * slot);
            lastPieces = Arrays.copyOf(lastPieces, 2 * slot);
            epochs = Arrays.copyOf(epochs, 2 * slot);
            direct = Arrays.copyOf(direct, 2 * slot);
        }
        firstPieces[slot] = firstPiece;
        lastPieces[slot] = lastPiece;
        epochs[slot] = liveEpoch;
        slots = Math.max(slots, slot + 1);
        direct[slot] = straight;
        directEntered += straight ? 1 : 0;
        directInside += straight ? 1 : 0;
        return slot;
    }
}
