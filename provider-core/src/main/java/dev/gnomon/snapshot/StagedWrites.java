/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.volume.Origin.Zeroing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts first touches of all volumes into the staging chain, those that wait together in one batch, and then lets them be
 * acknowledged. One task, or in its place whoever brings several at once ({@link AssistedQueue}).
 *
 * <p><b>Invariant:</b> a write is on its pieces until its new data is in the chain and in the volume's
 * {@link dev.gnomon.store.StagedPieces}: whoever comes next finds it there.
 */
final class StagedWrites {
    /** How long a write waits for room in the chain before it is refused. */
    private static final long ROOM_NANOS = 30_000_000_000L;

    private static final long ROOM_STEP_NANOS = 100_000_000L;
    private static final int HEAD_BYTES = 256 << 10;

    /**
     * From so many writes on whoever brings them stages them without the task. Sixteen clients that bring two each would else have
     * sixteen batches, each with a head and a system call of its own.
     */
    private static final int WORTHWHILE = 8;

    /** The same, in small stores, as a part of what a batch takes. */
    private static final int WORTHWHILE_SHARE = 64;

    private final Clock clock;
    private final Staging staging;
    private final Runnable pressure;
    private final Events events;
    private final AssistedQueue<WriteRequest> queue;
    private final BatchWriter batch;
    private final int batchPieces;
    private final List<WriteRequest> members = new ArrayList<>();
    private final Staging.Placed placed = new Staging.Placed();
    private int slots;

    /** Starts the task; {@code pressure} asks all volumes to settle, because the chain is full. */
    StagedWrites(Store store, Clock clock, Scheduler scheduler, Runnable pressure, Events events) {
        this.events = events;
        this.clock = clock;
        this.staging = store.staging();
        this.pressure = pressure;
        this.batchPieces = staging.batchPieces();
        int payload = staging.batchPayloadBytes();
        int head = Math.min(HEAD_BYTES, payload);
        this.batch = store.newBatch(Math.max(head, BatchHeader.ALIGNMENT_BYTES), payload);
        this.queue = new AssistedQueue<>(
                scheduler, "gnomon-staging", Math.clamp(batchPieces / WORTHWHILE_SHARE, 1, WORTHWHILE), this::work);
    }

    /** Queues a write that has entered its volume's gate; false once closed. */
    boolean offer(WriteRequest request) {
        return queue.offer(request);
    }

    void close() {
        queue.close();
    }

    /** Says that the caller brings more than one write, and calls {@link #submit} then, soon. */
    void gather() {
        queue.gather();
    }

    /** Ends a {@link #gather}: what was brought is staged now, on this thread if that needs no waiting. */
    void submit(VolumeClient client) {
        queue.assist(client);
    }

    private int work(List<WriteRequest> requests, boolean mayWait) {
        int done = 0;
        for (int i = 0; i < requests.size(); i++) {
            WriteRequest request = requests.get(i);
            ByteBuffer bytes = request.wholePieces();
            boolean crowded = slots > 0 && slots + request.pieces() > batchPieces;
            if (crowded || !batch.hasRoomForNewData(bytes == null ? 0 : request.pieces())) {
                if (!commit(mayWait)) {
                    return done;
                }
                done = i;
            }
            add(request, bytes);
        }
        return commit(mayWait) ? requests.size() : done;
    }

    private void add(WriteRequest request, @Nullable ByteBuffer bytes) {
        int payloadOffset = batch.payloadBytes();
        int volume = request.volume().number();
        if (bytes == null) {
            boolean allocate = request.zeroing() == Zeroing.ALLOCATE;
            batch.addNewZeros(volume, request.firstPiece(), request.pieces(), request.epoch(), allocate);
        } else {
            int handle = batch.addNewData(volume, request.firstPiece(), request.epoch(), bytes);
            request.inBatch(handle, payloadOffset);
        }
        slots += request.pieces();
        members.add(request);
    }

    /** Stages the members of the batch and empties it; false if none was, because that means to wait. */
    private boolean commit(boolean mayWait) {
        IoStatus status = IoStatus.OK;
        boolean done = true;
        if (!members.isEmpty()) {
            status = mayWait ? append() : staging.appendAtOnce(batch, slots, placed);
            done = mayWait || status != IoStatus.NO_SPACE;
        }
        for (int begin = 0; done && begin < members.size(); ) {
            VolumeWrites writes = members.get(begin).volume().writes();
            int end = begin + 1;
            while (end < members.size() && members.get(end).volume().writes() == writes) {
                end++;
            }
            writes.staged(members.subList(begin, end), status, batch, placed);
            begin = end;
        }
        members.clear();
        batch.clear();
        slots = 0;
        return done;
    }

    private IoStatus append() {
        IoStatus status = staging.append(batch, slots, placed);
        long begun = clock.nanoTime();
        while (status == IoStatus.NO_SPACE && clock.nanoTime() - begun < ROOM_NANOS) {
            pressure.run();
            try {
                staging.awaitRoom(ROOM_STEP_NANOS);
            } catch (IOException e) {
                events.tell(Event.of(EventId.STAGING_FILE_FAILED, String.valueOf(e.getMessage())));
                return IoStatus.IO_ERROR; // nothing was written; the next first touch tries again
            }
            status = staging.append(batch, slots, placed);
        }
        return status;
    }

    /** Returns the most bytes of one request, a multiple of the piece size. */
    static int partBytes(Staging staging) {
        return Math.min(Preserve.PIECE_BYTES * 256, staging.batchPayloadBytes());
    }
}
