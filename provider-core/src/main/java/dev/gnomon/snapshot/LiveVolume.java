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
import dev.gnomon.store.Lookup;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.BatchWriter;
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
import org.jspecify.annotations.Nullable;

/**
 * A volume that clients write to. Thread-safe.
 *
 * <p>A write whose pieces are all preserved, or need not be, and of which none is staged goes straight to the origin on
 * the caller's thread. Any other goes to the staging chain ({@link StagedWrites}), is acknowledged, and settled behind
 * the client's back ({@link Settler}). A flush is queued for the flushing task, which forces chain and origin once for
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
    private final Staging staging;
    private final VolumeExceptions exceptions;
    private final EpochGate gate;
    private final StagedWrites stagedWrites;
    private final StagedReads stagedReads;
    private final Settler settler;
    private final RoomKeeper keeper;
    private final SpaceWatch watch;
    private final WorkQueue<Waiting> flushes;
    private final int partBytes;
    private final AtomicInteger clients = new AtomicInteger();
    private final Counters counters;
    private final Events events;
    private volatile String failure;
    private volatile long forcedThrough = -1;
    private volatile boolean closing;
    private long mustForceThrough;

    /** Counters of all volumes of an engine. */
    record Counters(
            LongAdder reads, LongAdder directWrites, LongAdder firstTouches, LongAdder flushes, LongAdder forces) {
        Counters() {
            this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
        }
    }

    /** What a request that waits for durability needs to have forced. */
    private enum Need {
        /** New data that is staged. */
        CHAIN,
        /** Everything that was acknowledged. */
        ALL,
        /** The origin, whatever was written straight. */
        ORIGIN
    }

    private record Waiting(Completion completion, Need need) {}

    /** Starts to serve a volume; {@code parts} are those that all volumes of an engine share. */
    LiveVolume(Catalog.VolumeEntry entry, Origin origin, Parts parts) {
        this.entry = entry;
        this.events = parts.events;
        this.origin = origin;
        this.store = parts.store;
        this.staging = store.staging();
        this.stagedWrites = parts.stagedWrites;
        this.keeper = parts.keeper;
        this.watch = parts.watch;
        this.counters = parts.counters;
        this.failure = entry.failure();
        this.exceptions = store.exceptions(entry.number());
        this.partBytes = StagedWrites.partBytes(staging);
        this.gate = new EpochGate(exceptions, store.highestEpoch(entry.number()) + 1, copyEpochs(entry));
        this.stagedReads = new StagedReads(origin, exceptions, staging);
        this.mustForceThrough = staging.durableThrough();
        this.flushes = new WorkQueue<>(parts.scheduler, "gnomon-flush-" + entry.name(), this::forceFor);
        store.room().takeAnyway(unreleased());
        SettleGroup group = new SettleGroup(gate, store, origin, entry.number(), parts.groupPayloadBytes);
        this.settler = new Settler(this, store, group, parts.clock, parts.scheduler);
    }

    /** Returns how many staged pieces may still owe. */
    private long unreleased() {
        exceptions.mutex().lock();
        try {
            return exceptions.staged().end() - exceptions.staged().released();
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Says that so many staged pieces were preserved for: their room is theirs no more. */
    void preserved(long pieces) {
        store.room().give(pieces);
        watch.look();
    }

    /** Says that what is staged found no room in the diff area. */
    void starved() {
        keeper.starved(this);
    }

    /** What all volumes of an engine share. */
    record Parts(
            Store store,
            StagedWrites stagedWrites,
            RoomKeeper keeper,
            SpaceWatch watch,
            Clock clock,
            Scheduler scheduler,
            int groupPayloadBytes,
            Counters counters,
            Events events) {}

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

    int number() {
        return entry.number();
    }

    Origin origin() {
        return origin;
    }

    EpochGate gate() {
        return gate;
    }

    /** Returns what reads staged data over the origin. */
    StagedReads stagedReads() {
        return stagedReads;
    }

    Settler settler() {
        return settler;
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
        return failure.isEmpty() ? store.failure() : failure;
    }

    /** Returns why this volume alone refuses writes and flushes, empty if it does not. */
    String ownFailure() {
        return failure;
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
        write(offsetBytes, source.remaining(), source, Zeroing.HOLES_STAY, forced, completion);
    }

    /** Makes a range read as zeros; holes of the origin stay holes. */
    public void writeZeros(long offsetBytes, long lengthBytes, boolean forced, Completion completion) {
        writeZeros(offsetBytes, lengthBytes, Zeroing.HOLES_STAY, forced, completion);
    }

    /** Makes a range read as zeros. */
    public void writeZeros(long offsetBytes, long lengthBytes, Zeroing zeroing, boolean forced, Completion completion) {
        write(offsetBytes, lengthBytes, null, zeroing, forced, completion);
    }

    private void write(
            long offset,
            long length,
            @Nullable ByteBuffer source,
            Zeroing zeroing,
            boolean forced,
            Completion completion) {
        IoStatus refusal = refusal(offset, length);
        if (refusal != IoStatus.OK || length == 0) {
            completion.complete(refusal);
            return;
        }
        if (length <= partBytes) {
            int slot = gate.enterDirect(piece(offset), piece(offset + length - 1));
            if (slot != EpochGate.REFUSED) {
                IoStatus status = writeOrigin(offset, (int) length, source, zeroing);
                leave(slot);
                finish(status, forced, completion);
                return;
            }
        }
        new WriteParts(this, partBytes, offset, length, source, zeroing, forced, completion).next();
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

    /** Lets a request in by itself, or leaves it with the gate until it can. */
    void dispatch(WriteRequest request) {
        IoStatus refusal = refusal(request.offsetBytes(), request.lengthBytes());
        if (refusal != IoStatus.OK) {
            request.completion().complete(refusal);
            return;
        }
        switch (gate.enter(request)) {
            case BLOCKED -> {}
            case DIRECT -> {
                IoStatus status =
                        writeOrigin(request.offsetBytes(), request.lengthBytes(), request.source(), request.zeroing());
                leave(request.slot());
                finish(status, request.forced(), request.completion());
            }
            case STAGED -> stage(request);
        }
    }

    private IoStatus writeOrigin(long offset, int length, @Nullable ByteBuffer source, Zeroing zeroing) {
        counters.directWrites.increment();
        return source == null ? origin.writeZeros(offset, length, zeroing) : origin.write(offset, source);
    }

    /** Stages a request once there is room in the diff area for what it may owe; who has to wait for that leaves the gate. */
    private void stage(WriteRequest request) {
        if (!store.room().take(request.pieces())) {
            if (mayOwe(request)) {
                leave(request.slot());
                keeper.park(request);
                return;
            }
            store.room().takeAnyway(request.pieces());
        }
        counters.firstTouches.increment();
        IoStatus status = stagedReads.complete(request);
        if (status == IoStatus.OK && stagedWrites.offer(request)) {
            return;
        }
        store.room().give(request.pieces());
        leave(request.slot());
        request.completion().complete(status == IoStatus.OK ? IoStatus.GONE : status);
    }

    /** Returns whether a request may need room in the diff area that nothing before it needs. */
    private boolean mayOwe(WriteRequest request) {
        long below;
        exceptions.mutex().lock();
        try {
            below = gate.copyBelow(request.epoch());
        } finally {
            exceptions.mutex().unlock();
        }
        long[] owed = new long[(int) (request.lastPiece() - request.firstPiece() + 1)];
        Lookup lookup = store.lookups().take();
        try {
            int count = exceptions.owed(request.firstPiece(), request.lastPiece(), below, owed, lookup);
            return owedByNobody(owed, count, request.epoch());
        } catch (StoreException e) {
            return true; // The settling task finds the same, and says so.
        } finally {
            store.lookups().give(lookup);
        }
    }

    private boolean owedByNobody(long[] pieces, int count, long epoch) {
        exceptions.mutex().lock();
        try {
            for (int i = 0; i < count; i++) {
                long staged = exceptions.staged().newest(pieces[i]);
                if (staged == StagedPieces.NONE || exceptions.staged().epoch(staged) != epoch) {
                    return true;
                }
            }
            return false;
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Takes what became of a request in the staging chain; called by its task. */
    void staged(WriteRequest request, IoStatus status, BatchWriter batch, Staging.Placed placed) {
        if (status == IoStatus.OK) {
            exceptions.mutex().lock();
            try {
                boolean zeros = request.wholePieces() == null;
                exceptions.stage(
                        request.offsetBytes(),
                        request.lengthBytes(),
                        request.epoch(),
                        placed,
                        zeros ? StagedPieces.ZEROS : request.payloadOffset(),
                        batch,
                        request.batchHandle(),
                        request.zeroing() == Zeroing.ALLOCATE);
                mustForceThrough = Math.max(mustForceThrough, placed.sequence());
            } finally {
                exceptions.mutex().unlock();
            }
            settler.wake();
        } else {
            store.room().give(request.pieces());
        }
        leave(request.slot());
        if (status == IoStatus.OK && request.forced()) {
            await(new Waiting(request.completion(), Need.CHAIN));
        } else {
            request.completion().complete(status);
        }
    }

    private void leave(int slot) {
        List<WriteRequest> again = gate.leave(slot);
        for (int i = 0; i < again.size(); i++) {
            dispatch(again.get(i));
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

    // ---- durability

    void finish(IoStatus status, boolean forced, Completion completion) {
        if (status != IoStatus.OK || !forced) {
            completion.complete(status);
        } else if (gate.directEntered() == forcedThrough && staging.durableThrough() >= mustForceThrough()) {
            completion.complete(failure().isEmpty() ? IoStatus.OK : IoStatus.IO_ERROR);
        } else {
            await(new Waiting(completion, Need.ALL));
        }
    }

    private void await(Waiting waiting) {
        if (!flushes.offer(waiting)) {
            waiting.completion.complete(IoStatus.GONE);
        }
    }

    /** Has the origin forced for the settling task; what comes of it is told on another task. */
    void forceOrigin(Completion completion) {
        await(new Waiting(completion, Need.ORIGIN));
    }

    private long mustForceThrough() {
        exceptions.mutex().lock();
        try {
            return mustForceThrough;
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Notes a batch of the staging chain that the next flush must make durable. */
    void mustForceThrough(long sequence) {
        exceptions.mutex().lock();
        try {
            mustForceThrough = Math.max(mustForceThrough, sequence);
        } finally {
            exceptions.mutex().unlock();
        }
    }

    /** Forces once what is needed and tells all who waited for it. */
    private void forceFor(List<Waiting> waiting) {
        boolean all = false;
        boolean settling = false;
        for (Waiting each : waiting) {
            all |= each.need == Need.ALL;
            settling |= each.need == Need.ORIGIN;
        }
        boolean straight = all && gate.directEntered() != forcedThrough;
        IoStatus status = failure().isEmpty() ? staging.forceThrough(mustForceThrough()) : IoStatus.IO_ERROR;
        if (status == IoStatus.OK && (straight || settling) && !force()) {
            status = IoStatus.IO_ERROR;
        }
        for (Waiting each : waiting) {
            each.completion.complete(status);
        }
    }

    private boolean force() {
        if (!failure().isEmpty()) {
            return false;
        }
        long through = gate.directEnteredIfQuiet();
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
        settler.releaseAgain();
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
        settler.retry();
    }

    /** Returns why a write is refused at once, or OK. */
    private IoStatus refusal(long offsetBytes, long lengthBytes) {
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

    private static long piece(long offsetBytes) {
        return offsetBytes / Preserve.PIECE_BYTES;
    }

    /** Takes no more requests, finishes those in flight, settles what can be, forces and closes the origin. */
    void close() {
        closing = true;
        gate.awaitEmpty();
        settler.close();
        store.room().give(unreleased());
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
