/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import dev.gnomon.volume.Origin.Zeroing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A volume that clients write to. Thread-safe.
 *
 * <p>A write whose pieces are all preserved, or need not be, goes straight to the origin on the caller's thread; any
 * other is queued for {@link FirstTouch}. A flush is queued for the flushing task, which forces the origin once for all
 * that wait; what the log holds is durable before a write that depends on it is acknowledged.
 *
 * <p><b>Invariants:</b> I1, by {@link EpochGate} and {@link FirstTouch}; I2: a flush is acknowledged only after a force
 * that began after it came; I7: after a failed force every write and flush is refused, until an operator clears it.
 */
public final class LiveVolume {
    private final Catalog.VolumeEntry entry;
    private final Origin origin;
    private final Store store;
    private final VolumeExceptions exceptions;
    private final EpochGate gate;
    private final WorkQueue<FirstTouch.Request> firstTouches;
    private final WorkQueue<Completion> flushes;
    private final AtomicInteger clients = new AtomicInteger();
    private final Counters counters;
    private final Events events;
    private volatile String failure;
    private volatile long forcedThrough = -1;
    private volatile boolean closing;

    /** Counters of all volumes of an engine. */
    record Counters(
            LongAdder reads, LongAdder directWrites, LongAdder firstTouches, LongAdder flushes, LongAdder forces) {
        Counters() {
            this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
        }
    }

    LiveVolume(
            Catalog.VolumeEntry entry,
            Origin origin,
            Store store,
            Scheduler scheduler,
            int groupPayloadBytes,
            Counters counters,
            Events events) {
        this.entry = entry;
        this.events = events;
        this.origin = origin;
        this.store = store;
        this.counters = counters;
        this.failure = entry.failure();
        this.exceptions = store.exceptions(entry.number());
        this.gate = new EpochGate(exceptions, store.highestEpoch(entry.number()) + 1, copyEpochs(entry));
        FirstTouch firstTouch = new FirstTouch(gate, store, origin, entry.number(), groupPayloadBytes, this::finish);
        this.firstTouches = new WorkQueue<>(scheduler, "gnomon-preserve-" + entry.name(), firstTouch::run);
        this.flushes = new WorkQueue<>(scheduler, "gnomon-flush-" + entry.name(), this::forceFor);
    }

    static List<Long> copyEpochs(Catalog.VolumeEntry entry) {
        return entry.copies().stream().map(Catalog.CopyEntry::epoch).toList();
    }

    /** Returns the volume's name. */
    public String name() {
        return entry.name();
    }

    /** Returns its size in bytes. */
    public long sizeBytes() {
        return origin.sizeBytes();
    }

    /** Returns whether the store admits no writes because it was found damaged, or written by a newer release. */
    public boolean readOnly() {
        return !store.recovered().damage().isEmpty();
    }

    /** Returns the bytes of payload of all that is preserved of it. */
    long preservedBytes() {
        exceptions.mutex().lock();
        try {
            return exceptions.payloadBytes();
        } finally {
            exceptions.mutex().unlock();
        }
    }

    int number() {
        return entry.number();
    }

    Origin origin() {
        return origin;
    }

    EpochGate gate() {
        return gate;
    }

    /** Counts a client in; it must {@link #disconnect}. */
    public void connect() {
        clients.incrementAndGet();
    }

    /** Counts a client out. */
    public void disconnect() {
        clients.decrementAndGet();
    }

    int clients() {
        return clients.get();
    }

    /** Returns why writes and flushes are refused, empty if they are not. */
    String failure() {
        return failure.isEmpty() ? store.failure() : failure;
    }

    /** Fills the buffer from a range; see {@link dev.gnomon.io.IoStatus}. */
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        if (!inside(offsetBytes, target.remaining())) {
            return IoStatus.INVALID;
        }
        counters.reads.increment();
        return closing ? IoStatus.GONE : origin.read(offsetBytes, target);
    }

    /**
     * Writes the buffer to a range.
     *
     * @param source untouched until completion
     * @param forced acknowledge only when durable
     */
    public void write(long offsetBytes, ByteBuffer source, boolean forced, Completion completion) {
        int length = source.remaining();
        IoStatus refusal = refusal(offsetBytes, length);
        if (refusal != IoStatus.OK || length == 0) {
            completion.complete(refusal);
            return;
        }
        int slot = gate.enterDirect(piece(offsetBytes), piece(offsetBytes + length - 1));
        if (slot == EpochGate.REFUSED) {
            queue(new FirstTouch.Request(offsetBytes, length, source, Zeroing.HOLES_STAY, forced, completion));
            return;
        }
        counters.directWrites.increment();
        IoStatus status = origin.write(offsetBytes, source);
        gate.leave(slot);
        finish(status, forced, completion);
    }

    /** Makes a range read as zeros; holes of the origin stay holes. */
    public void writeZeros(long offsetBytes, long lengthBytes, boolean forced, Completion completion) {
        writeZeros(offsetBytes, lengthBytes, Zeroing.HOLES_STAY, forced, completion);
    }

    /** Makes a range read as zeros. */
    public void writeZeros(long offsetBytes, long lengthBytes, Zeroing zeroing, boolean forced, Completion completion) {
        IoStatus refusal = refusal(offsetBytes, lengthBytes);
        if (refusal != IoStatus.OK || lengthBytes == 0) {
            completion.complete(refusal);
            return;
        }
        int slot = lengthBytes > FirstTouch.PART_BYTES
                ? EpochGate.REFUSED
                : gate.enterDirect(piece(offsetBytes), piece(offsetBytes + lengthBytes - 1));
        if (slot == EpochGate.REFUSED) {
            queue(new FirstTouch.Request(offsetBytes, lengthBytes, null, zeroing, forced, completion));
            return;
        }
        counters.directWrites.increment();
        IoStatus status = origin.writeZeros(offsetBytes, lengthBytes, zeroing);
        gate.leave(slot);
        finish(status, forced, completion);
    }

    /** Takes the hint that a range is not needed; nothing is copied and nothing changes. */
    public void trim(long offsetBytes, long lengthBytes, boolean forced, Completion completion) {
        finish(refusal(offsetBytes, lengthBytes), forced, completion);
    }

    /** Makes every write acknowledged before this call survive a power cut. */
    public void flush(Completion completion) {
        counters.flushes.increment();
        if (readOnly()) {
            completion.complete(IoStatus.OK); // nothing was written since it was opened
        } else {
            finish(refusal(0, 0), true, completion);
        }
    }

    /** Reports what of a range takes space. */
    public IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        if (!inside(offsetBytes, lengthBytes)) {
            return IoStatus.INVALID;
        }
        ExtentMerger merged = new ExtentMerger(sink);
        long end = offsetBytes + lengthBytes;
        boolean more = true;
        try {
            for (long at = offsetBytes; at < end && more; ) {
                long data = origin.nextData(at);
                boolean hole = data > at;
                long next = Math.min(end, hole ? data : Math.max(at + 1, origin.nextHole(at)));
                more = merged.extent(next - at, hole);
                at = next;
            }
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
        }
        merged.flush();
        return closing ? IoStatus.GONE : IoStatus.OK;
    }

    private void queue(FirstTouch.Request request) {
        counters.firstTouches.increment();
        if (!firstTouches.offer(request)) {
            request.completion().complete(IoStatus.GONE);
        }
    }

    private void finish(IoStatus status, boolean forced, Completion completion) {
        if (status != IoStatus.OK || !forced) {
            completion.complete(status);
        } else if (gate.entered() == forcedThrough) {
            completion.complete(failure().isEmpty() ? IoStatus.OK : IoStatus.IO_ERROR);
        } else if (!flushes.offer(completion)) {
            completion.complete(IoStatus.GONE);
        }
    }

    /** Forces the origin once and tells all who waited for it. */
    private void forceFor(List<Completion> waiting) {
        IoStatus status = force() ? IoStatus.OK : IoStatus.IO_ERROR;
        for (Completion each : waiting) {
            each.complete(status);
        }
    }

    private boolean force() {
        if (!failure().isEmpty()) {
            return false;
        }
        long through = gate.enteredIfQuiet();
        try {
            counters.forces.increment();
            origin.force();
        } catch (IOException e) {
            fail("forcing the origin " + entry.origin() + " failed: " + e.getMessage());
            return false;
        }
        forcedThrough = through;
        return failure().isEmpty();
    }

    /** Refuses writes and flushes from now on, in memory first, then in the log, which is another file. */
    private void fail(String reason) {
        failure = reason;
        tell(EventId.VOLUME_FAILED, "a flush failed, writes are refused until cleared: " + reason);
        try {
            store.change(new CatalogEntry.VolumeFailed(entry.number(), reason));
        } catch (StoreException e) {
            tell(EventId.FAILURE_NOT_LOGGED, "the failure could not be written to the log: " + e.getMessage());
            store.fail("a flush of volume " + entry.name() + " failed and could not be logged");
        }
    }

    /** Accepts writes again, once the origin can be forced and its cache is dropped. */
    void clearFailure() throws IOException, StoreException {
        origin.force();
        origin.dropCache();
        store.change(new CatalogEntry.VolumeCleared(entry.number()));
        failure = "";
    }

    private IoStatus refusal(long offsetBytes, long lengthBytes) {
        if (!inside(offsetBytes, lengthBytes)) {
            return IoStatus.INVALID;
        }
        if (closing) {
            return IoStatus.GONE;
        }
        return failure().isEmpty() && store.writable() ? IoStatus.OK : IoStatus.IO_ERROR;
    }

    private boolean inside(long offsetBytes, long lengthBytes) {
        return offsetBytes >= 0
                && lengthBytes >= 0
                && offsetBytes <= origin.sizeBytes()
                && lengthBytes <= origin.sizeBytes() - offsetBytes;
    }

    private static long piece(long offsetBytes) {
        return offsetBytes / Preserve.PIECE_BYTES;
    }

    /** Takes no more requests, finishes those in flight, forces and closes the origin. */
    void close() {
        closing = true;
        firstTouches.close();
        flushes.close();
        force();
        try {
            origin.close();
        } catch (IOException e) {
            tell(EventId.ORIGIN_CLOSE_FAILED, "closing the origin failed: " + e.getMessage());
        }
    }

    private void tell(EventId id, String message) {
        events.tell(Event.ofVolume(id, entry.name(), message));
    }
}
