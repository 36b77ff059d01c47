/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.mutants.Peek;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Lookup;
import dev.gnomon.store.StagedPieces;
import dev.gnomon.store.Staging;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.OriginPrint;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What mutants of this package do in place of a call; which call, stands in the table of mutants. */
@SuppressWarnings("unused")
final class SnapshotMutants {
    private SnapshotMutants() {}

    // ---- LiveVolume

    static List<Catalog.CopyEntry> noBookmarks(Catalog.VolumeEntry volume) {
        return List.of();
    }

    // ---- OriginWatch

    static String nothingChanged(OriginPrint left, Origin origin) {
        return "";
    }

    // ---- SettleGroup, Settler

    static IoStatus releaseBeforeCommit(SettleGroup self) {
        Peek.call(self, "release");
        return (IoStatus) Objects.requireNonNull(Peek.call(self, "commit"));
    }

    static long nothingStaged(Lookup lookup, int index) {
        return StagedPieces.NONE;
    }

    static int wholeOrNothing(SettleGroup group, long piece) {
        int valid = (int) Objects.requireNonNull(Peek.call(group, "validBytes", piece));
        return valid == Preserve.PIECE_BYTES ? valid : 0;
    }

    static void takeNewest(SettleGroup self, int at) {
        Peek.call(self, "takePiece", at);
        long piece = Peek.get(self, "piece", long[].class)[at];
        long newest = Peek.get(self, "staged", StagedPieces.class).newest(piece);
        if (newest != Peek.get(self, "begin", Long.class) + at) {
            Peek.get(self, "below", long[].class)[at] = 0;
        }
    }

    static long readBelowAlone(EpochGate gate, long epoch) {
        return gate.readBelow(epoch);
    }

    static int toItsEnd(StagedPieces staged, long slot) {
        return Preserve.PIECE_BYTES;
    }

    static void forcedAtOnce(VolumeFlushes flushes, Completion completion) {
        completion.complete(IoStatus.OK);
    }

    static long allBatches(StagedPieces staged, long belowId) {
        return staged.end();
    }

    // ---- RoomKeeper, Copies

    static Catalog.@Nullable CopyEntry newest(Catalog catalog, int volume) {
        Catalog.VolumeEntry entry = catalog.volume(volume);
        return entry == null || entry.copies().isEmpty() ? null : entry.copies().getLast();
    }

    // ---- LiveVolume, VolumeFlushes

    static void releasedAtOnce(Settler settler, long end, Completion completion) {
        completion.complete(IoStatus.OK);
    }

    static int enterUnpreserved(EpochGate gate, long firstPiece, long lastPiece) {
        Mutex mutex = Peek.get(gate, "mutex", Mutex.class);
        mutex.lock();
        try {
            boolean occupied = (boolean) Objects.requireNonNull(Peek.call(gate, "occupied", firstPiece, lastPiece));
            return occupied
                    ? EpochGate.REFUSED
                    : (int) Objects.requireNonNull(Peek.call(gate, "take", firstPiece, lastPiece, true));
        } finally {
            mutex.unlock();
        }
    }

    static long epochOfNow(WriteRequest request) {
        return Peek.get(request.volume().gate(), "liveEpoch", Long.class); // its mutex is held
    }

    static IoStatus unforced(Staging staging, long sequence) {
        return IoStatus.OK;
    }

    static IoStatus zeroTrimmed(LiveVolume volume, long offsetBytes, long lengthBytes) {
        return volume.origin().writeZeros(offsetBytes, lengthBytes, Origin.Zeroing.HOLES_STAY);
    }

    static void finishAtOnce(LiveVolume volume, IoStatus status, boolean forced, Completion completion) {
        completion.complete(status);
    }

    static boolean flushedWhenQueued(WorkQueue<?> queue, Object waiting) {
        Peek.get(waiting, "completion", Completion.class).complete(IoStatus.OK);
        return true;
    }

    static long enteredWhoeverIsInside(EpochGate gate) {
        return gate.directEntered();
    }

    static void forceAgain(Origin origin) throws IOException {
        try {
            origin.force();
        } catch (IOException e) {
            origin.force();
        }
    }

    static String noFailure(Object asked) {
        return "";
    }

    static long epochBack(Store store, int volume) {
        return store.highestEpoch(volume) - 1;
    }

    // ---- EpochGate, SetCut

    static long copyBelowWithoutOpenCut(EpochGate gate, long epoch) {
        long below = 0;
        for (long copy : Peek.get(gate, "copies", long[].class)) {
            below = copy < epoch ? Math.max(below, copy) : below;
        }
        return below;
    }

    static long cutAlone(EpochGate gate) {
        gate.close();
        long closed = gate.cut();
        gate.open();
        return closed;
    }

    static void changeOneByOne(Store store, CatalogEntry entry) throws StoreException {
        CatalogEntry.SetCreated whole = (CatalogEntry.SetCreated) entry;
        for (CatalogEntry.CopyCreated copy : whole.copies()) {
            store.change(new CatalogEntry.SetCreated(
                    whole.id(), whole.createdAtMillis(), whole.name(), whole.attributes(), List.of(copy)));
        }
    }

    // ---- Copies, ShadowCopy

    static void forgetThenChange(CatalogChanges changes, CatalogEntry entry, Copies self) throws EngineException {
        Store store = Peek.get(self, "store", Store.class);
        List<UUID> ids = ((CatalogEntry.CopiesDeleted) entry).ids();
        for (Object each : Peek.get(self, "live", Collection.class)) {
            LiveVolume live = (LiveVolume) each;
            Catalog.VolumeEntry volume = store.catalog().volume(live.number());
            if (volume != null) {
                live.gate()
                        .copiesDeleted(volume.copies().stream()
                                .filter(copy -> !ids.contains(copy.id()))
                                .map(Catalog.CopyEntry::epoch)
                                .toList());
            }
        }
        changes.make(entry);
    }

    static boolean readUnchecked(Store store, long location, int crc, ByteBuffer target) throws StoreException {
        try {
            return store.readPiece(location, crc, target);
        } catch (CorruptionException e) {
            return true; // The bytes are in the target already.
        }
    }
}
