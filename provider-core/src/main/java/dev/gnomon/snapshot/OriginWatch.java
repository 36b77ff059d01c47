/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.FileIdentity;
import dev.gnomon.io.StorageFile;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.Store;
import dev.gnomon.store.format.CatalogEntry.OriginNoted;
import dev.gnomon.store.format.CatalogEntry.OriginPrint;
import dev.gnomon.store.format.CatalogEntry.OriginState;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.volume.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Finds out that somebody changed an origin while nobody served it: then its shadow copies, which read from it what was not
 * overwritten, would show what was never on the volume. Used under the engine's {@link Turn}.
 *
 * <p><b>Invariants:</b> what a clean stop noted of an origin is taken back, durably, before the origin is served again, so
 * that it is never compared with what Gnomon itself wrote since; so nothing is noted unless there is room to take back all that is. A
 * change that was found stays found until an operator accepts it. After a crash nothing is noted and nothing is found.
 */
final class OriginWatch {
    private static final int SAMPLE_BYTES = 1 << 20;
    private static final int ALIGNMENT_BYTES = 4096;
    private static final int HASH_BYTES = 16;

    private final Store store;
    private final CatalogChanges changes;
    private final Events events;

    OriginWatch(Store store, CatalogChanges changes, Events events) {
        this.store = store;
        this.changes = changes;
        this.events = events;
    }

    /** Notes how an origin is left: everything in it was forced, and nothing is written to it any more. */
    void leave(LiveVolume volume, Origin origin) {
        if (!store.writable()
                || !volume.failure().isEmpty()
                || !store.diffArea().admitsChanges(changesOfNote())) {
            return; // Nothing is noted, so the next start does not compare.
        }
        try {
            store.change(new OriginNoted(volume.number(), OriginState.LEFT, print(origin.file()), 0, ""));
        } catch (IOException | StoreException e) {
            // As above.
        }
    }

    /** Returns how many changes of the catalog one more note comes to: itself, and at the next start one for each that there is then. */
    private int changesOfNote() {
        return 2 + store.catalog().leftOrigins();
    }

    /**
     * Compares an origin with how it was left, and notes that it is served from now on.
     *
     * @throws EngineException if that cannot be noted; then the origin must not be served
     */
    void arrive(Catalog.VolumeEntry volume, Origin origin) throws EngineException {
        OriginPrint left = store.catalog().leftOrigin(volume.number());
        if (left == null || !store.writable()) {
            return; // Of a store that is read-only the origins are not written to either.
        }
        boolean compared = !volume.copies().isEmpty() || !volume.bookmarks().isEmpty();
        String change = compared ? change(left, origin) : "";
        if (change.isEmpty()) {
            changes.make(new OriginNoted(volume.number(), OriginState.SERVED, OriginPrint.NONE, 0, ""));
            return;
        }
        changes.make(
                new OriginNoted(volume.number(), OriginState.CHANGED, OriginPrint.NONE, volume.highestEpoch(), change));
        events.tell(Event.ofVolume(
                EventId.ORIGIN_CHANGED,
                volume.name(),
                "its origin " + volume.origin() + " was changed while it was not served: " + change + "; "
                        + volume.copies().size() + " shadow copies are not exported"));
    }

    /** Lets copies that a change made suspect be read again; returns whether there was one. */
    boolean accept(Catalog.VolumeEntry volume) throws EngineException {
        if (store.catalog().originChange(volume.number()).isEmpty()) {
            return false;
        }
        changes.requireWritable();
        changes.make(new OriginNoted(volume.number(), OriginState.ACCEPTED, OriginPrint.NONE, 0, ""));
        events.tell(Event.ofVolume(EventId.CHANGE_ACCEPTED, volume.name(), "the change of its origin is accepted"));
        return true;
    }

    private static String change(OriginPrint left, Origin origin) throws EngineException {
        OriginPrint found;
        try {
            found = print(origin.file());
        } catch (IOException e) {
            throw new EngineException(
                    Kind.FAILED, "comparing " + origin.file().path() + " with how it was left: " + e.getMessage(), e);
        }
        List<String> changes = new ArrayList<>();
        compare("size", left.sizeBytes(), found.sizeBytes(), changes);
        compare("file", left.fileId(), found.fileId(), changes);
        compare("time of the last change", left.changedNanos(), found.changedNanos(), changes);
        compare("hash of the first and last MiB", left.hash(), found.hash(), changes);
        return String.join("; ", changes);
    }

    private static void compare(String what, Object expected, Object found, List<String> changes) {
        if (!expected.equals(found)) {
            changes.add(what + ": expected " + expected + ", found " + found);
        }
    }

    /** Reads around the cache, so that what counts is what the device has, at the stop as at the start. */
    private static OriginPrint print(StorageFile file) throws IOException {
        long size = file.sizeBytes();
        long last = Math.max(0, size - SAMPLE_BYTES) & -ALIGNMENT_BYTES;
        MessageDigest digest = sha256();
        digest.update(sample(file, 0, (int) Math.min(SAMPLE_BYTES, size)));
        digest.update(sample(file, last, (int) (size - last)));
        String hash = HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), HASH_BYTES));
        FileIdentity identity = file.identity();
        return new OriginPrint(size, identity.changedNanos(), identity.lastingId(), hash);
    }

    private static ByteBuffer sample(StorageFile file, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.readAroundCache(bytes, offset);
        return bytes.flip();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
