/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One request that the engine may complete later. Recycled within its connection, so that a request makes no garbage.
 *
 * <p><b>Invariants:</b> {@code pending} counts the slices at the export plus one while the reader still submits; who
 * brings it to zero hands the operation to {@link InFlight}, exactly once. {@code next} belongs to the list that the
 * operation is on.
 */
final class Operation implements Completion {
    private final InFlight home;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile IoStatus status = IoStatus.OK;
    private long cookie;
    private int command;
    private long began;

    @Nullable
    Operation next;

    Operation(InFlight home) {
        this.home = home;
    }

    /** Starts with one part pending: the whole request, or the reader's own hold while it submits slices. */
    void begin(Request request) {
        cookie = request.cookie;
        command = request.type;
        began = request.began;
        status = IoStatus.OK;
        pending.set(1);
    }

    void sliceStarted() {
        pending.incrementAndGet();
    }

    /** Ends one part. The first failure is what the client hears; of two at once, either. */
    @Override
    public void complete(IoStatus part) {
        if (part != IoStatus.OK) {
            status = part;
        }
        int left = pending.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("a request was completed twice");
        }
        if (left == 0) {
            home.completed(this);
        } else {
            home.signalReader();
        }
    }

    /** Ends a request whose export threw while it was handed over, unless the export had completed it already. */
    void abandon() {
        if (pending.compareAndSet(1, 0)) {
            status = IoStatus.IO_ERROR;
            home.completed(this);
        }
    }

    boolean failed() {
        return status != IoStatus.OK;
    }

    long cookie() {
        return cookie;
    }

    int command() {
        return command;
    }

    /** Returns when the request arrived, by the clock of {@link RequestTimes}. */
    long began() {
        return began;
    }

    NbdError error() {
        return NbdError.of(status);
    }
}
