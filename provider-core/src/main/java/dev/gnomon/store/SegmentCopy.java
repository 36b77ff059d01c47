/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.SegmentHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One segment on its way from one directory to another. It is copied under another name while it is read and, if the log ends
 * in it, written to; then, between two groups of batches, what was appended meanwhile follows, the copy gets its name, and
 * the old file goes. Confined to the moving task, but for that last step.
 *
 * <p><b>Invariants:</b> the copy gets its name when all that the log has in it is durable and was read back; the old file is
 * gone, durably, before anything is appended to the copy, so that of two files with one number either may be taken; readers
 * of the old one look again.
 */
final class SegmentCopy {
    private static final int PART_BYTES = 256 << 10;

    private final Storage storage;
    private final Store store;
    private final Segments segments;
    private final Throttle throttle;
    private final int number;
    private final Path home;
    private final Path target;
    private final Path temporary;
    private final ByteBuffer part;
    private final ByteBuffer other;
    private long copiedThrough;
    private @Nullable IOException problem;
    private boolean switched;

    SegmentCopy(Storage storage, Store store, Segments segments, Throttle throttle, int number, SegmentPlaces places) {
        this.storage = storage;
        this.store = store;
        this.segments = segments;
        this.throttle = throttle;
        this.number = number;
        this.home = places.home();
        this.target = places.forNew();
        this.temporary = target.resolve(Segments.name(number) + SegmentPlaces.COPY);
        int bytes = (int) Math.min(PART_BYTES, segments.segmentBytes());
        this.part = Arena.ofAuto().allocate(bytes, 4096).asByteBuffer();
        this.other = Arena.ofAuto().allocate(bytes, 4096).asByteBuffer();
    }

    private interface Action {
        void run() throws IOException;
    }

    private void throttled(long bytes, Action action) throws IOException {
        throttle.begin();
        try {
            action.run();
        } finally {
            throttle.end(bytes);
        }
    }

    /**
     * Moves it, unless it is given up or {@code stop} says so meanwhile.
     *
     * @return whether it was moved
     * @throws IOException if it could not be; it is where it was, or the store has failed
     */
    boolean move(BooleanSupplier stop) throws IOException {
        StorageFile old = segments.fileOrNull(number);
        if (old == null) {
            return false;
        }
        StorageFile copy = null;
        try {
            copy = create();
            copyAll(old, copy, stop);
            if (!stop.getAsBoolean()) {
                return switchTo(old, copy);
            }
            return false;
        } catch (IOException e) {
            if (isGivenUp(old)) {
                return false; // and its file closed under us
            }
            throw e;
        } finally {
            if (!switched) {
                discard(copy);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // Another file under this number would be another place.
    private boolean isGivenUp(StorageFile old) {
        return segments.fileOrNull(number) != old;
    }

    private StorageFile create() throws IOException {
        throttle.begin();
        try {
            if (storage.exists(temporary)) {
                storage.delete(temporary); // of an earlier try
            }
            return storage.open(temporary, Storage.Mode.CREATE_NEW);
        } finally {
            throttle.end(0);
        }
    }

    private void discard(@Nullable StorageFile copy) {
        try {
            if (copy != null) {
                copy.close();
                storage.delete(temporary);
            }
        } catch (IOException e) {
            // The next try, or the next opening, deletes it.
        }
    }

    /** Writes all of the file, zeros where the log has not been, as for every new segment; forces it and reads it back. */
    private void copyAll(StorageFile old, StorageFile copy, BooleanSupplier stop) throws IOException {
        throttled(0, () -> copy.allocate(0, segments.segmentBytes()));
        long through = store.writtenIn(number);
        for (long at = 0; at < segments.segmentBytes() && !stop.getAsBoolean(); at += part.capacity()) {
            long from = at;
            throttled(2L * part.capacity(), () -> copyPart(old, copy, from, through));
        }
        copiedThrough = through;
        long now = store.writtenIn(number);
        while (now - copiedThrough > part.capacity() && !stop.getAsBoolean()) {
            append(old, copy, now); // as long as it takes: the log ends with the segment
            now = store.writtenIn(number);
        }
        throttled(0, () -> force(copy));
        for (long at = 0; at < copiedThrough && !stop.getAsBoolean(); at += part.capacity()) {
            long from = at;
            throttled(2L * part.capacity(), () -> compare(old, copy, from, copiedThrough));
        }
    }

    private void append(StorageFile old, StorageFile copy, long end) throws IOException {
        for (long at = copiedThrough; at < end; at += part.capacity()) {
            long from = at;
            throttled(2L * part.capacity(), () -> write(old, copy, from, Math.min(end, from + part.capacity())));
        }
        copiedThrough = end;
    }

    private void copyPart(StorageFile old, StorageFile copy, long from, long through) throws IOException {
        int bytes = (int) Math.min(part.capacity(), segments.segmentBytes() - from);
        int used = (int) Math.clamp(through - from, 0L, bytes);
        read(old, part.clear().limit(used), from);
        part.limit(bytes);
        while (part.hasRemaining()) {
            part.put((byte) 0);
        }
        copy.write(part.flip(), from);
    }

    private void write(StorageFile old, StorageFile copy, long from, long end) throws IOException {
        read(old, part.clear().limit((int) (end - from)), from);
        copy.write(part.flip(), from);
    }

    private static void read(StorageFile file, ByteBuffer into, long from) throws IOException {
        if (file.read(into, from) < into.limit()) {
            throw new IOException(file.path() + " ends before offset " + (from + into.limit()));
        }
    }

    private static void force(StorageFile copy) throws IOException {
        copy.force();
    }

    /** Reads a part of the copy from the device and compares it. */
    private void compare(StorageFile old, StorageFile copy, long from, long end) throws IOException {
        int bytes = (int) Math.min(part.capacity(), end - from);
        read(old, part.clear().limit(bytes), from);
        other.clear().limit(bytes);
        copy.readAroundCache(other, from);
        if (part.flip().mismatch(other.flip()) >= 0) {
            throw new IOException(temporary + " at offset " + from + ": expected the " + bytes
                    + " bytes that were written and forced, read back others");
        }
    }

    private boolean switchTo(StorageFile old, StorageFile copy) throws IOException {
        store.asideOfHousekeeping(() -> {
            throttle.begin();
            try {
                store.between(() -> switchBetweenGroups(old, copy));
            } finally {
                throttle.end(0);
            }
        });
        if (problem != null) {
            throw problem;
        }
        return switched;
    }

    /** The last step; run by the committing task between two groups, while no segment is cleaned. */
    private void switchBetweenGroups(StorageFile old, StorageFile copy) {
        if (!store.writable() || isGivenUp(old)) {
            return;
        }
        try {
            catchUp(old, copy);
        } catch (IOException e) {
            problem = e;
            return;
        }
        try {
            takeName(old, copy);
            switched = true;
        } catch (IOException e) {
            // Which of the names are there is unknown, and with both nothing may be appended to either.
            store.fail("moving " + old.path() + " to " + target + ": " + e.getMessage());
            problem = e;
        }
    }

    private void catchUp(StorageFile old, StorageFile copy) throws IOException {
        long end = store.logEndIn(number);
        if (end == copiedThrough) {
            return;
        }
        long first = copiedThrough;
        for (long at = first; at < end; at += part.capacity()) {
            write(old, copy, at, Math.min(end, at + part.capacity()));
        }
        force(copy);
        for (long at = first; at < end; at += part.capacity()) {
            compare(old, copy, at, end);
        }
    }

    private void takeName(StorageFile old, StorageFile copy) throws IOException {
        Path name = target.resolve(Segments.name(number));
        storage.rename(temporary, name);
        storage.syncDirectory(target);
        StorageFile now = storage.open(name, Storage.Mode.READ_WRITE);
        copy.close();
        storage.delete(old.path());
        storage.syncDirectory(home);
        segments.replace(number, now);
        old.close();
    }

    /** Returns how far the log has come in a segment that it ends in, has ended in, or comes to later. */
    static long written(Log.LogEnd end, int number, long segmentBytes) {
        if (number < end.segment()) {
            return segmentBytes;
        }
        return number == end.segment() ? end.offset() : SegmentHeader.BYTES;
    }
}
