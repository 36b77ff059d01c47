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
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Brings the new data of one volume from the staging chain to its origin: preserves what it owes, releases it, has the
 * origin forced now and then, and marks it settled. One task.
 *
 * <p>States of a staged piece, in this order: staged; released (in the origin, its old bytes preserved durably); forced;
 * marked, and gone.
 *
 * <p><b>Invariants:</b> slots are released in order, and only this task lets them leave, so what it reads of them stays in
 * place; nothing is released before {@link SettleGroup} has preserved for it (I1); nothing is marked before a force of the
 * origin that began after its release.
 */
final class Settler {
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

    private final LiveVolume volume;
    private final VolumeFlushes flushes;
    private final Store store;
    private final Staging staging;
    private final VolumeExceptions exceptions;
    private final StagedPieces staged;
    private final Clock clock;
    private final SettleGroup group;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final Scheduler.Task task;

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

    Settler(
            LiveVolume volume,
            VolumeFlushes flushes,
            Store store,
            SettleGroup group,
            Clock clock,
            Scheduler scheduler) {
        this.volume = volume;
        this.flushes = flushes;
        this.store = store;
        this.staging = store.staging();
        this.exceptions = store.exceptions(volume.number());
        this.staged = exceptions.staged();
        this.group = group;
        this.clock = clock;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.task = scheduler.start("gnomon-settle-" + volume.name(), this::run);
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

    /** Somebody who waits until what he staged is in the origin: all slots below {@code end}. */
    private record Through(long end, Completion completion) {}

    /**
     * Tells when all slots below {@code end} are in the origin, their old bytes preserved durably; or that this was refused,
     * and is tried again.
     */
    void whenReleased(long end, Completion completion) {
        mutex.lock();
        try {
            if (!ended) {
                through.add(new Through(end, completion));
                changed.signalAll();
                return;
            }
        } finally {
            mutex.unlock();
        }
        completion.complete(end <= staged.released() ? IoStatus.OK : IoStatus.GONE);
    }

    /** Tells those who waited for what is released now; all of them, if {@code others} is not OK. */
    private void tellReleased(IoStatus others) {
        long released = staged.released();
        List<Through> told = new ArrayList<>();
        mutex.lock();
        try {
            for (Iterator<Through> each = through.iterator(); each.hasNext(); ) {
                Through next = each.next();
                if (next.end <= released || others != IoStatus.OK) {
                    told.add(next);
                    each.remove();
                }
            }
        } finally {
            mutex.unlock();
        }
        for (Through each : told) {
            each.completion.complete(each.end <= released ? IoStatus.OK : others);
        }
    }

    /** Asks for everything that is released to be marked soon, because the chain is full. */
    void hurry() {
        mutex.lock();
        try {
            hurried = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns why what was acknowledged is kept in the chain: what the origin said, or the index; OK if it is not. */
    IoStatus degraded() {
        SettleGroup.Outcome outcome = last;
        return switch (outcome.refuser()) {
            case ORIGIN, INDEX -> outcome.status();
            case NOBODY, DIFF_AREA, STORE -> IoStatus.OK;
        };
    }

    /** Returns why new data stays in the chain, for people; empty if it does not. */
    String refusalReason() {
        return last.reason();
    }

    /**
     * Asks for no further I/O of this task's, until {@link #goOn}. What it has begun goes on; see {@link #awaitStill}.
     * What clients write meanwhile waits in the chain.
     */
    void standStill() {
        mutex.lock();
        try {
            still = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Waits until no I/O of this task's is under way, until that time at most; returns whether it came to that. */
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

    /** Settles what can be and ends the task; nothing may be staged any more. */
    void close() {
        mutex.lock();
        try {
            closing = true;
            retryAt = Long.MIN_VALUE;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        task.join();
    }

    private enum Work {
        GROUP,
        FORCE,
        MARK,
        RELEASE_AGAIN,
        TELL,
        REFUSE,
        END
    }

    private void run() {
        while (true) {
            switch (awaitWork()) {
                case GROUP -> settleGroup();
                case FORCE -> askForce();
                case MARK -> mark();
                case RELEASE_AGAIN -> unrelease();
                case TELL -> tellReleased(IoStatus.OK);
                case REFUSE -> refuseWaiting();
                case END -> {
                    tellReleased(IoStatus.GONE);
                    return;
                }
            }
        }
    }

    /** Tells those who wait what the last try came to: they do not wait for the next one. */
    private void refuseWaiting() {
        boolean able = store.writable() && flushes.ownFailure().isEmpty();
        IoStatus status = able ? last.status() : IoStatus.IO_ERROR;
        tellReleased(status);
    }

    private Work awaitWork() {
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
                boolean able = store.writable() && flushes.ownFailure().isEmpty();
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

    private boolean forceDue(long now, boolean unreleased) {
        return hurried
                || now - releasedSince >= FORCE_NANOS
                || staged.released() - staged.first() >= staging.capacityPieces() / FORCE_SHARE
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

    private void settleGroup() {
        SettleGroup.Outcome outcome = group.settle();
        if (outcome.refuser() == SettleGroup.Refuser.DIFF_AREA) {
            volume.starved();
        }
        mutex.lock();
        try {
            volume.settling(last, outcome);
            last = outcome;
            if (outcome.status() != IoStatus.OK) {
                hurried = true; // what is released may leave, and be written straight
                retryAt = clock.nanoTime() + RETRY_NANOS;
                return;
            }
        } finally {
            mutex.unlock();
        }
        boolean firstReleased;
        long preserved;
        exceptions.mutex().lock();
        try {
            firstReleased = staged.released() == staged.first();
            preserved = outcome.end() - staged.released();
            staged.release(outcome.end());
        } finally {
            exceptions.mutex().unlock();
        }
        volume.preserved(preserved);
        if (firstReleased) {
            mutex.lock();
            try {
                releasedSince = clock.nanoTime();
            } finally {
                mutex.unlock();
            }
        }
    }

    private void askForce() {
        long below = staged.released();
        mutex.lock();
        try {
            forceAsked = true;
            hurried = false;
        } finally {
            mutex.unlock();
        }
        flushes.forceOrigin(status -> forced(below, status));
    }

    private void forced(long below, IoStatus status) {
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

    private void mark() {
        long below;
        long through = 0;
        mutex.lock();
        try {
            below = forcedBelow;
            releasedSince = clock.nanoTime();
        } finally {
            mutex.unlock();
        }
        exceptions.mutex().lock();
        try {
            below = staged.wholeBatches(below);
            if (below > staged.first()) {
                through = staged.sequence(below - 1);
            }
        } finally {
            exceptions.mutex().unlock();
        }
        if (through > 0) {
            long sequence = staging.mark(volume.number(), through);
            if (sequence < 0) {
                return; // the store has failed, and this task has nothing more to do
            }
            flushes.mustForceThrough(sequence); // before a direct write is possible that a flush may cover
            staging.leave(exceptions, below);
            if (staged.isEmpty()) {
                staging.claim();
            }
        }
        mutex.lock();
        try {
            forcedBelow = staged.first();
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

    private void unrelease() {
        exceptions.mutex().lock();
        try {
            volume.share().takeAnyway(staged.released() - staged.first());
            staged.unrelease();
        } finally {
            exceptions.mutex().unlock();
        }
        mutex.lock();
        try {
            releaseAgain = false;
            lastForcedBelow = 0;
        } finally {
            mutex.unlock();
        }
    }
}
