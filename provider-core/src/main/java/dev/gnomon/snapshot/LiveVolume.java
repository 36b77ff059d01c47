/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import dev.gnomon.volume.Origin.Zeroing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A volume that clients write to: its parts, its clients and its state. Thread-safe.
 *
 * <p>How writes come in is {@link VolumeWrites}' business; what is staged is settled behind the client's back
 * ({@link Settler}). A flush is queued for the flushing task, which forces chain and origin once for
 * all that wait.
 *
 * <p><b>Invariants:</b> I1, by {@link EpochGate} and {@link SettleGroup}; I2: a flush is acknowledged only after forces
 * that began after it came; I7: after a failed force every write and flush is refused, until an operator clears it; I8:
 * reads see staged data over the origin.
 */
public final class LiveVolume {
    private final Catalog.VolumeEntry entry;
    private final Origin origin;
    private final Store store;
    private final VolumeExceptions exceptions;
    private final EpochGate gate;
    private final StagedReads stagedReads;
    private final Settler settler;
    private final VolumeFlushes flushes;
    private final VolumeWrites writes;
    private final VolumeRevert revert;
    private final Set<VolumeClient> clients = ConcurrentHashMap.newKeySet();
    private final Counters counters;
    private final Events events;
    private volatile boolean closing;
    private final AtomicBoolean durably;

    /** Counters of all volumes of an engine. */
    record Counters(
            LongAdder reads, LongAdder directWrites, LongAdder firstTouches, LongAdder flushes, LongAdder forces) {
        Counters() {
            this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
        }

        /** Returns how many requests of clients there were. */
        long requests() {
            return reads.sum() + directWrites.sum() + firstTouches.sum() + flushes.sum();
        }
    }

    /**
     * Starts to serve a volume; {@code parts} are those that all volumes of an engine share.
     *
     * @throws StoreException if it is being reverted, and what there is to do cannot be found out; nothing was started
     */
    LiveVolume(Catalog.VolumeEntry entry, Origin origin, Parts parts) throws StoreException {
        this.entry = entry;
        this.events = parts.events;
        this.origin = origin;
        this.store = parts.store;
        this.counters = parts.counters;
        this.durably = parts.durably;
        this.exceptions = store.exceptions(entry.number());
        this.gate = new EpochGate(exceptions, store.highestEpoch(entry.number()) + 1, copyEpochs(entry));
        this.stagedReads = new StagedReads(origin, exceptions, store.staging());
        int partBytes = StagedWrites.partBytes(store.staging());
        this.revert = new VolumeRevert(this, gate, exceptions, parts, partBytes);
        Catalog.CopyEntry source = entry.copy(entry.revert().copy());
        if (source != null) {
            long epoch = entry.revert().epoch();
            revert.resume(source, VolumeRevert.work(store, entry, origin, source, epoch), epoch);
        }
        this.flushes = new VolumeFlushes(entry, origin, gate, parts, this::releaseAgain);
        this.writes = new VolumeWrites(this, entry, gate, exceptions, flushes, partBytes, parts);
        SettleGroup group = new SettleGroup(gate, store, origin, entry.number(), parts.groupPayloadBytes);
        this.settler = new Settler(this, flushes, store, group, parts.clock, parts.scheduler);
        revert.start();
    }

    /** Says that so many staged pieces were preserved for: their room is theirs no more. */
    void preserved(long pieces) {
        writes.preserved(pieces);
    }

    /** Says that what is staged found no room in the diff area. */
    void starved() {
        writes.starved();
    }

    /**
     * What all volumes of an engine share.
     *
     * @param durably no write is acknowledged any more that would not survive a power cut. Looked at when one is acknowledged,
     *     not when it comes: so a flush after it was set covers every write that was acknowledged without it
     */
    record Parts(
            Store store,
            StagedWrites stagedWrites,
            RoomKeeper keeper,
            SpaceWatch watch,
            Clock clock,
            Scheduler scheduler,
            int groupPayloadBytes,
            Counters counters,
            AtomicBoolean durably,
            Events events) {}

    /** Returns the epochs that writes preserve for: those of bookmarks too, for first writes after them must be known. */
    static List<Long> copyEpochs(Catalog.VolumeEntry entry) {
        return Stream.concat(entry.copies().stream(), entry.bookmarks().stream())
                .map(Catalog.CopyEntry::epoch)
                .toList();
    }

    /** Returns the volume's name. */
    public String name() {
        return entry.name();
    }

    /** Returns its size in bytes. */
    public long sizeBytes() {
        return origin.sizeBytes();
    }

    /** Says whether first touches that come from now on are acknowledged only when they are in the origin. */
    void writeThrough(boolean now) {
        writes.writeThrough(now);
    }

    /** Takes another size, which is in the catalog; clients that are connected keep the one that they were told. */
    void resized(long sizeBytes) {
        origin.resized(sizeBytes);
    }

    /** Returns whether the store admits no writes because it was found damaged, or written by a newer release. */
    public boolean readOnly() {
        return !store.recovered().damage().isEmpty();
    }

    int number() {
        return entry.number();
    }

    /** Returns the id that it keeps as long as it is registered. */
    UUID id() {
        return entry.id();
    }

    Origin origin() {
        return origin;
    }

    EpochGate gate() {
        return gate;
    }

    /** Has the origin forced; a failure is remembered for good (I7). */
    void forceOrigin(Completion completion) {
        flushes.forceOrigin(completion);
    }

    /** Returns what reads staged data over the origin. */
    StagedReads stagedReads() {
        return stagedReads;
    }

    /** Returns what the volume may take of the diff area. */
    VolumeShare share() {
        return writes.share();
    }

    /** Returns what lets writes in. */
    VolumeWrites writes() {
        return writes;
    }

    Settler settler() {
        return settler;
    }

    VolumeRevert revert() {
        return revert;
    }

    /** Counts a client in; it must {@link VolumeClient#disconnect}. */
    public VolumeClient connect() {
        return new VolumeClient(clients);
    }

    /** Ends what all clients do here; they must connect again. */
    void cutOffClients() {
        clients.forEach(VolumeClient::cutOff);
    }

    int clients() {
        return clients.size();
    }

    /** Returns the bytes of payload that are preserved for this volume's copies. */
    long preservedBytes() {
        exceptions.mutex().lock();
        try {
            return exceptions.payloadBytes();
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Returns why writes and flushes are refused, empty if they are not. */
    String failure() {
        return flushes.failure();
    }

    /** Returns why this volume alone refuses writes and flushes, empty if it does not. */
    String ownFailure() {
        return flushes.ownFailure();
    }

    /** Returns why the origin does not take what was acknowledged, empty if it does. */
    String degradation() {
        return settler.degraded() == IoStatus.OK ? "" : settler.refusalReason();
    }

    // ---- requests

    /** Fills the buffer from a range; see {@link dev.gnomon.io.IoStatus}. */
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        if (!inside(offsetBytes, target.remaining())) {
            return IoStatus.INVALID;
        }
        counters.reads.increment();
        return closing ? IoStatus.GONE : stagedReads.read(offsetBytes, target);
    }

    /**
     * Writes the buffer to a range.
     *
     * @param source untouched until completion
     * @param forced acknowledge only when durable
     */
    public void write(long offsetBytes, ByteBuffer source, boolean forced, Completion completion) {
        write(VolumeClient.INSIDE, offsetBytes, source, forced, completion);
    }

    /** As {@link #write(long, ByteBuffer, boolean, Completion)}, for a client. */
    public void write(VolumeClient client, long offset, ByteBuffer source, boolean forced, Completion completion) {
        writes.write(client, offset, source.remaining(), source, Zeroing.HOLES_STAY, forced, completion);
    }

    /**
     * Says that the caller brings several writes, and calls {@link #submit} then, soon and without waiting for anybody before:
     * first touches of any client may be held back until then.
     */
    public void gather() {
        writes.gather();
    }

    /** As {@link #submit(VolumeClient)}, of writes that came from no client. */
    public void submit() {
        submit(VolumeClient.INSIDE);
    }

    /**
     * Ends a {@link #gather}: has what was brought begun, on this thread as far as that needs no waiting.
     *
     * @param client who brought it
     */
    public void submit(VolumeClient client) {
        writes.submit(client);
    }

    /** Makes a range read as zeros; holes of the origin stay holes. */
    public void writeZeros(long offsetBytes, long lengthBytes, boolean forced, Completion completion) {
        writeZeros(offsetBytes, lengthBytes, Zeroing.HOLES_STAY, forced, completion);
    }

    /** Makes a range read as zeros. */
    public void writeZeros(long offsetBytes, long lengthBytes, Zeroing zeroing, boolean forced, Completion completion) {
        writeZeros(VolumeClient.INSIDE, offsetBytes, lengthBytes, zeroing, forced, completion);
    }

    /** As {@link #writeZeros(long, long, Zeroing, boolean, Completion)}, for a client. */
    public void writeZeros(
            VolumeClient client, long offset, long length, Zeroing zeroing, boolean forced, Completion completion) {
        writes.write(client, offset, length, null, zeroing, forced, completion);
    }

    /** Tells what changed in the settling of new data; called by its task. */
    void settling(SettleGroup.Outcome before, SettleGroup.Outcome now) {
        if (now.refuser() == before.refuser()) {
            return;
        }
        switch (now.refuser()) {
            case ORIGIN, INDEX -> tell(EventId.VOLUME_DEGRADED, now.reason() + "; it is kept and tried again");
            case NOBODY -> {
                if (before.refuser() != SettleGroup.Refuser.DIFF_AREA) {
                    tell(EventId.VOLUME_SETTLES, "acknowledged data goes to the origin again");
                }
            }
            case DIFF_AREA, STORE -> {} // told by the keeper of the room, and by the store
        }
    }

    /** Takes the hint that a range is not needed; nothing is copied and nothing changes. */
    public void trim(long offsetBytes, long lengthBytes, boolean forced, Completion completion) {
        finish(unavailable(offsetBytes, lengthBytes), forced, completion);
    }

    /** Makes every write acknowledged before this call survive a power cut. */
    public void flush(Completion completion) {
        counters.flushes.increment();
        if (readOnly()) {
            completion.complete(IoStatus.OK); // nothing was written since it was opened
        } else {
            finish(unavailable(0, 0), true, completion); // of a degraded volume too: the chain holds what it owes
        }
    }

    /** Reports what of a range takes space. */
    public IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
        if (!inside(offsetBytes, lengthBytes)) {
            return IoStatus.INVALID;
        }
        IoStatus status = stagedReads.allocation(offsetBytes, lengthBytes, sink);
        return closing ? IoStatus.GONE : status;
    }

    /** Completes a request, when it is durable if it is to be forced, or everything is. */
    void finish(IoStatus status, boolean forced, Completion completion) {
        if (status != IoStatus.OK || !(forced || durably.get())) {
            completion.complete(status);
        } else {
            flushes.flush(completion);
        }
    }

    private void releaseAgain() {
        settler.releaseAgain();
    }

    /** Accepts writes again, once the origin can be forced and its cache is dropped. */
    void clearFailure() throws IOException, StoreException {
        flushes.clearFailure();
        settler.retry();
    }

    /** Returns why a write is refused at once, or OK. */
    IoStatus refusal(long offsetBytes, long lengthBytes) {
        IoStatus unavailable = unavailable(offsetBytes, lengthBytes);
        return unavailable == IoStatus.OK ? settler.degraded() : unavailable;
    }

    private IoStatus unavailable(long offsetBytes, long lengthBytes) {
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

    /** Takes no more requests, finishes those in flight, settles what can be, forces and closes the origin. */
    void close() {
        close(left -> {});
    }

    /** As {@link #close()}; in between, when all that counts was forced, the origin is shown to somebody. */
    void close(Consumer<Origin> watcher) {
        closing = true;
        revert.close();
        gate.awaitEmpty();
        settler.close();
        writes.forgetPromises();
        origin.forceTimesToo();
        flushes.close();
        watcher.accept(origin);
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
