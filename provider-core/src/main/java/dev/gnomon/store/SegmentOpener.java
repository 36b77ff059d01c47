/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Finds the segments that count when a store is opened, and tells them from files that are dead or were being made. Confined
 * to the opening task.
 */
final class SegmentOpener {
    private final Storage storage;
    private final SegmentPlaces places;
    private final UUID store;
    private final long segmentBytes;
    private final List<Path> dead = new ArrayList<>();
    private long readOnlyFeatures;

    /** Takes the segments that count. */
    interface Taker {
        /** Takes one, to be closed by the taker from here on, whatever comes of it. */
        void take(int number, StorageFile file);
    }

    SegmentOpener(Storage storage, SegmentPlaces places, UUID store, long segmentBytes) {
        this.storage = storage;
        this.places = places;
        this.store = store;
        this.segmentBytes = segmentBytes;
    }

    /** Returns files that are dead. */
    List<Path> dead() {
        return dead;
    }

    /** Returns the read-only compatible features of the headers that were read. */
    long readOnlyFeatures() {
        return readOnlyFeatures;
    }

    /**
     * Opens the segments that count, forces them and checks their headers and sizes: those that runs name and those from
     * the start of the log on. A last file that the superblock does not name yet, that has not the header of its number and
     * holds no batch from the start on, was being prepared when the machine stopped; it is left out.
     *
     * @param named one more than the highest number that the superblock names
     * @throws CorruptionException if one of these is missing, or the header or size of one that counts is wrong
     */
    void open(boolean writable, Checkpoints.Loaded loaded, long named, Taker taker) throws StoreException {
        int start = loaded.start().segment();
        int[] pieces = loaded.runs().pieces(start);
        try {
            if (writable) {
                places.syncAll(storage); // A process killed while it prepared a segment left a name in doubt.
            }
            SegmentPlaces.Found found = places.find(storage);
            dead.addAll(found.leftOver());
            int end = found.end();
            for (int number = 0; number < Math.max(end, named); number++) {
                Path path = found.files().get(number);
                if (number < start && pieces[number] == 0) {
                    if (path != null) {
                        dead.add(path);
                    }
                    continue;
                }
                if (path == null) {
                    throw new CorruptionException(
                            places.all()
                                    .getLast()
                                    .resolve(Segments.name(number))
                                    .toString(),
                            0,
                            "segment of the log",
                            "a file" + (places.target() == null ? "" : ", there or in " + places.home()),
                            "none");
                }
                StorageFile file = storage.open(path, writable ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY);
                if (writable) {
                    file.force();
                }
                boolean unnamed = number >= named && number == end - 1;
                if (unnamed && isHalfMade(file, number, loaded.start().nextSequence())) {
                    file.close();
                } else {
                    taker.take(number, file);
                    requireHeader(file, number);
                }
            }
        } catch (IOException e) {
            throw new DeviceException("opening the segments in " + places.forNew(), e);
        }
    }

    /** Returns whether the header was never completed: it is not that of the number, and no batch lies behind it. */
    private boolean isHalfMade(StorageFile file, int number, long firstSequence) throws IOException {
        ByteBuffer header = headerOf(file);
        if (SegmentHeader.intact(header) && SegmentHeader.number(header) == number) {
            return false;
        }
        SegmentReader reader = new SegmentReader(store, segmentBytes, file, true);
        for (long at = SegmentHeader.BYTES; at < segmentBytes; at += BatchHeader.ALIGNMENT_BYTES) {
            if (reader.head(at) > 0 && BatchHeader.sequence(reader.buffer(), reader.start(at)) >= firstSequence) {
                return false; // Older ones are from an earlier life of the file.
            }
        }
        return true;
    }

    private void requireHeader(StorageFile file, int number) throws IOException, StoreException {
        String name = file.path().toString();
        ByteBuffer header = headerOf(file);
        SegmentHeader.require(header, name, store, number, segmentBytes);
        readOnlyFeatures |= SegmentHeader.readOnlyFeatures(header);
        if (file.sizeBytes() != segmentBytes) {
            throw new CorruptionException(name, 0, "size of the segment file", segmentBytes, file.sizeBytes());
        }
    }

    private static ByteBuffer headerOf(StorageFile file) throws IOException {
        ByteBuffer block = Arena.ofAuto().allocate(SegmentHeader.BYTES, 4096).asByteBuffer();
        file.readAroundCache(block, 0);
        return block.clear();
    }
}
