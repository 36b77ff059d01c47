/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;

/**
 * Brings the new data of one volume from the staging chain to its origin: preserves what it owes, releases it, has the
 * origin forced now and then, and marks it settled. One task, which does what {@link SettleAgenda} says.
 *
 * <p>States of a staged piece, in this order: staged; released (in the origin, its old bytes preserved durably); forced;
 * marked, and gone.
 *
 * <p><b>Invariants:</b> slots are released in order, and only this task lets them leave, so what it reads of them stays in
 * place; nothing is released before {@link SettleGroup} has preserved for it (I1); nothing is marked before a force of the
 * origin that began after its release.
 */
final class Settler {
    private final LiveVolume volume;
    private final VolumeFlushes flushes;
    private final Staging staging;
    private final VolumeExceptions exceptions;
    private final StagedPieces staged;
    private final SettleGroup group;
    private final SettleAgenda agenda;
    private final Scheduler.Task task;

    Settler(
            LiveVolume volume,
            VolumeFlushes flushes,
            Store store,
            SettleGroup group,
            Clock clock,
            Scheduler scheduler) {
        this.volume = volume;
        this.flushes = flushes;
        this.staging = store.staging();
        this.exceptions = store.exceptions(volume.number());
        this.staged = exceptions.staged();
        this.group = group;
        this.agenda = new SettleAgenda(store, flushes, staged, clock, scheduler);
        this.task = scheduler.start("gnomon-settle-" + volume.name(), this::run);
    }

    /** Says that there is something new to settle, or that what was refused may go now; little of it wakes nobody at once. */
    void wake() {
        agenda.wake();
    }

    /** As {@link #wake}, and forgets the pause after a refusal. */
    void retry() {
        agenda.retry();
    }

    /**
     * Tells when all slots below {@code end} are in the origin, their old bytes preserved durably; or that this was refused,
     * and is tried again.
     */
    void whenReleased(long end, Completion completion) {
        if (!agenda.waitFor(end, completion)) {
            completion.complete(end <= staged.released() ? IoStatus.OK : IoStatus.GONE);
        }
    }

    /** Asks for everything that is released to be marked soon, because the chain is full. */
    void hurry() {
        agenda.hurry();
    }

    /** Returns why what was acknowledged is kept in the chain: what the origin said, or the index; OK if it is not. */
    IoStatus degraded() {
        SettleGroup.Outcome outcome = agenda.last();
        return switch (outcome.refuser()) {
            case ORIGIN, INDEX -> outcome.status();
            case NOBODY, DIFF_AREA, STORE -> IoStatus.OK;
        };
    }

    /** Returns why new data stays in the chain, for people; empty if it does not. */
    String refusalReason() {
        return agenda.last().reason();
    }

    /**
     * Asks for no further I/O of this task's, until {@link #goOn}. What it has begun goes on; see {@link #awaitStill}.
     * What clients write meanwhile waits in the chain.
     */
    void standStill() {
        agenda.standStill();
    }

    /** Waits until no I/O of this task's is under way, until that time at most; returns whether it came to that. */
    boolean awaitStill(long untilNanos) {
        return agenda.awaitStill(untilNanos);
    }

    /** Ends {@link #standStill}. */
    void goOn() {
        agenda.goOn();
    }

    /** Says that a force of the origin failed: what was released may not be there, and is released again. */
    void releaseAgain() {
        agenda.releaseAgain();
    }

    /** Settles what can be and ends the task; nothing may be staged any more. */
    void close() {
        agenda.close();
        task.join();
    }

    private void run() {
        while (true) {
            switch (agenda.next()) {
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

    /** Tells those who waited for what is released now; all of them, if {@code others} is not OK. */
    private void tellReleased(IoStatus others) {
        long released = staged.released();
        for (SettleAgenda.Through each : agenda.takeTold(released, others != IoStatus.OK)) {
            each.completion().complete(each.end() <= released ? IoStatus.OK : others);
        }
    }

    /** Tells those who wait what the last try came to: they do not wait for the next one. */
    private void refuseWaiting() {
        tellReleased(agenda.able() ? agenda.last().status() : IoStatus.IO_ERROR);
    }

    private void settleGroup() {
        SettleGroup.Outcome outcome = group.settle();
        if (outcome.refuser() == SettleGroup.Refuser.DIFF_AREA) {
            volume.starved();
        }
        volume.settling(agenda.last(), outcome);
        agenda.tried(outcome);
        if (outcome.status() != IoStatus.OK) {
            return;
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
            agenda.firstReleased();
        }
    }

    private void askForce() {
        long below = staged.released();
        agenda.forceBegins();
        flushes.forceOrigin(status -> agenda.forced(below, status));
    }

    private void mark() {
        long below = agenda.markBegins();
        long through = 0;
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
        agenda.marked();
    }

    private void unrelease() {
        exceptions.mutex().lock();
        try {
            volume.share().takeAnyway(staged.released() - staged.first());
            staged.unrelease();
        } finally {
            exceptions.mutex().unlock();
        }
        agenda.unreleased();
    }
}
