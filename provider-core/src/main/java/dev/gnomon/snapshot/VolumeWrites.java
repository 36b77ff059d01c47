/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Staging;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.volume.Origin;
import dev.gnomon.volume.Origin.Zeroing;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How writes come into a volume. Thread-safe.
 *
 * <p>A write whose pieces are all preserved, or need not be, and of which none is staged goes straight to the origin on
 * the caller's thread. Any other is a first touch: once there is room for what it may owe it goes to the staging chain
 * ({@link StagedWrites}), and is acknowledged.
 *
 * <p><b>Invariants:</b> whoever is let in by {@link EpochGate} leaves it once, whatever becomes of the write; the share of what
 * is staged is taken before and given back once; a write is acknowledged only when it is staged or in the origin.
 */
final class VolumeWrites {
    private final LiveVolume volume;
    private final Origin origin;
    private final EpochGate gate;
    private final VolumeExceptions exceptions;
    private final VolumeFlushes flushes;
    private final StagedWrites stagedWrites;
    private final RoomKeeper keeper;
    private final SpaceWatch watch;
    private final LiveVolume.Counters counters;
    private final RoomNeed roomNeed;
    private final VolumeShare share;
    private final int partBytes;
    private final AtomicBoolean durably;
    private volatile boolean writeThrough;

    /**
     * Takes what an earlier life has staged for promised room.
     *
     * @param partBytes most bytes of one request to the staging chain
     */
    VolumeWrites(
            LiveVolume volume,
            Catalog.VolumeEntry entry,
            EpochGate gate,
            VolumeExceptions exceptions,
            VolumeFlushes flushes,
            int partBytes,
            LiveVolume.Parts parts) {
        this.volume = volume;
        this.origin = volume.origin();
        this.gate = gate;
        this.exceptions = exceptions;
        this.flushes = flushes;
        this.stagedWrites = parts.stagedWrites();
        this.keeper = parts.keeper();
        this.watch = parts.watch();
        this.counters = parts.counters();
        this.durably = parts.durably();
        this.roomNeed = new RoomNeed(parts.store(), exceptions, gate);
        this.share = new VolumeShare(parts.store(), entry.number());
        this.partBytes = partBytes;
        this.writeThrough = VolumeProperties.writeThrough(entry.properties());
        share.takeAnyway(unreleased());
    }

    /** Says whether first touches that come from now on are acknowledged only when they are in the origin. */
    void writeThrough(boolean now) {
        writeThrough = now;
    }

    // ---- room

    /** Returns what the volume may take of the diff area. */
    VolumeShare share() {
        return share;
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
        share.give(pieces);
        watch.look();
    }

    /** Says that what is staged found no room in the diff area. */
    void starved() {
        keeper.starved(volume);
    }

    /** Gives all room back: nothing is settled any more. */
    void forgetPromises() {
        share.give(unreleased());
    }

    // ---- writes

    /**
     * Writes a range, straight if it may be, else as a {@link WriteRequest}, or in {@link WriteParts}.
     *
     * @param source untouched until completion; null for zeros
     */
    void write(
            VolumeClient client,
            long offset,
            long length,
            @Nullable ByteBuffer source,
            Zeroing zeroing,
            boolean forced,
            Completion completion) {
        IoStatus refusal = volume.refusal(offset, length);
        if (refusal != IoStatus.OK || length == 0) {
            completion.complete(refusal);
            return;
        }
        if (length <= partBytes) {
            int slot = gate.enterDirect(piece(offset), piece(offset + length - 1));
            if (slot != EpochGate.REFUSED) {
                IoStatus status =
                        client.isCutOff() ? IoStatus.GONE : writeOrigin(offset, (int) length, source, zeroing);
                leave(slot);
                volume.finish(status, forced, completion);
                return;
            }
        }
        if (source != null && offset / partBytes == (offset + length - 1) / partBytes) {
            dispatch(new WriteRequest(volume, client, offset, (int) length, source, zeroing, forced, completion));
        } else {
            new WriteParts(volume, client, partBytes, offset, length, source, zeroing, forced, completion).next();
        }
    }

    /** Lets a request in by itself, or leaves it with the gate until it can. */
    void dispatch(WriteRequest request) {
        IoStatus refusal = volume.refusal(request.offsetBytes(), request.lengthBytes());
        if (refusal != IoStatus.OK) {
            request.completion().complete(refusal);
            return;
        }
        EpochGate.Entry entered = gate.enter(request);
        if (entered == EpochGate.Entry.BLOCKED) {
            return;
        }
        boolean cutOff = request.client().isCutOff();
        if (cutOff || (request.isRevertStep() && !volume.revert().isDue(request))) {
            leave(request.slot());
            request.completion().complete(cutOff ? IoStatus.GONE : IoStatus.OK);
        } else if (entered == EpochGate.Entry.STAGED) {
            stage(request);
        } else {
            IoStatus status =
                    writeOrigin(request.offsetBytes(), request.lengthBytes(), request.source(), request.zeroing());
            leave(request.slot());
            volume.finish(status, request.forced(), request.completion());
        }
    }

    /** Says that the caller brings more than one write, and calls {@link #submit} then, soon and without waiting before. */
    void gather() {
        stagedWrites.gather();
    }

    /** Ends a {@link #gather}: what was brought is staged now. */
    void submit(VolumeClient client) {
        stagedWrites.submit(client);
    }

    /** Lets requests in that the gate had kept out. */
    void enterAgain(List<WriteRequest> requests) {
        for (int i = 0; i < requests.size(); i++) {
            dispatch(requests.get(i));
        }
    }

    private IoStatus writeOrigin(long offset, int length, @Nullable ByteBuffer source, Zeroing zeroing) {
        counters.directWrites().increment();
        return source == null ? origin.writeZeros(offset, length, zeroing) : origin.write(offset, source);
    }

    /** Stages a request once there is room in the diff area for what it may owe; who has to wait for that leaves the gate. */
    private void stage(WriteRequest request) {
        if (!share.take(request.pieces())) {
            if (roomNeed.of(request)) {
                leave(request.slot());
                keeper.park(request);
                return;
            }
            share.takeAnyway(request.pieces());
        }
        counters.firstTouches().increment();
        IoStatus status = volume.stagedReads().complete(request);
        if (status == IoStatus.OK && stagedWrites.offer(request)) {
            return;
        }
        share.give(request.pieces());
        leave(request.slot());
        request.completion().complete(status == IoStatus.OK ? IoStatus.GONE : status);
    }

    /** Takes what became of requests of this volume in one batch of the staging chain; called by who staged them. */
    void staged(List<WriteRequest> requests, IoStatus status, BatchWriter batch, Staging.Placed placed) {
        long end = 0;
        if (status == IoStatus.OK) {
            flushes.mustForceThrough(placed.sequence()); // before anybody can know of it
            exceptions.mutex().lock();
            try {
                for (int i = 0; i < requests.size(); i++) {
                    addStaged(requests.get(i), batch, placed);
                }
                end = exceptions.staged().end();
            } finally {
                exceptions.mutex().unlock();
            }
            volume.settler().wake();
        }
        for (int i = 0; i < requests.size(); i++) {
            WriteRequest request = requests.get(i);
            if (status != IoStatus.OK) {
                share.give(request.pieces());
            }
            leave(request.slot());
            if (status == IoStatus.OK && (writeThrough || durably.get())) {
                volume.settler().whenReleased(end, through -> acknowledge(request, through));
            } else {
                acknowledge(request, status);
            }
        }
    }

    private void addStaged(WriteRequest request, BatchWriter batch, Staging.Placed placed) {
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
    }

    private void acknowledge(WriteRequest request, IoStatus status) {
        if (status == IoStatus.OK && (request.forced() || durably.get())) {
            flushes.forceChain(request.completion());
        } else {
            request.completion().complete(status);
        }
    }

    private void leave(int slot) {
        enterAgain(gate.leave(slot));
    }

    private static long piece(long offsetBytes) {
        return offsetBytes / Preserve.PIECE_BYTES;
    }
}
