/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A payload buffer, and the completion of the slice of a write that it carries. Its one {@link ByteBuffer} lives as long
 * as its memory.
 *
 * <p>Owned by the pool while cached, by the reader while it is filled, by the export from submission to completion.
 */
final class PooledBuffer implements Completion {
    private final BufferPool pool;
    private final Arena arena = Arena.ofShared();
    private final ByteBuffer view;
    private final int classIndex;
    private final int sizeBytes;
    private final AtomicReference<@Nullable Operation> operation = new AtomicReference<>();
    private BufferPool.@Nullable Account account;

    PooledBuffer(BufferPool pool, int classIndex, int sizeBytes) {
        this.pool = pool;
        this.view = arena.allocate(sizeBytes, 4096).asByteBuffer();
        this.classIndex = classIndex;
        this.sizeBytes = sizeBytes;
    }

    ByteBuffer view() {
        return view;
    }

    int classIndex() {
        return classIndex;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    void lend(BufferPool.Account to, int bytes) {
        account = to;
        view.clear().limit(bytes);
    }

    /** Binds the buffer to the write that it is a slice of, just before it is submitted. */
    void submit(Operation owner) {
        view.flip();
        owner.sliceStarted();
        operation.set(owner);
    }

    /** Returns the buffer to the pool without having been submitted. */
    void release() {
        pool.giveBack(this, takeAccount());
    }

    /** Answers for an export that threw in the middle of a submission; the memory is given up. */
    void abandon() {
        Operation owner = operation.getAndSet(null);
        if (owner != null) {
            pool.abandon(this, takeAccount());
            owner.complete(IoStatus.IO_ERROR);
        }
    }

    @Override
    public void complete(IoStatus status) {
        Operation owner = operation.getAndSet(null);
        if (owner == null) {
            throw new IllegalStateException("a write was completed twice");
        }
        release();
        owner.complete(status);
    }

    void free() {
        arena.close();
    }

    private BufferPool.Account takeAccount() {
        BufferPool.Account taken = account;
        if (taken == null) {
            throw new IllegalStateException("the buffer is not lent");
        }
        account = null;
        return taken;
    }
}
