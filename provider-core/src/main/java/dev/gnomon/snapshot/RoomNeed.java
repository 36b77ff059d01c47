/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.Lookup;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Store;
import dev.gnomon.store.VolumeExceptions;
import dev.gnomon.store.format.StoreException;

/** Says which first touches of a volume may need room in a diff area that is full. Thread-safe. */
final class RoomNeed {
    private final Store store;
    private final VolumeExceptions exceptions;
    private final EpochGate gate;

    RoomNeed(Store store, VolumeExceptions exceptions, EpochGate gate) {
        this.store = store;
        this.exceptions = exceptions;
        this.gate = gate;
    }

    /** Returns whether a request that is in the gate may need room that nothing before it needs. */
    boolean of(WriteRequest request) {
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
}
