/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What the settling task of one volume does next, and all that this depends on: what is staged and released, who waits for it,
 * what was refused, and who asked for what. {@link Settler} does it, and says what came of it. Thread-safe; {@link #next} and
 * what follows it are for the task.
 */
final class SettleAgenda {
    /** Released data waits at most so long for the force that lets it be marked. */
    private static final long FORCE_NANOS = 5_000_000_000L;

    /** Pause before what the origin or the diff area refused is tried again. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    /**
     * What is staged waits so long for more to be settled with: a group of its own costs a write and a force of the log and
     * wakes two tasks, on the processors that clients want, and nobody waits for it.
     */
    private static final long GATHER_NANOS = 2_000_000L;

    /** So many pieces are settled at once. */
    private static final int GATHER_PIECES = 32;

    /** A volume's origin is forced when this part of the chain is taken by what it has released. */
    private static final int FORCE_SHARE = 4;

    private final Store store;
    private final VolumeFlushes flushes;
    private final StagedPieces staged;
    private final Clock clock;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private boolean closing;
    private boolean hurried;
    private boolean forceAsked;
    private boolean releaseAgain;
    private boolean still;
    private boolean stands;
    private long forcedBelow;
    private long lastForcedBelow;
    private long releasedSince;
    private long retryAt = Long.MIN_VALUE;
    private long gatheringSince;
    private boolean gathering;
    private final ArrayDeque<Through> through = new ArrayDeque<>();
    private boolean ended;

    private volatile SettleGroup.Outcome last = SettleGroup.Outcome.done(0);

    /** What there is to do. */
    enum Work {
        GROUP,
        FORCE,
        MARK,
        RELEASE_AGAIN,
        TELL,
        REFUSE,
        END
    }

    /** Somebody who waits until what he staged is in the origin: all slots below {@code end}. */
    record Through(long end, Completion completion) {}

    SettleAgenda(Store store, VolumeFlushes flushes, StagedPieces staged, Clock clock, Scheduler scheduler) {
        this.store = store;
        this.flushes = flushes;
        this.staged = staged;
        this.clock = clock;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    /** Says that there is something new to settle, or that what was refused may go now; little of it wakes nobody at once. */
    void wake() {
        mutex.lock();
        try {
            if (!gathering || !mayGather()) {
                changed.signalAll();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** As {@link #wake}, and forgets the pause after a refusal. */
    void retry() {
        mutex.lock();
        try {
            retryAt = Long.MIN_VALUE;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Adds somebody who waits until all slots below {@code end} are in the origin; returns false once the task has ended. */
    boolean waitFor(long end, Completion completion) {
        mutex.lock();
        try {
            if (ended) {
                return false;
            }
            through.add(new Through(end, completion));
            changed.signalAll();
            return true;
        } finally {
            mutex.unlock();
        }
    }

    /** Asks for everything that is released to be marked soon. */
    void hurry() {
        mutex.lock();
        try {
            hurried = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Lets no further work begin, until {@link #goOn}. */
    void standStill() {
        mutex.lock();
        try {
            still = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Waits until no work is under way, until that time at most; returns whether it came to that. */
    boolean awaitStill(long untilNanos) {
        mutex.lock();
        try {
            while (still && !stands && !ended) {
                long left = untilNanos - clock.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.await(left);
            }
            return true;
        } finally {
            mutex.unlock();
        }
    }

    /** Ends {@link #standStill}. */
    void goOn() {
        mutex.lock();
        try {
            still = false;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Says that a force of the origin failed: what was released may not be there, and is released again. */
    void releaseAgain() {
        mutex.lock();
        try {
            releaseAgain = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Asks for what can be settled to be, and for the task to end. */
    void close() {
        mutex.lock();
        try {
            closing = true;
            retryAt = Long.MIN_VALUE;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns what the last try came to. */
    SettleGroup.Outcome last() {
        return last;
    }

    /** Waits until there is something to do, and returns it; after {@link Work#END} nothing is. */
    Work next() {
        mutex.lock();
        try {
            while (true) {
                long now = clock.nanoTime();
                while (still && !closing) {
                    stands = !forceAsked;
                    changed.signalAll();
                    changed.await();
                }
                stands = false;
                if (releaseAgain) {
                    return Work.RELEASE_AGAIN;
                }
                if (!through.isEmpty() && through.peek().end <= staged.released()) {
                    return Work.TELL;
                }
                boolean able = able();
                boolean unreleased = staged.released() < staged.end();
                boolean released = Math.max(staged.first(), lastForcedBelow) < staged.released();
                if (able && forcedBelow > staged.first()) {
                    return Work.MARK;
                }
                if (able && released && !forceAsked && forceDue(now, unreleased)) {
                    return Work.FORCE;
                }
                if (able && unreleased && now >= groupDue(now)) {
                    gathering = false;
                    return Work.GROUP;
                }
                if (!through.isEmpty() && (!able || last.status() != IoStatus.OK)) {
                    return Work.REFUSE;
                }
                boolean stuck = !able || (!forceAsked && last.status() != IoStatus.OK);
                if (closing && (staged.isEmpty() || (stuck && !forceAsked))) {
                    ended = true;
                    return Work.END;
                }
                await(now, able, unreleased, released);
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether neither the store nor a force of the origin has failed for good. */
    boolean able() {
        return store.writable() && flushes.ownFailure().isEmpty();
    }

    private boolean forceDue(long now, boolean unreleased) {
        return hurried
                || now - releasedSince >= FORCE_NANOS
                || staged.released() - staged.first() >= store.staging().capacityPieces() / FORCE_SHARE
                || (closing && (!unreleased || last.status() != IoStatus.OK));
    }

    /** Returns when what is staged is to be settled, and begins to gather if it is little. Needs the mutex. */
    private long groupDue(long now) {
        if (!mayGather()) {
            return retryAt;
        }
        if (!gathering) {
            gathering = true;
            gatheringSince = now;
        }
        return Math.max(retryAt, gatheringSince + GATHER_NANOS);
    }

    /** Returns whether what is staged is little, and nobody waits for it. Needs the mutex. */
    private boolean mayGather() {
        return staged.end() - staged.released() < GATHER_PIECES && through.isEmpty() && !hurried && !closing;
    }

    private void await(long now, boolean able, boolean unreleased, boolean released) {
        long wait = Long.MAX_VALUE;
        if (able && unreleased) {
            wait = Math.min(wait, groupDue(now) - now);
        } else {
            gathering = false; // or a wake after the failure would be taken for little more of what is gathered
        }
        if (able && released && !forceAsked) {
            wait = Math.min(wait, releasedSince + FORCE_NANOS - now);
        }
        if (wait == Long.MAX_VALUE) {
            changed.await();
        } else {
            changed.await(Math.max(1, wait));
        }
    }

    /** Notes what a try came to. */
    void tried(SettleGroup.Outcome outcome) {
        mutex.lock();
        try {
            last = outcome;
            if (outcome.status() != IoStatus.OK) {
                hurried = true; // what is released may leave, and be written straight
                retryAt = clock.nanoTime() + RETRY_NANOS;
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Notes that something is released, where nothing was before. */
    void firstReleased() {
        mutex.lock();
        try {
            releasedSince = clock.nanoTime();
        } finally {
            mutex.unlock();
        }
    }

    /** Takes those out who wait for what is released now, or all. */
    List<Through> takeTold(long released, boolean all) {
        List<Through> told = new ArrayList<>();
        mutex.lock();
        try {
            for (Iterator<Through> each = through.iterator(); each.hasNext(); ) {
                Through next = each.next();
                if (next.end <= released || all) {
                    told.add(next);
                    each.remove();
                }
            }
        } finally {
            mutex.unlock();
        }
        return told;
    }

    /** Notes that a force of the origin begins. */
    void forceBegins() {
        mutex.lock();
        try {
            forceAsked = true;
            hurried = false;
        } finally {
            mutex.unlock();
        }
    }

    /** Notes how the force ended that began when all slots below an id were released. */
    void forced(long below, IoStatus status) {
        mutex.lock();
        try {
            forceAsked = false;
            if (status == IoStatus.OK) {
                forcedBelow = Math.max(forcedBelow, below);
                lastForcedBelow = Math.max(lastForcedBelow, below);
            }
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the id below which all slots may be marked; what is released after them waits from now on. */
    long markBegins() {
        mutex.lock();
        try {
            releasedSince = clock.nanoTime();
            return forcedBelow;
        } finally {
            mutex.unlock();
        }
    }

    /** Notes that what could be marked has left. */
    void marked() {
        mutex.lock();
        try {
            forcedBelow = staged.first();
        } finally {
            mutex.unlock();
        }
    }

    /** Notes that nothing counts as released any more. */
    void unreleased() {
        mutex.lock();
        try {
            releaseAgain = false;
            lastForcedBelow = 0;
        } finally {
            mutex.unlock();
        }
    }
}
