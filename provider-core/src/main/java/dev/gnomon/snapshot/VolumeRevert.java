/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.PieceSet;
import dev.gnomon.store.RevertWork;
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reverts a volume to one of its copies: it reads as the copy at once, and a task of its own then brings the content of
 * each piece that differs into the origin, by the way that all new data takes. Thread-safe; {@link #begin} runs under the
 * engine's {@link Turn}.
 *
 * <p>States: none; begun, when its entry is durable; settled, when no piece reads as the copy any more; none again, when
 * the entry that says so is durable. A new process goes on where the records say that the last one was.
 *
 * <p><b>Invariants:</b> no write is let in between the cut and the entry; a piece is done when something is staged for it,
 * by the task or by a client, and no step is taken for one that is done; the end is written down only when all that was
 * staged for it is durable, in the origin, and marked.
 */
final class VolumeRevert {
    private static final int PIECE = Preserve.PIECE_BYTES;

    /** Pause before what was refused is tried again. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    /** How long is waited for what others do before it is looked at again. */
    private static final long LOOK_NANOS = 10_000_000L;

    /** At most this part of the staging chain is taken by a revert; the rest is for clients. */
    private static final int CHAIN_SHARE = 8;

    private final LiveVolume volume;
    private final Store store;
    private final Staging staging;
    private final VolumeExceptions exceptions;
    private final EpochGate gate;
    private final LiveVolume.Parts parts;
    private final int stepPieces;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private boolean closing;
    private boolean stepDone;
    private IoStatus stepStatus = IoStatus.OK;
    private long pieces;
    private String waiting = "";
    private Catalog.@Nullable CopyEntry source;
    private Scheduler.@Nullable Task task;

    VolumeRevert(
            LiveVolume volume, EpochGate gate, VolumeExceptions exceptions, LiveVolume.Parts parts, int stepBytes) {
        this.volume = volume;
        this.gate = gate;
        this.exceptions = exceptions;
        this.parts = parts;
        this.store = parts.store();
        this.staging = store.staging();
        this.stepPieces = stepBytes / PIECE;
        this.mutex = parts.scheduler().newMutex();
        this.changed = mutex.newCondition();
    }

    // ---- beginning

    /** Finds out what a revert of a volume to a copy has to do, or has done. */
    static RevertWork work(Store store, Catalog.VolumeEntry entry, Origin origin, Catalog.CopyEntry copy, long epoch)
            throws StoreException {
        RevertWork work = store.revertWork(entry, copy.epoch(), epoch);
        try {
            long at = origin.nextData(Math.min(copy.sizeBytes(), origin.sizeBytes()));
            while (at < origin.sizeBytes()) {
                long end = Math.max(at + 1, origin.nextHole(at));
                for (long piece = at / PIECE; piece * PIECE < end; piece++) {
                    work.takeBehind(piece);
                }
                at = end == origin.sizeBytes() ? end : origin.nextData(end);
            }
        } catch (IOException e) {
            throw new DeviceException("looking for data in the origin " + entry.origin(), e);
        }
        return work;
    }

    /** Takes up a revert that an earlier process began; before the volume settles or serves anything. */
    void resume(Catalog.CopyEntry copy, RevertWork work, long epoch) {
        activate(copy, work, epoch);
    }

    /**
     * Begins a revert; durable on return. In-flight writes are finished before it, those that come meanwhile wait.
     *
     * @throws StoreException if it could not be begun; it is not, unless the store has failed
     */
    void begin(Catalog.VolumeEntry entry, Origin origin, Catalog.CopyEntry copy) throws StoreException {
        store.pause();
        try {
            store.prepareForCopies();
            gate.suspend();
            try {
                cutAndBegin(entry, origin, copy);
            } finally {
                volume.writes().enterAgain(gate.admit());
            }
        } finally {
            store.resume();
        }
        tell(EventId.REVERT_STARTED, "is being reverted to " + copy.id() + ": " + pieces + " pieces differ");
        start();
    }

    private void cutAndBegin(Catalog.VolumeEntry entry, Origin origin, Catalog.CopyEntry copy) throws StoreException {
        gate.close();
        long closed;
        try {
            closed = gate.cut();
        } finally {
            gate.open();
        }
        try {
            gate.awaitOlder(closed);
            RevertWork work = work(store, entry, origin, copy, closed + 1);
            store.change(new CatalogEntry.RevertStarted(entry.number(), copy.id(), closed + 1));
            activate(copy, work, closed + 1);
        } finally {
            if (store.failure().isEmpty()) { // Else the entry may be durable: the cut stays open, and harms nobody.
                gate.settleCut(LiveVolume.copyEpochs(entry));
            }
        }
    }

    private void activate(Catalog.CopyEntry copy, RevertWork work, long epoch) {
        volume.stagedReads().revertSource(new RevertSource(new ShadowCopy(copy, volume, store, parts.events())));
        mutex.lock();
        try {
            pieces = work.pieces();
            source = copy;
            waiting = "";
        } finally {
            mutex.unlock();
        }
        PieceSet remaining = work.remaining();
        exceptions.mutex().lock();
        try {
            exceptions.beginRevert(remaining);
        } finally {
            exceptions.mutex().unlock();
        }
        gate.beginRevert(epoch);
    }

    /** Starts the task of a revert that was begun or taken up. */
    void start() {
        if (exceptions.reverting() && store.writable()) {
            mutex.lock();
            try {
                task = parts.scheduler().start("gnomon-revert-" + volume.name(), this::run);
            } finally {
                mutex.unlock();
            }
        }
    }

    // ---- going on

    private void run() {
        while (!isClosing()) {
            long first = nextPiece();
            String refusal;
            if (!volume.failure().isEmpty()) {
                refusal = "the volume has failed";
            } else if (first == PieceSet.NONE) {
                refusal = finish();
                if (refusal.isEmpty()) {
                    return;
                }
            } else {
                refusal = crowded() ? "" : step(first);
            }
            note(refusal);
            if (!refusal.isEmpty()) {
                pause(RETRY_NANOS);
            }
        }
    }

    private long nextPiece() {
        exceptions.mutex().lock();
        try {
            return exceptions.nextUnreverted(0);
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Waits a moment, and returns true, while as much as a revert may take of the staging chain is taken. */
    private boolean crowded() {
        long staged;
        exceptions.mutex().lock();
        try {
            staged = exceptions.staged().end() - exceptions.staged().first();
        } finally {
            exceptions.mutex().unlock();
        }
        if (staged <= staging.capacityPieces() / CHAIN_SHARE) {
            return false;
        }
        volume.settler().hurry();
        pause(LOOK_NANOS);
        return true;
    }

    /** Brings a row of pieces back; returns why not, or nothing. */
    private String step(long first) {
        if (!store.beginBackground(RETRY_NANOS)) {
            return "";
        }
        long bytes = 0;
        try {
            long offset = first * PIECE;
            bytes = Math.min(row(first) * PIECE, volume.sizeBytes() - offset);
            mutex.lock();
            try {
                stepDone = false;
            } finally {
                mutex.unlock();
            }
            volume.writes().dispatch(WriteRequest.revertStep(volume, offset, (int) bytes, this::stepDone));
            return switch (awaitStep()) {
                case OK, GONE -> "";
                case NO_SPACE -> "there is no space";
                default -> "the copy cannot be read, or the volume refuses writes";
            };
        } finally {
            store.endBackground(
                    2 * bytes); // read, and written to the chain; settling is not counted for clients either
        }
    }

    /** Returns how many pieces from one on, in a row, still read as the copy. */
    private long row(long first) {
        exceptions.mutex().lock();
        try {
            long count = 1;
            while (count < stepPieces && exceptions.unreverted(first + count)) {
                count++;
            }
            return count;
        } finally {
            exceptions.mutex().unlock();
        }
    }

    private void stepDone(IoStatus status) {
        mutex.lock();
        try {
            stepDone = true;
            stepStatus = status;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private IoStatus awaitStep() {
        mutex.lock();
        try {
            while (!stepDone) {
                changed.await();
            }
            return stepStatus;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether all pieces of a range still read as the copy, so that a step may bring them back. */
    boolean isDue(WriteRequest step) {
        exceptions.mutex().lock();
        try {
            for (long piece = step.firstPiece(); piece <= step.lastPiece(); piece++) {
                if (!exceptions.unreverted(piece)) {
                    return false;
                }
            }
            return true;
        } finally {
            exceptions.mutex().unlock();
        }
    }

    // ---- ending

    /** Makes sure that the copy's content is in the origin and writes that down; returns why not yet, or nothing. */
    private String finish() {
        if (!awaitSettled()) {
            return "what was staged is not settled yet";
        }
        if (staging.forceThrough(staging.lastSequence()) != IoStatus.OK) {
            return "the store has failed";
        }
        try {
            store.change(new CatalogEntry.RevertDone(volume.number()));
        } catch (StoreException e) {
            return "its end cannot be written down: " + e.getMessage();
        }
        exceptions.mutex().lock();
        try {
            exceptions.endRevert();
        } finally {
            exceptions.mutex().unlock();
        }
        gate.endRevert();
        mutex.lock();
        try {
            source = null;
        } finally {
            mutex.unlock();
        }
        tell(EventId.REVERT_DONE, "was reverted: " + pieces + " pieces had differed");
        return "";
    }

    /** Waits until all that is staged now has left the chain; false if that ends for another reason. */
    private boolean awaitSettled() {
        long end;
        exceptions.mutex().lock();
        try {
            end = exceptions.staged().end();
        } finally {
            exceptions.mutex().unlock();
        }
        while (!isClosing() && volume.failure().isEmpty()) {
            if (exceptions.staged().first() >= end) {
                return true;
            }
            volume.settler().hurry();
            pause(LOOK_NANOS);
        }
        return false;
    }

    /** Ends the task; the revert goes on when the volume is opened again. */
    void close() {
        Scheduler.Task running;
        mutex.lock();
        try {
            closing = true;
            running = task;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        if (running != null) {
            running.join();
        }
    }

    // ---- telling

    /** Returns how far it is, or null if there is none. */
    @Nullable
    RevertProgress progress(Catalog catalog) {
        Catalog.CopyEntry copy;
        long all;
        String why;
        mutex.lock();
        try {
            copy = source;
            all = pieces;
            why = waiting;
        } finally {
            mutex.unlock();
        }
        if (copy == null) {
            return null;
        }
        exceptions.mutex().lock();
        try {
            long done = all - exceptions.unrevertedCount();
            String name = CopyInfos.exportName(catalog, copy);
            return new RevertProgress(volume.name(), name, all, done, volume.clients(), why);
        } finally {
            exceptions.mutex().unlock();
        }
    }

    private void note(String refusal) {
        boolean news;
        mutex.lock();
        try {
            news = !refusal.isEmpty() && !refusal.equals(waiting) && !closing;
            waiting = refusal;
        } finally {
            mutex.unlock();
        }
        if (news) {
            tell(EventId.REVERT_WAITS, "cannot be reverted for now: " + refusal);
        }
    }

    private boolean isClosing() {
        mutex.lock();
        try {
            return closing;
        } finally {
            mutex.unlock();
        }
    }

    private void pause(long nanos) {
        mutex.lock();
        try {
            if (!closing) {
                boolean _ = changed.await(nanos);
            }
        } finally {
            mutex.unlock();
        }
    }

    private void tell(EventId id, String message) {
        parts.events().tell(Event.ofVolume(id, volume.name(), message));
    }
}
