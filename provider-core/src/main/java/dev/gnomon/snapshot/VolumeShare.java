/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.Catalog;
import dev.gnomon.store.Room;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.Preserve;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one volume may take of the diff area: the room of all, and if its {@code diff-limit} names one a share of its own. Used of a share
 * are the old bytes that the index has of the volume, until a merge leaves them out, and what its staged writes may add at
 * worst. Thread-safe; asking allocates nothing.
 */
final class VolumeShare {
    private final Store store;
    private final Room room;
    private final VolumeExceptions exceptions;
    private final int volume;
    private final AtomicLong promised = new AtomicLong();

    /** The limit in the catalog of some moment; both are replaced together. */
    private volatile Known known;

    private record Known(Catalog catalog, long limitBytes) {}

    VolumeShare(Store store, int volume) {
        this.store = store;
        this.room = store.diffArea().room();
        this.volume = volume;
        this.exceptions = store.exceptions(volume);
        this.known = read(store.catalog());
    }

    private Known read(Catalog catalog) {
        Catalog.VolumeEntry entry = catalog.volume(volume);
        Map<String, String> properties = entry == null ? Map.of() : entry.properties();
        return new Known(catalog, VolumeProperties.diffLimitBytes(properties));
    }

    /** Returns the most bytes that the volume may take, 0 for no limit of its own. */
    @SuppressWarnings("ReferenceEquality") // Each change makes another catalog.
    long limitBytes() {
        Catalog now = store.catalog();
        Known last = known;
        if (last.catalog != now) {
            last = read(now);
            known = last;
        }
        return last.limitBytes;
    }

    private long preservedBytes() {
        exceptions.mutex().lock();
        try {
            return exceptions.payloadBytes();
        } finally {
            exceptions.mutex().unlock();
        }
    }

    private boolean fits(long pieces) {
        long limit = limitBytes();
        return limit == 0 || preservedBytes() + pieces * Preserve.PIECE_BYTES <= limit;
    }

    /** Promises space for so many pieces if there is any left, of all and of the share; they must be given back. */
    boolean take(int pieces) {
        if (!room.take(pieces)) {
            return false;
        }
        if (fits(promised.addAndGet(pieces))) {
            return true;
        }
        give(pieces);
        return false;
    }

    /** Counts pieces that are staged already, or owe nothing; they must be given back. */
    void takeAnyway(long pieces) {
        room.takeAnyway(pieces);
        promised.addAndGet(pieces);
    }

    /** Ends the promise for so many pieces. */
    void give(long pieces) {
        room.give(pieces);
        promised.addAndGet(-pieces);
    }

    /** Returns whether {@link #take} of so many pieces would succeed now. */
    boolean isRoomFor(long pieces) {
        return room.isRoomFor(pieces) && fits(promised.get() + pieces);
    }

    /** Returns whether there would be room for so many pieces if all that is promised needed none. */
    boolean isRoomWithoutPromises(long pieces) {
        return room.isRoomWithoutPromises(pieces) && fits(pieces);
    }

    /** Returns whether less than a tenth of the share is left; not without one. */
    boolean nearlyUsed() {
        long limit = limitBytes();
        return limit != 0 && limit - preservedBytes() - promised.get() * Preserve.PIECE_BYTES < limit / 10;
    }

    /** Returns how much of the share is used, for people; empty if what lacks is not the share. */
    String fill(long pieces) {
        return fits(promised.get() + pieces)
                ? ""
                : preservedBytes() + " bytes are preserved of its diff-limit of " + limitBytes();
    }
}
