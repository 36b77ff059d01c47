/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.store.Lookup;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the writes of one volume that must preserve old bytes first, in groups: read the old bytes of all, commit
 * them in one batch, and when that is durable write the new bytes to the origin. Run by one task.
 *
 * <p><b>Invariants:</b> the origin is written only after {@link Store#preserve} has returned OK for every piece that the
 * write owed (I1); a write stays on its pieces from before the old bytes are read until the origin is written, or if it
 * fails until what was read of them is durable, so that no batch holds a piece twice.
 */
final class FirstTouch {
    private static final Logger LOG = LoggerFactory.getLogger(FirstTouch.class);

    /** A long request is carried out in parts of at most this, each of the epoch that it finds. */
    static final int PART_BYTES = 1 << 20;

    /** Most parts that are held at once: bounds the slots of the gate that each write has to look through. */
    private static final int MAX_HELD = 256;

    private final EpochGate gate;
    private final Store store;
    private final Origin origin;
    private final int volume;
    private final BatchWriter batch;
    private final Lookup lookup = new Lookup();
    private final long[] owed = new long[PART_BYTES / Preserve.PIECE_BYTES + 1];
    private final List<Part> held = new ArrayList<>();
    private final Finisher finisher;

    /** Takes what became of a request. */
    interface Finisher {
        /** Acknowledges, after a force if the request asked for one. */
        void finish(IoStatus status, boolean forced, Completion completion);
    }

    /**
     * A request that waits for its turn.
     *
     * @param source what to write, or null for zeros
     * @param zeroing how zeros are made
     */
    record Request(
            long offsetBytes,
            long lengthBytes,
            @Nullable ByteBuffer source,
            Origin.Zeroing zeroing,
            boolean forced,
            Completion completion) {}

    private static final class Progress {
        private final Request request;
        private IoStatus status = IoStatus.OK;
        private int partsHeld;
        private boolean allTaken;

        Progress(Request request) {
            this.request = request;
        }
    }

    private record Part(Progress of, long offsetBytes, int lengthBytes, int slot, boolean owes) {}

    FirstTouch(EpochGate gate, Store store, Origin origin, int volume, int payloadBytes, Finisher finisher) {
        this.gate = gate;
        this.store = store;
        this.origin = origin;
        this.volume = volume;
        this.batch = store.newBatch(payloadBytes);
        this.finisher = finisher;
    }

    /** Carries out all requests. */
    void run(List<Request> requests) {
        for (Request request : requests) {
            take(new Progress(request));
        }
        release(commit());
    }

    private void take(Progress progress) {
        Request request = progress.request;
        long end = request.offsetBytes() + request.lengthBytes();
        long at = request.offsetBytes();
        while (at < end && progress.status == IoStatus.OK) {
            long partEnd = Math.min(end, (at / PART_BYTES + 1) * PART_BYTES);
            takePart(progress, at, (int) (partEnd - at));
            at = partEnd;
        }
        progress.allTaken = true;
        if (progress.partsHeld == 0) {
            finisher.finish(progress.status, request.forced(), request.completion());
        }
    }

    private void takePart(Progress progress, long offset, int length) {
        long first = offset / Preserve.PIECE_BYTES;
        long last = (offset + length - 1) / Preserve.PIECE_BYTES;
        if (held.size() >= MAX_HELD) {
            release(commit());
        }
        int slot = gate.tryEnter(first, last);
        if (slot == EpochGate.REFUSED) {
            // Perhaps these pieces are held by this very group; nobody waits while holding any.
            release(commit());
            slot = gate.enter(first, last);
        }
        int count = 0;
        try {
            count = gate.owed(slot, owed, lookup);
        } catch (StoreException e) {
            LOG.error("GNM-2007 what is preserved of volume {} could not be read: {}", volume, e.getMessage());
            progress.status = IoStatus.IO_ERROR;
        }
        long epoch = gate.epoch(slot);
        for (int i = 0; i < count && progress.status == IoStatus.OK; i++) {
            if (!batch.hasRoomForPiece()) {
                IoStatus committed = commit();
                release(committed);
                progress.status = committed;
            }
            if (progress.status == IoStatus.OK) {
                progress.status = addOldBytes(owed[i], epoch);
            }
        }
        held.add(new Part(progress, offset, length, slot, count > 0));
        progress.partsHeld++;
    }

    private IoStatus addOldBytes(long piece, long epoch) {
        ByteBuffer target = batch.nextPiece();
        long offset = piece * Preserve.PIECE_BYTES;
        int valid = (int) Math.min(Preserve.PIECE_BYTES, origin.sizeBytes() - offset);
        int end = target.limit();
        target.limit(target.position() + valid);
        IoStatus status = origin.read(offset, target);
        target.limit(end);
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
        if (status == IoStatus.OK) {
            batch.addPiece(volume, piece, epoch);
        }
        return status;
    }

    private IoStatus commit() {
        if (batch.isEmpty()) {
            return IoStatus.OK;
        }
        IoStatus status = store.preserve(batch);
        batch.clear();
        return status;
    }

    /** Writes the new bytes of all parts held, if what they owed is durable, and lets go of their pieces. */
    private void release(IoStatus preserved) {
        for (Part part : held) {
            Progress of = part.of;
            if (of.status == IoStatus.OK) {
                of.status = part.owes && preserved != IoStatus.OK ? preserved : write(part);
            }
            gate.leave(part.slot);
            of.partsHeld--;
            if (of.allTaken && of.partsHeld == 0) {
                finisher.finish(of.status, of.request.forced(), of.request.completion());
            }
        }
        held.clear();
    }

    private IoStatus write(Part part) {
        Request request = part.of.request;
        ByteBuffer source = request.source();
        if (source == null) {
            return origin.writeZeros(part.offsetBytes, part.lengthBytes, request.zeroing());
        }
        int start = source.position() + (int) (part.offsetBytes - request.offsetBytes());
        ByteBuffer bytes = source.duplicate();
        bytes.limit(start + part.lengthBytes).position(start);
        return origin.write(part.offsetBytes, bytes);
    }
}
