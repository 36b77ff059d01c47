/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.OverlayCompaction;
import dev.gnomon.store.Store;
import dev.gnomon.store.StoredOverlay;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.OverlayChange;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A shadow copy that can be written to: what was written over what the copy holds, which stays as it is. Thread-safe.
 *
 * <p>Writes go to the overlay's file on the caller's thread and survive a kill of the process when they are acknowledged;
 * a flush or a forced write waits for the flushing task, which forces that file once for all that wait.
 *
 * <pre>
 *  OPEN ──seal──► SEALING ──recorded──► SEALED        any ──hide──► hidden, for ever
 *                    └──refused──► OPEN
 * </pre>
 *
 * <p><b>Invariants:</b> a flush is acknowledged only after a force that began after it came; after a failed write or force
 * of the file every write and flush is refused until the overlay is dropped (I7), and nobody else is concerned; what is read
 * has the right checksum; once hidden, nothing is answered but {@link IoStatus#GONE}.
 */
public final class Overlay implements CopyReader {
    private final ShadowCopy base;
    private final Store store;
    private final StoredOverlay stored;
    private final OverlayReads reads;
    private final OverlayWrites writes;
    private final boolean readOnly;
    private final Events events;
    private final Consumer<Overlay> compactor;
    private final Mutex mutex;
    private final PieceTurns pieces;
    private final Turn forces;
    private final @Nullable WorkQueue<Completion> flushes;
    private final AtomicBoolean compacting = new AtomicBoolean();
    private volatile String failure;
    private volatile boolean hidden;

    // Guarded by the mutex.
    private State state;
    private int clients;

    private enum State {
        OPEN,
        SEALING,
        SEALED
    }

    /**
     * Serves an overlay.
     *
     * @param readOnly whether the store admits no writes
     * @param compactor takes this overlay when its file is worth compacting; must call {@link #compact}
     */
    Overlay(
            ShadowCopy base,
            Catalog.OverlayEntry entry,
            StoredOverlay stored,
            boolean readOnly,
            Store store,
            Scheduler scheduler,
            Events events,
            Consumer<Overlay> compactor) {
        this.base = base;
        this.stored = stored;
        this.reads = new OverlayReads(base, stored, this::unreadable);
        this.readOnly = readOnly;
        this.store = store;
        this.events = events;
        this.compactor = compactor;
        this.failure = entry.failure();
        this.state = entry.isSealed() ? State.SEALED : State.OPEN;
        this.mutex = scheduler.newMutex();
        this.pieces = new PieceTurns(scheduler);
        this.writes = new OverlayWrites(base.sizeBytes(), stored, reads, pieces, this::stored);
        this.forces = new Turn(scheduler);
        this.flushes = entry.isSealed() || readOnly
                ? null
                : new WorkQueue<>(scheduler, "gnomon-overlay-" + entry.number(), this::forceFor);
    }

    Catalog.CopyEntry copy() {
        return base.entry();
    }

    /** Returns why writes and flushes are refused, empty if they are not. */
    String failure() {
        return failure;
    }

    /** Returns whether nothing is written to it any more, and readers of the copy see what it holds. */
    boolean isSealed() {
        mutex.lock();
        try {
            return state == State.SEALED;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether writes are refused because the store is read-only. */
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public long sizeBytes() {
        return base.sizeBytes();
    }

    // ---- clients

    /** Counts a client in, who must {@link #disconnect}; false if the overlay is sealed or gone. */
    public boolean connect() {
        mutex.lock();
        try {
            if (state != State.OPEN || hidden) {
                return false;
            }
            clients++;
            return true;
        } finally {
            mutex.unlock();
        }
    }

    /** Counts a client out. */
    public void disconnect() {
        mutex.lock();
        clients--;
        mutex.unlock();
    }

    int clients() {
        mutex.lock();
        try {
            return clients;
        } finally {
            mutex.unlock();
        }
    }

    // ---- reading

    @Override
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        if (!inside(offsetBytes, target.remaining())) {
            return IoStatus.INVALID;
        }
        IoStatus status = reads.read(offsetBytes, target);
        return hidden ? IoStatus.GONE : status;
    }

    private void unreadable(Exception why) {
        if (!hidden) {
            tell(EventId.COPY_UNREADABLE, "its overlay could not be read: " + why.getMessage());
        }
    }

    @Override
    public IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        if (!inside(offsetBytes, lengthBytes)) {
            return IoStatus.INVALID;
        }
        IoStatus status = reads.allocation(offsetBytes, lengthBytes, sink);
        return hidden ? IoStatus.GONE : status;
    }

    // ---- writing

    /**
     * Writes the buffer to a range.
     *
     * @param source untouched by others until completion
     * @param forced acknowledge only when durable
     */
    public void write(long offsetBytes, ByteBuffer source, boolean forced, Completion completion) {
        IoStatus refusal = refusal(offsetBytes, source.remaining());
        finish(refusal == IoStatus.OK ? writes.write(offsetBytes, source) : refusal, forced, completion);
    }

    /** Appends to the file, unless that is refused by now. */
    private IoStatus stored(OverlayWrites.Append append) {
        IoStatus refusal = refusal(0, 0); // again: whoever seals or closes has waited for those before only
        if (refusal != IoStatus.OK) {
            return refusal;
        }
        try {
            if (append.run()) {
                return IoStatus.OK;
            }
            tell(EventId.OVERLAY_FULL, "its overlay takes no more: the memory for the maps of overlays is used up");
            return IoStatus.NO_SPACE;
        } catch (NoSpaceException e) {
            tell(EventId.OVERLAY_FULL, "its overlay takes no more: " + e.getMessage());
            return IoStatus.NO_SPACE;
        } catch (IOException e) {
            fail("writing to it failed: " + e.getMessage());
            return IoStatus.IO_ERROR;
        }
    }

    /**
     * Makes a range read as zeros.
     *
     * @param keepSpace whether they take space, as written ones; otherwise whole pieces take none, which is always fast
     */
    public void writeZeros(
            long offsetBytes, long lengthBytes, boolean keepSpace, boolean forced, Completion completion) {
        IoStatus refusal = refusal(offsetBytes, lengthBytes);
        finish(
                refusal == IoStatus.OK ? writes.writeZeros(offsetBytes, lengthBytes, keepSpace) : refusal,
                forced,
                completion);
    }

    /** Takes the hint that a range is not needed; nothing changes. */
    public void trim(long offsetBytes, long lengthBytes, boolean forced, Completion completion) {
        finish(refusal(offsetBytes, lengthBytes), forced, completion);
    }

    private IoStatus refusal(long offsetBytes, long lengthBytes) {
        if (!inside(offsetBytes, lengthBytes)) {
            return IoStatus.INVALID;
        }
        if (hidden) {
            return IoStatus.GONE;
        }
        if (readOnly) {
            return IoStatus.READ_ONLY;
        }
        if (!failure.isEmpty()) {
            return IoStatus.IO_ERROR;
        }
        mutex.lock();
        try {
            return state == State.OPEN ? IoStatus.OK : IoStatus.READ_ONLY;
        } finally {
            mutex.unlock();
        }
    }

    private boolean inside(long offsetBytes, long lengthBytes) {
        return offsetBytes >= 0
                && lengthBytes >= 0
                && offsetBytes <= sizeBytes()
                && lengthBytes <= sizeBytes() - offsetBytes;
    }

    // ---- durability

    /** Makes every write acknowledged before this call survive a power cut. */
    public void flush(Completion completion) {
        if (readOnly && !hidden) {
            completion.complete(IoStatus.OK); // nothing was written since it was opened
        } else {
            finish(refusal(0, 0), true, completion);
        }
    }

    private void finish(IoStatus status, boolean forced, Completion completion) {
        if (status == IoStatus.OK && stored.isWorthCompacting() && compacting.compareAndSet(false, true)) {
            compactor.accept(this);
        }
        if (status != IoStatus.OK || !forced) {
            completion.complete(hidden ? IoStatus.GONE : status);
        } else if (stored.isDurable()) {
            completion.complete(failure.isEmpty() ? IoStatus.OK : IoStatus.IO_ERROR);
        } else if (flushes == null || !flushes.offer(completion)) {
            completion.complete(IoStatus.GONE);
        }
    }

    private void forceFor(List<Completion> waiting) {
        IoStatus status = hidden ? IoStatus.GONE : force() ? IoStatus.OK : IoStatus.IO_ERROR;
        waiting.forEach(each -> each.complete(status));
    }

    /** Forces the file unless nothing was written since; false if it has failed. */
    private boolean force() {
        forces.take();
        try {
            if (failure.isEmpty() && !stored.isDurable()) {
                stored.force();
            }
            return failure.isEmpty();
        } catch (IOException e) {
            fail("forcing its file failed: " + e.getMessage());
            return false;
        } finally {
            forces.release();
        }
    }

    /** Refuses writes and flushes from now on, in memory first, then in the log, which is another file (I7). */
    void fail(String reason) {
        mutex.lock();
        try {
            if (!failure.isEmpty()) {
                return;
            }
            failure = reason;
        } finally {
            mutex.unlock();
        }
        tell(EventId.OVERLAY_FAILED, "its overlay refuses writes until it is dropped: " + reason);
        try {
            store.change(new CatalogEntry.OverlayChanged(copy().id(), OverlayChange.FAILED, 0, reason));
        } catch (StoreException e) {
            tell(EventId.FAILURE_NOT_LOGGED, "the failure could not be written to the log: " + e.getMessage());
            store.fail("an overlay failed and that could not be logged");
        }
    }

    // ---- its end

    /**
     * Takes no more writes, and makes all there are durable; {@link #sealed} or {@link #reopen} follows.
     *
     * @return how many clients are connected, and so keep it from being sealed; 0 if it is done
     */
    int beginSeal() {
        mutex.lock();
        try {
            if (clients > 0 || state != State.OPEN) {
                return clients;
            }
            state = State.SEALING;
        } finally {
            mutex.unlock();
        }
        pieces.awaitNone();
        force();
        return 0;
    }

    /** Returns the last batch of the file, which is durable, of an overlay that is being sealed. */
    long sealedThrough() {
        return stored.lastSequence();
    }

    /** Shows what it holds to readers of the copy; its seal is durable. */
    void sealed() {
        end(State.SEALED);
        closeFlushes();
    }

    /** Takes writes again: it could not be sealed, and nothing was changed. */
    void reopen() {
        end(State.OPEN);
    }

    private void end(State with) {
        mutex.lock();
        state = with;
        mutex.unlock();
    }

    /** Lets every request from now on end with {@link IoStatus#GONE}. */
    void hide() {
        hidden = true;
    }

    /** Finishes what is in flight, makes it durable unless it is hidden, and closes the file. */
    void close() {
        boolean wasHidden = hidden;
        boolean open = !isSealed() && !readOnly;
        hidden = true;
        pieces.awaitNone();
        closeFlushes();
        if (open && !wasHidden && force()) {
            try {
                stored.claim();
            } catch (IOException e) {
                // It only would have told a reader what he finds anyway.
            }
        }
        forces.take(); // a compaction that is about to end has ended, or ends for nothing
        forces.release();
        stored.close();
    }

    private void closeFlushes() {
        if (flushes != null) {
            flushes.close();
        }
    }

    // ---- compaction

    /** Puts a smaller file in the place of this overlay's; called by the task for that, any number of times. */
    void compact() {
        try {
            if (!isCompactable()) {
                return;
            }
            OverlayCompaction run = store.overlays().compact(stored, copy());
            try {
                compact(run);
            } finally {
                run.close();
            }
        } catch (IOException | StoreException e) {
            if (!hidden) {
                tell(EventId.OVERLAY_NOT_COMPACTED, "its overlay stays as large as it is: " + e.getMessage());
            }
        } finally {
            compacting.set(false);
        }
    }

    private void compact(OverlayCompaction run) throws IOException, StoreException {
        boolean more = true;
        while (more) {
            more = run.copySome();
            if (!isCompactable()) {
                return;
            }
        }
        forces.take();
        try {
            if (isCompactable()) {
                run.finish();
            }
        } catch (IOException e) {
            if (run.isInDoubt()) {
                fail("which of two files it is in is not known: " + e.getMessage());
            }
            throw e;
        } finally {
            forces.release();
        }
    }

    private boolean isCompactable() {
        mutex.lock();
        try {
            return state == State.OPEN && !hidden && failure.isEmpty();
        } finally {
            mutex.unlock();
        }
    }

    private void tell(EventId id, String message) {
        events.tell(Event.ofCopy(id, copy().id().toString(), message));
    }
}
