/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.format.StagingTable;
import java.io.IOException;
import java.util.Arrays;

/**
 * Counts, for each staging file, the slots that have not left it, and so knows which one may be used again. Thread-safe.
 *
 * <p>A file whose slots stay is held by a volume that cannot settle. Others must not wait for it, so one more file than
 * usual is used for each of these.
 *
 * <p>Zeros take a slot and no bytes, so slots are bounded besides the files: each costs memory until it leaves.
 *
 * <p><b>Invariant:</b> a file is free only when as many slots have left it as were ever put into it; the file that is
 * being appended to is never free.
 */
final class StagingRoom {
    /** No file. */
    static final int NONE = -1;

    /** After so long a volume that settles at all has done so: twice the time for which what is released waits. */
    private static final long STUCK_NANOS = 10_000_000_000L;

    private final Clock clock;
    private final Staging.Host host;
    private final StagingFiles files;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private final int[] slots = new int[StagingTable.MAX_FILES];

    /** When each file was full. */
    private final long[] fullSince = new long[StagingTable.MAX_FILES];

    private int current;
    private final long mostSlots;
    private long held;

    /** What was refused last because there were too many slots, or 0. */
    private int refused;

    private boolean closing;

    /** Takes the most slots that there may be, and the file that is appended to, or {@link #NONE}. */
    StagingRoom(Staging.Host host, StagingFiles files, Clock clock, Scheduler scheduler, long mostSlots, int current) {
        this.mostSlots = mostSlots;
        this.clock = clock;
        this.host = host;
        this.files = files;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.current = current;
        Arrays.fill(fullSince, clock.nanoTime());
    }

    /** Returns whether so many slots more may be counted in; those of a single batch always if there are no others. */
    boolean admits(int slotCount) {
        mutex.lock();
        try {
            refused = isCrowdedFor(slotCount) ? slotCount : 0;
            return refused == 0;
        } finally {
            mutex.unlock();
        }
    }

    private boolean isCrowdedFor(int slotCount) {
        return held > 0 && held + slotCount > mostSlots;
    }

    /** Counts slots in. */
    void hold(int file, int slotCount) {
        mutex.lock();
        try {
            held += slotCount;
            slots[file] += slotCount;
        } finally {
            mutex.unlock();
        }
    }

    /** Counts slots out; {@code leaving} has a number for each file. */
    void leave(int[] leaving) {
        mutex.lock();
        try {
            for (int i = 0; i < slots.length; i++) {
                slots[i] -= leaving[i];
                held -= leaving[i];
            }
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns a file that holds nothing, or {@link #NONE}. */
    int free() {
        mutex.lock();
        try {
            return freeLocked();
        } finally {
            mutex.unlock();
        }
    }

    /** Notes that another file is appended to. */
    void current(int file) {
        mutex.lock();
        try {
            if (current != NONE) {
                fullSince[current] = clock.nanoTime();
            }
            current = file;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether a file neither holds anything nor is being appended to. */
    boolean isFree(int file) {
        mutex.lock();
        try {
            return isFreeLocked(file);
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many files there may be now. */
    private int most() {
        long now = clock.nanoTime();
        int most = Staging.FILES;
        mutex.lock();
        try {
            for (int i = 0; i < files.count(); i++) {
                most += i != current && slots[i] > 0 && now - fullSince[i] > STUCK_NANOS ? 1 : 0;
            }
        } finally {
            mutex.unlock();
        }
        return Math.min(most, StagingTable.MAX_FILES);
    }

    /**
     * Waits until what was refused is admitted, or a file is free, or one more is prepared, or the time is up; returns
     * whether it came to that.
     */
    boolean await(long timeoutNanos) throws IOException {
        if (!isCrowded() && files.count() < most() && files.await(files.count() + 1)) {
            return true;
        }
        mutex.lock();
        try {
            boolean inTime = true;
            while (!isThereLocked() && !closing && inTime && host.writable()) {
                inTime = changed.await(timeoutNanos);
            }
            return isThereLocked();
        } finally {
            mutex.unlock();
        }
    }

    private boolean isCrowded() {
        mutex.lock();
        try {
            return refused > 0;
        } finally {
            mutex.unlock();
        }
    }

    private boolean isThereLocked() {
        return refused > 0 ? !isCrowdedFor(refused) : freeLocked() != NONE;
    }

    private int freeLocked() {
        for (int i = 0; i < files.count(); i++) {
            if (isFreeLocked(i)) {
                return i;
            }
        }
        return NONE;
    }

    private boolean isFreeLocked(int file) {
        return file != current && slots[file] == 0;
    }

    /** Lets nobody wait any more. */
    void close() {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }
}
