/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.Preserve;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Space of the diff area that is promised to staged writes before they are acknowledged, as much as they may owe at worst:
 * what is acknowledged can then be settled without anybody being dropped for it. Thread-safe.
 *
 * <p>What a file system gives is known only when it is asked for. Without a limit there counts as room until it has
 * refused once.
 */
public final class Room {
    /** A piece that is settled alone: the head of its batch, and its payload. */
    private static final long PIECE_COST_BYTES = 2L * Preserve.PIECE_BYTES;

    private final LongSupplier availableBytes;
    private final AtomicLong promised = new AtomicLong();

    Room(LongSupplier availableBytes) {
        this.availableBytes = availableBytes;
    }

    /** Promises space for so many pieces if there is any left; they must be given back. */
    public boolean take(int pieces) {
        long now = promised.addAndGet(pieces);
        if (now * PIECE_COST_BYTES <= availableBytes.getAsLong()) {
            return true;
        }
        promised.addAndGet(-pieces);
        return false;
    }

    /** Counts pieces that are staged already, or owe nothing; they must be given back. */
    public void takeAnyway(long pieces) {
        promised.addAndGet(pieces);
    }

    /** Ends the promise for so many pieces: they were preserved for, or are not staged after all. */
    public void give(long pieces) {
        promised.addAndGet(-pieces);
    }

    /** Returns whether {@link #take} of so many pieces would succeed now. */
    public boolean isRoomFor(long pieces) {
        return (promised.get() + pieces) * PIECE_COST_BYTES <= availableBytes.getAsLong();
    }

    /** Returns whether there would be room for so many pieces if all that is promised needed none. */
    public boolean isRoomWithoutPromises(long pieces) {
        return pieces * PIECE_COST_BYTES <= availableBytes.getAsLong();
    }

    /** Returns how many bytes preserves can still take, promised ones among them; huge if nobody knows a bound. */
    public long availableBytes() {
        return Math.max(0, availableBytes.getAsLong());
    }

    /** Returns how many bytes of that are promised. */
    public long promisedBytes() {
        return promised.get() * PIECE_COST_BYTES;
    }
}
